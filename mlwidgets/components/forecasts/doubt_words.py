"""Doubts about a forecast in words."""

from __future__ import annotations

from mlwidgets.components.forecasts.trust import Doubt, Trust
from mlwidgets.components.formats import age, percent
from mlwidgets.components.texts import text

REGIMES = {"Bull": "regime.bull", "Bear": "regime.bear", "Sideways": "regime.sideways"}

WINDOWS = {"day": "record.window.day", "week": "record.window.week",
           "month": "record.window.month"}  # fmt: skip

_DAY = 86_400.0


def doubts_words(trust: Trust) -> list[dict[str, str | bool]]:
    """Each doubt as a sentence, and whether it is grave."""
    return [{"text": doubt_words(doubt), "grave": doubt.grave} for doubt in trust.doubts]


def doubt_words(doubt: Doubt) -> str:
    """What speaks against a forecast.

    >>> doubt_words(Doubt("age", False, 40.0))
    'The model was trained 5 w ago: markets change.'
    >>> doubt_words(Doubt("features", True, 0.08, subject="volume"))
    'The candles are unlike any in training: 8 % of what the model looks at (volume).'
    """
    if doubt.kind == "stale":
        return text("forecast.stale", age=age(0, doubt.value * 3_600_000))
    if doubt.kind == "passed":
        return text("forecast.doubt.passed")
    if doubt.kind == "unchecked":
        return text("forecast.doubt.unchecked", problem=doubt.subject)
    if doubt.kind == "age":
        return text("forecast.doubt.age", age=age(0, doubt.value * _DAY * 1000))
    if doubt.kind == "features":
        share = percent(doubt.value, 0 if doubt.value >= 0.01 else 1)
        return text("forecast.doubt.features", share=share, features=doubt.subject)
    if doubt.kind == "regimes":
        return text("forecast.doubt.regimes", regime=text(REGIMES[doubt.subject]))
    if doubt.kind == "regime":
        spans = {"days": days_words(doubt.value), "usual": days_words(doubt.promised or 0.0)}
        return text("forecast.doubt.regime", regime=text(REGIMES[doubt.subject]), **spans)
    return fall_words(doubt)


def days_words(days: float) -> str:
    """A number of days, to be compared with another."""
    return text("unit.day", count=f"{days:.0f}")


def fall_words(doubt: Doubt) -> str:
    """How far a live share has fallen below the backtest's."""
    keys = {"accuracy": "forecast.doubt.accuracy", "coverage": "forecast.doubt.coverage"}
    return text(
        keys[doubt.kind], window=text(WINDOWS[doubt.subject]),
        live=percent(doubt.value), promised=percent(doubt.promised),
    )  # fmt: skip

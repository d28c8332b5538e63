"""A forecast in words."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import pandas as pd

from mlwidgets.components.choice import Choice
from mlwidgets.components.forecasts.doubt_words import REGIMES
from mlwidgets.components.forecasts.grounds import Grounds
from mlwidgets.components.forecasts.trust import Trust
from mlwidgets.components.formats import NOTHING, age, moment, money, percent
from mlwidgets.components.models.words import ahead_words
from mlwidgets.components.texts import text
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.record.values import RecordedModel

_WEEK, _MONTH = 7 * 86_400_000, 30 * 86_400_000
_SIDES = {"up": "forecast.ends_higher", "down": "forecast.ends_lower"}
_WAYS = {"up": "forecast.up", "down": "forecast.down", "flat": "forecast.flat"}


Quality = Literal["known", "checking", "unchecked"]
"""Whether it is known how good the model's forecasts have been: yes, not yet, it cannot be."""

_UNKNOWN = {"checking": "forecast.checking", "unchecked": "forecast.unchecked"}


def forecast_words(
    forecast: Forecast, grounds: Grounds, trust: Trust, now: pd.Timestamp,
    quality: Quality = "known",
) -> dict[str, Any]:  # fmt: skip
    """What a panel says of a forecast; a confidence only where nothing speaks against it.

    Args:
        forecast: what a model says.
        grounds: what it stands on.
        trust: what speaks against it.
        now: the time.
        quality: whether the model's record is known; without it no confidence is said.
    """
    target, now_ms = _target_close(forecast), _milliseconds(now)
    return {
        "direction": forecast.direction if trust.whole else "flat",
        "way": text(_WAYS[forecast.direction]),
        "trusted": trust.whole,
        "price": money(forecast.price, forecast.symbol),
        "move": percent(forecast.change, 2, sign=True),
        "from": text("forecast.from", price=money(forecast.close, forecast.symbol)),
        "lower": money(forecast.lower, forecast.symbol),
        "upper": money(forecast.upper, forecast.symbol),
        "coverage": text("forecast.coverage", share=percent(forecast.coverage, 0)),
        "place": _place(forecast),
        **_confidence(forecast, trust, quality),
        "regime": forecast.regime.lower(),
        "regime_word": text(REGIMES[forecast.regime]),
        "regime_share": percent(forecast.regime_probability, 0),
        "regime_since": _since(grounds, now_ms),
        "target": moment(target),
        "target_at": target,
    }


def model_facts(meta: ModelMeta, now: pd.Timestamp) -> dict[str, str]:
    """What a panel says of the model that forecasts; no age before it was trained, in a replay.

    Args:
        meta: of the model.
        now: the time.
    """
    now_ms = _milliseconds(now)
    old = now_ms - meta.trained_at
    nudge = "model.old.month" if old > _MONTH else "model.old.week" if old > _WEEK else ""
    return {
        "version": meta.version,
        "horizon": ahead_words(meta),
        "trained": moment(meta.trained_at),
        "trained_age": age(meta.trained_at, now_ms) if old >= 0 else "",
        "nudge": text(nudge) if nudge else "",
        "simulated": text("model.simulated") if meta.simulated else "",
        "query": model_query(meta),
    }


def model_query(model: ModelMeta | RecordedModel) -> str:
    """The query of the page that trains such a model again.

    Args:
        model: a model, or what is on record of it.
    """
    return Choice(
        symbol=model.symbol, timeframe=model.timeframe, model_type=model.model_type,
        horizon=model.horizon,
    ).query  # fmt: skip


def _confidence(forecast: Forecast, trust: Trust, quality: Quality) -> dict[str, str]:
    if not trust.whole:
        return {"confidence": NOTHING, "side": text("forecast.no_confidence")}
    if forecast.direction == "flat":
        return {"confidence": NOTHING, "side": text("forecast.no_call")}
    if quality != "known":
        return {"confidence": NOTHING, "side": text(_UNKNOWN[quality])}
    return {"confidence": percent(forecast.confidence), "side": text(_SIDES[forecast.direction])}


def _since(grounds: Grounds, now_ms: int) -> str:
    if grounds.regime_since is None:
        return ""
    since = _milliseconds(grounds.regime_since)
    return text("forecast.regime.since", time=moment(since), age=age(since, now_ms))


def _target_close(forecast: Forecast) -> int:
    """When the candle closes whose close is forecast (epoch ms)."""
    return _milliseconds(
        forecast.target_time + timeframe_delta(forecast.timeframe).to_pytimedelta()
    )


def _place(forecast: Forecast) -> dict[str, float]:
    """Where price and last close lie in the interval, in per cent of its width."""
    width = forecast.upper - forecast.lower
    if width <= 0:
        return {"price": 50.0, "close": 50.0}
    share = (100 * (value - forecast.lower) / width for value in (forecast.price, forecast.close))
    price, close = (round(min(100.0, max(0.0, value)), 2) for value in share)
    return {"price": price, "close": close}


def _milliseconds(time: dt.datetime | pd.Timestamp) -> int:
    return int(time.timestamp() * 1000)

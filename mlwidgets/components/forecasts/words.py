"""A forecast in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mlwidgets.components.formats import NOTHING, age, duration, moment, money, percent
from mlwidgets.components.models.words import ahead_words
from mlwidgets.components.texts import text
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.timeframes import timeframe_delta

_WEEK, _MONTH = 7 * 86_400_000, 30 * 86_400_000
_SIDES = {"up": "forecast.ends_higher", "down": "forecast.ends_lower", "flat": "forecast.no_call"}
_REGIMES = {"Bull": "regime.bull", "Bear": "regime.bear", "Sideways": "regime.sideways"}


def forecast_words(forecast: Forecast, now: dt.datetime | None = None) -> dict[str, Any]:
    """What a panel says of a forecast.

    Args:
        forecast: what a model says.
        now: the time; default: the clock's.
    """
    now = now or dt.datetime.now(dt.UTC)
    stale, flat = is_stale(forecast, now), forecast.direction == "flat"
    return {
        "direction": forecast.direction,
        "price": money(forecast.price, forecast.symbol),
        "move": percent(forecast.change, 2, sign=True),
        "from": text("forecast.from", price=money(forecast.close, forecast.symbol)),
        "lower": money(forecast.lower, forecast.symbol),
        "upper": money(forecast.upper, forecast.symbol),
        "coverage": text("forecast.coverage", share=percent(forecast.coverage, 0)),
        "place": _place(forecast),
        "confidence": NOTHING if stale or flat else percent(forecast.confidence),
        "side": text("forecast.no_confidence") if stale else text(_SIDES[forecast.direction]),
        "regime": forecast.regime.lower(),
        "regime_word": text(_REGIMES[forecast.regime]),
        "regime_share": percent(forecast.regime_probability, 0),
        "target": moment(_target_close(forecast)),
        "countdown": _countdown(_target_close(forecast) - _milliseconds(now)),
        "stale": _stale_words(forecast, now) if stale else "",
    }


def model_facts(meta: ModelMeta, now: float | None = None) -> dict[str, str]:
    """What a panel says of the model that forecasts.

    Args:
        meta: of the model.
        now: epoch milliseconds; default: the clock.
    """
    now = _milliseconds(dt.datetime.now(dt.UTC)) if now is None else now
    old = now - meta.trained_at
    nudge = "model.old.month" if old > _MONTH else "model.old.week" if old > _WEEK else ""
    return {
        "version": meta.version,
        "horizon": ahead_words(meta),
        "trained": moment(meta.trained_at),
        "trained_age": age(meta.trained_at, now),
        "nudge": text(nudge) if nudge else "",
        "accuracy": text("forecast.measured", share=percent(meta.accuracy)),
        "simulated": text("model.simulated") if meta.simulated else "",
    }


def is_stale(forecast: Forecast, now: dt.datetime) -> bool:
    """Whether candles have closed since, of which the forecast knows nothing."""
    step = timeframe_delta(forecast.timeframe).to_pytimedelta()
    return now > forecast.origin + 3 * step


def _stale_words(forecast: Forecast, now: dt.datetime) -> str:
    step = timeframe_delta(forecast.timeframe).to_pytimedelta()
    closed = _milliseconds(forecast.origin + step)
    return text("forecast.stale", age=age(closed, _milliseconds(now)))


def _target_close(forecast: Forecast) -> int:
    """When the candle closes whose close is forecast (epoch ms)."""
    return _milliseconds(
        forecast.target_time + timeframe_delta(forecast.timeframe).to_pytimedelta()
    )


def _countdown(milliseconds: int) -> str:
    if milliseconds <= 0:
        return text("forecast.passed")
    return text("forecast.in", duration=duration(milliseconds / 1000))


def _place(forecast: Forecast) -> dict[str, float]:
    """Where price and last close lie in the interval, in per cent of its width."""
    width = forecast.upper - forecast.lower
    if width <= 0:
        return {"price": 50.0, "close": 50.0}
    share = (100 * (value - forecast.lower) / width for value in (forecast.price, forecast.close))
    price, close = (round(min(100.0, max(0.0, value)), 2) for value in share)
    return {"price": price, "close": close}


def _milliseconds(time: dt.datetime) -> int:
    return int(time.timestamp() * 1000)

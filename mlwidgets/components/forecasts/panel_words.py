"""What stands on a forecast's panel whatever the forecast."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.texts import text

_NAMES = {
    "heading": "forecast.heading", "show": "forecast.show", "types": "forecast.types",
    "price": "forecast.price", "interval": "forecast.interval",
    "confidence": "forecast.confidence", "confidence_help": "forecast.confidence.help",
    "confidence_more": "forecast.confidence.more",
    "regime": "forecast.regime", "target": "forecast.target", "version": "forecast.version",
    "trained": "forecast.trained", "to_ml": "forecast.to_ml", "train_again": "forecast.train_again",
    "waiting": "forecast.waiting", "empty_next": "forecast.none.next",
    "not_trusted": "forecast.not_trusted", "dots_right": "forecast.dots.right",
    "dots_wrong": "forecast.dots.wrong", "dots": "forecast.dots", "in": "forecast.in",
    "passed": "forecast.passed", "no_confidence": "forecast.no_confidence",
}  # fmt: skip

_UNITS = {"d": "unit.day", "h": "unit.hour", "min": "unit.minute", "s": "unit.second"}


def panel_words(state: ForecastState) -> dict[str, Any]:
    """Texts by name; where the page counts itself, `%` stands for the number."""
    slot = {"symbol": state.symbol, "model_type": state.model_type}
    values = {"in": {"duration": "%"}}
    return {
        **{name: text(key, **values.get(name, {})) for name, key in _NAMES.items()},
        "units": {name: text(key, count="%") for name, key in _UNITS.items()},
        "empty": text("forecast.none", **slot),
    }


def problem_words(state: ForecastState) -> str:
    """Why the model says nothing, though it exists."""
    if state.problem or state.model_type in state.damaged:
        return state.problem or str(state.damaged[state.model_type])
    if state.without_candles and state.meta is not None:
        return text("forecast.no_candles", symbol=state.symbol)
    return ""


def type_words(state: ForecastState, model_type: str) -> dict[str, Any]:
    """A model type, and whether there is a model of it."""
    exists = model_type in state.metas
    return {
        "name": model_type,
        "chosen": model_type == state.model_type,
        "exists": exists,
        "title": "" if exists else text("forecast.no_model", model_type=model_type),
    }

"""The forecast beside a chart."""

from __future__ import annotations

from typing import Any

import traitlets as t

from mlwidgets.components.chart.forecast import ForecastOverlay
from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.forecasts.words import forecast_words, model_facts
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text
from mlwidgets.forecast.spec import MODEL_TYPES


class ForecastPanel(Piece):
    """Predicted price, interval, confidence, model and regime, and what to do without a model.

    Args:
        state: what to show; the panel follows it, and edits its model type.
        overlay: the forecast on a chart, which "Show ML on Chart" shows and hides.
    """

    template = t.Unicode(component("forecast_panel", "addresses")).tag(sync=True)
    types = t.List(t.Dict(), help="model types and whether they exist").tag(sync=True)
    forecast = t.Dict(help="the forecast in words, empty without one").tag(sync=True)
    model = t.Dict(help="the model in words, empty without one").tag(sync=True)
    problem = t.Unicode(help="why the model says nothing").tag(sync=True)
    shown = t.Bool(True, help="whether the forecast is on the chart").tag(sync=True)
    query = t.Unicode(help="of the link to the page where models are trained").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: ForecastState, overlay: ForecastOverlay) -> None:
        self.state, self.overlay = state, overlay
        super().__init__(shown=overlay.visible, **self._said())
        state.observe(lambda _: self.say())
        t.link((self, "shown"), (overlay, "visible"))
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Put the state into words again: for the times, or in another language."""
        self.tell(self._said())

    def vue_choose(self, model_type: str) -> None:
        """A model type was pressed."""
        if model_type in self.state.metas:
            self.state.model_type = model_type

    def _said(self) -> dict[str, Any]:
        state = self.state
        return {
            "types": [_type(state, model_type) for model_type in MODEL_TYPES],
            "forecast": forecast_words(state.forecast) if state.forecast else {},
            "model": model_facts(state.meta) if state.meta else {},
            "problem": _problem(state),
            "words": _words(state),
        }


def _problem(state: ForecastState) -> str:
    if state.problem or state.model_type in state.damaged:
        return state.problem or str(state.damaged[state.model_type])
    if state.without_candles and state.meta is not None:
        return text("forecast.no_candles", symbol=state.symbol)
    return ""


def _type(state: ForecastState, model_type: str) -> dict[str, Any]:
    exists = model_type in state.metas
    return {
        "name": model_type,
        "chosen": model_type == state.model_type,
        "exists": exists,
        "title": "" if exists else text("forecast.no_model", model_type=model_type),
    }


_NAMES = {
    "heading": "forecast.heading", "show": "forecast.show", "types": "forecast.types",
    "price": "forecast.price", "interval": "forecast.interval",
    "confidence": "forecast.confidence", "confidence_help": "forecast.confidence.help",
    "regime": "forecast.regime", "target": "forecast.target", "version": "forecast.version",
    "trained": "forecast.trained", "to_ml": "forecast.to_ml", "train_again": "forecast.train_again",
    "waiting": "forecast.waiting", "empty_next": "forecast.none.next",
}  # fmt: skip


def _words(state: ForecastState) -> dict[str, str]:
    slot = {"symbol": state.symbol, "model_type": state.model_type}
    return {
        **{name: text(key) for name, key in _NAMES.items()},
        "empty": text("forecast.none", **slot),
    }

"""The forecast beside a chart."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pandas as pd
import traitlets as t

from mlwidgets.components.chart.forecast import ForecastOverlay
from mlwidgets.components.forecasts.doubt_words import doubts_words
from mlwidgets.components.forecasts.panel_words import panel_words, problem_words, type_words
from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.forecasts.trust import Trust, trust_in
from mlwidgets.components.forecasts.words import forecast_words, model_facts
from mlwidgets.components.forecasts.worth import worth_words
from mlwidgets.components.frontend import component
from mlwidgets.components.market.clock import Clock
from mlwidgets.components.piece import Piece
from mlwidgets.components.record.state import RecordState
from mlwidgets.components.texts import language
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.market.dates import epoch_ms
from mlwidgets.record.track_record import TrackRecord

_DRIFT = 2000
"""Milliseconds by which the page's count of the time may be off before it is told again."""

_CLOCKS_DIFFER = pd.Timedelta(minutes=5)
"""How far the page's clock may be behind the machine's that reads the record."""


class ForecastPanel(Piece):
    """Predicted price, interval, confidence, model and regime, and what to do without a model.

    What speaks against the forecast is said; where it is not trusted for it, it claims no
    confidence, and its line on the chart is grey.

    Args:
        state: what to show; the panel follows it, and edits its model type.
        overlay: the forecast on a chart, which "Show ML on Chart" shows and hides.
        records: what became of earlier forecasts; default: nothing is known of it.
        now: tells the page's time; default: the machine's.
    """

    template = t.Unicode(component("forecast_panel", "addresses")).tag(sync=True)
    types = t.List(t.Dict(), help="model types and whether they exist").tag(sync=True)
    forecast = t.Dict(help="the forecast in words, empty without one").tag(sync=True)
    doubts = t.List(t.Dict(), help="what speaks against it, in words").tag(sync=True)
    worth = t.Unicode(help="what such a confidence was worth so far").tag(sync=True)
    model = t.Dict(help="the model in words, empty without one").tag(sync=True)
    problem = t.Unicode(help="why the model says nothing").tag(sync=True)
    dotted = t.Bool(False, help="whether earlier forecasts are on the chart").tag(sync=True)
    shown = t.Bool(True, help="whether the forecast is on the chart").tag(sync=True)
    query = t.Unicode(help="of the link to the page where models are trained").tag(sync=True)
    time = t.Float(help="the page's time when it was last told (epoch ms)").tag(sync=True)
    pace = t.Float(1.0, help="milliseconds that pass on the page in one; 0: it stands").tag(
        sync=True
    )
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(
        self, state: ForecastState, overlay: ForecastOverlay, records: RecordState | None = None,
        *, now: Callable[[], pd.Timestamp] | None = None,
    ) -> None:  # fmt: skip
        self.state, self.overlay, self.records = state, overlay, records
        self._now = now or Clock().now
        self._told = (0.0, 0.0)
        super().__init__(shown=overlay.visible, **self._said())
        state.observe(lambda _: self.say())
        if records is not None:
            records.observe(lambda _: self.say(), ["record", "backtest"])
        t.link((self, "shown"), (overlay, "visible"))
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Put the state into words again: for the times, or in another language."""
        self.tell(self._said())

    def vue_choose(self, model_type: str) -> None:
        """A model type was pressed."""
        if model_type in self.state.metas:
            self.state.model_type = model_type

    @property
    def trust(self) -> Trust:
        """What speaks against the forecast as things stand."""
        state = self.state
        if state.forecast is None or state.meta is None:
            return Trust()
        now = self._now()
        return trust_in(state.forecast, state.meta, state.grounds, self._record(now), now)

    def _said(self) -> dict[str, Any]:
        state, now = self.state, self._now()
        trust = self.trust
        self.overlay.trusted = trust.whole
        return {
            "types": [type_words(state, model_type) for model_type in MODEL_TYPES],
            "forecast": (
                forecast_words(state.forecast, state.grounds, trust, now) if state.forecast else {}
            ),
            "doubts": doubts_words(trust),
            "worth": self._worth(now),
            "model": model_facts(state.meta, now) if state.meta else {},
            "problem": problem_words(state),
            "dotted": self.overlay.dotted,
            "words": panel_words(state),
            **self._timed(now),
        }

    def _worth(self, now: pd.Timestamp) -> str:
        state = self.state
        if state.forecast is None or state.meta is None or state.forecast.direction == "flat":
            return ""
        backtest = self.records.backtest if self.records else None
        return worth_words(state.forecast, state.meta, self._record(now), backtest)

    def _record(self, now: pd.Timestamp) -> TrackRecord | None:
        """The record, unless it knows what comes after the page's time, as in a replay."""
        record = self.records.record if self.records else None
        return None if record is None or record.now > now + _CLOCKS_DIFFER else record

    def _timed(self, now: pd.Timestamp) -> dict[str, float]:
        """The time, where the page's own count of it has come to be off."""
        told, at = self._told
        counted = told + 1000 * (time.monotonic() - at) * self.pace
        if abs(epoch_ms(now) - counted) < _DRIFT:
            return {}
        self._told = (float(epoch_ms(now)), time.monotonic())
        return {"time": self._told[0]}

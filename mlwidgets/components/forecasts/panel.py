"""The forecast beside a chart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import traitlets as t

from mlwidgets.components.chart.forecast import ForecastOverlay
from mlwidgets.components.forecasts.doubt_words import doubts_words
from mlwidgets.components.forecasts.panel_words import panel_words, problem_words, type_words
from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.forecasts.trust import Trust, trust_in
from mlwidgets.components.forecasts.words import Quality, forecast_words, model_facts
from mlwidgets.components.forecasts.worth import worth_words
from mlwidgets.components.frontend import component
from mlwidgets.components.market.clock import Clock
from mlwidgets.components.piece import Piece
from mlwidgets.components.record.state import RecordState
from mlwidgets.components.texts import language
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.market.dates import epoch_ms
from mlwidgets.record.track_record import TrackRecord

_CLOCKS_DIFFER = pd.Timedelta(minutes=5)
"""How far the page's clock may be behind the machine's that reads the record, where it is live."""


class ForecastPanel(Piece):
    """Predicted price, interval, confidence, model and regime, and what to do without a model.

    What speaks against the forecast is said; where it is not trusted for it, it claims no
    confidence, and its line on the chart is grey. Nor is a confidence claimed before the record
    has been read, or where it cannot be.

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
    query = t.Unicode(help="the page's choice, for the link to train a first model").tag(sync=True)
    replay = t.Bool(False, help="whether the page is in the past")
    now = t.Float(None, allow_none=True, help="that of a replay (epoch ms)").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(
        self, state: ForecastState, overlay: ForecastOverlay, records: RecordState | None = None,
        *, now: Callable[[], pd.Timestamp] | None = None,
    ) -> None:  # fmt: skip
        self.state, self.overlay, self.records = state, overlay, records
        self._now = now or Clock().now
        super().__init__(shown=overlay.visible, **self._said())
        state.observe(lambda _: self.say())
        if records is not None:
            records.observe(lambda _: self.say(), ["record", "backtest", "problem"])
        self.observe(lambda _: self.say(), "replay")
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
        state, now = self.state, self._now()
        trust = self._trust(now)
        self.overlay.trusted = trust.whole
        return {
            "types": [type_words(state, model_type) for model_type in MODEL_TYPES],
            "forecast": self._forecast(trust, now),
            "doubts": doubts_words(trust),
            "worth": self._worth(now),
            "model": model_facts(state.meta, now) if state.meta else {},
            "problem": problem_words(state),
            "dotted": self.overlay.dotted,
            "words": panel_words(state),
            "now": float(epoch_ms(now)) if self.replay else None,
        }

    def _forecast(self, trust: Trust, now: pd.Timestamp) -> dict[str, Any]:
        state = self.state
        if state.forecast is None:
            return {}
        return forecast_words(state.forecast, state.grounds, trust, now, self._quality(now))

    def _trust(self, now: pd.Timestamp) -> Trust:
        """What speaks against the forecast as things stand."""
        state = self.state
        if state.forecast is None or state.meta is None:
            return Trust()
        unread = self.records.problem if self.records else ""
        return trust_in(
            state.forecast, state.meta, state.grounds, self._record(now), now, unread=unread
        )

    def _worth(self, now: pd.Timestamp) -> str:
        state = self.state
        if state.forecast is None or state.meta is None or state.forecast.direction == "flat":
            return ""
        if self._quality(now) != "known":
            return ""
        backtest = self.records.backtest if self.records else None
        replay = now if self.replay else None
        return worth_words(state.forecast, state.meta, self._record(now), backtest, replay=replay)

    def _quality(self, now: pd.Timestamp) -> Quality:
        if self.records is None or self._record(now) is not None:
            return "known"
        return "unchecked" if self.records.problem else "checking"

    def _record(self, now: pd.Timestamp) -> TrackRecord | None:
        """The record, unless it knows what comes after the page's time, as in a replay."""
        record = self.records.record if self.records else None
        ahead = pd.Timedelta(0) if self.replay else _CLOCKS_DIFFER
        return None if record is None or record.now > now + ahead else record

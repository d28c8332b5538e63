"""The track record beside a chart."""

from __future__ import annotations

from typing import Any

import traitlets as t
from ipywidgets import DOMWidget, widget_serialization

from mlwidgets.components.forecasts.words import model_query
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.record.accuracy_plot import AccuracyPlot
from mlwidgets.components.record.state import RecordState
from mlwidgets.components.record.words import reason_words, table_words, verdict_words
from mlwidgets.components.texts import language, text

_NAMES = {
    "heading": "record.heading", "day": "record.window.day",
    "week": "record.window.week", "month": "record.window.month", "backtest": "record.backtest",
    "verdicts": "record.verdicts", "retrain": "record.retrain", "why": "record.why",
    "empty": "record.empty", "empty_next": "record.empty.next", "reading": "record.reading",
    "simulated": "record.simulated", "replay": "replay.record",
}  # fmt: skip

_REPLAYED = {"empty": "record.empty.replay", "empty_next": "record.empty.next.replay"}


class RecordPanel(Piece):
    """Live quality over the last day, week and month beside what the backtest promised.

    Where quality has fallen or the regime has changed it says why to train again, and leads
    there.

    Args:
        state: the record; the panel follows it.
    """

    template = t.Unicode(component("record_panel", "addresses")).tag(sync=True)
    known = t.Bool(False, help="whether the record has been read").tag(sync=True)
    model = t.Unicode(help="which model is judged, empty without one").tag(sync=True)
    simulated = t.Bool(False, help="whether the market is simulated").tag(sync=True)
    replay = t.Bool(False, help="whether it is that of a replay").tag(sync=True)
    rows = t.List(t.Dict(), help="numbers by window, and the backtest's").tag(sync=True)
    verdicts = t.List(t.Dict(), help="of each window").tag(sync=True)
    reasons = t.List(t.Unicode(), help="why to train again").tag(sync=True)
    problem = t.Unicode(help="why the record cannot be read").tag(sync=True)
    query = t.Unicode(help="of the link to the page that trains it again").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)
    plot = t.Instance(DOMWidget).tag(sync=True, **widget_serialization)

    def __init__(self, state: RecordState) -> None:
        self.state = state
        super().__init__(plot=AccuracyPlot(), **self._said())
        state.observe(lambda _: self.say(), ["record", "problem"])
        self.observe(lambda _: self.say(), "replay")
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Put the record into words again."""
        self.plot.draw(self.state.record, replay=self.replay)
        self.tell(self._said())

    def _said(self) -> dict[str, Any]:
        record = self.state.record
        judged = record.model if record else None
        model = self.state.forecasts.meta or judged
        names = {**_NAMES, **(_REPLAYED if self.replay else {})}
        return {
            "known": record is not None,
            "model": f"{judged.model_type} {judged.version}" if judged else "",
            "simulated": record is not None and bool(record.forecasts["simulated"].any()),
            "rows": table_words(record) if record else [],
            "verdicts": verdict_words(record, replay=self.replay) if record else [],
            "reasons": reason_words(record) if record else [],
            "problem": self.state.problem,
            "query": model_query(model) if model else "",
            "words": {name: text(key) for name, key in names.items()},
        }

"""The tab where models are trained."""

from __future__ import annotations

from typing import Any

import traitlets as t
from ipywidgets import DOMWidget, widget_serialization

from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text
from mlwidgets.components.training.charts import SearchCharts
from mlwidgets.components.training.form import TrainForm
from mlwidgets.components.training.progress import TrainProgress
from mlwidgets.components.training.state import TrainState
from mlwidgets.components.training.trials_table import TrialsTable


class TrainTab(Piece):
    """A search from its form over its progress and charts to the saved model.

    Args:
        state: what is typed and what runs; the tab follows it.

    In a notebook: `TrainTab(TrainState(Choice(symbol="BTCUSDT"), Sources()))`, with `Sources` of
    `mlwidgets.dashboards.sources`.
    """

    template = t.Unicode(component("train_tab")).tag(sync=True)
    form = t.Instance(DOMWidget).tag(sync=True, **widget_serialization)
    progress = t.Instance(DOMWidget).tag(sync=True, **widget_serialization)
    history = t.Instance(DOMWidget).tag(sync=True, **widget_serialization)
    importance = t.Instance(DOMWidget).tag(sync=True, **widget_serialization)
    parallel = t.Instance(DOMWidget).tag(sync=True, **widget_serialization)
    table = t.Instance(DOMWidget).tag(sync=True, **widget_serialization)
    searched = t.Bool(help="whether there is a job to show").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: TrainState) -> None:
        self.state = state
        self.charts = SearchCharts(state.search)
        history, importance, parallel = self.charts.plots
        super().__init__(
            form=TrainForm(state), progress=TrainProgress(state), history=history,
            importance=importance, parallel=parallel, table=TrialsTable(state.search),
            **self._said(),
        )  # fmt: skip
        state.observe(lambda _: self.tell(self._said()), "record")
        language.observe(lambda _: self.tell(self._said()), "code")

    def say(self) -> None:
        """Put everything into words again: for ages, or in another language."""
        for part in (self.form, self.progress, self.table):
            part.say()
        self.tell(self._said())

    def _said(self) -> dict[str, Any]:
        return {
            "searched": self.state.record is not None,
            "words": {"label": text("train.heading"), "charts": text("train.charts")},
        }

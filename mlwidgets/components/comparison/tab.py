"""LSTM and HYBRID side by side, as a widget."""

from __future__ import annotations

from typing import Any

import traitlets as t
from ipywidgets import widget_serialization

from mlwidgets.components.background import spawn
from mlwidgets.components.comparison.result_words import result_words, table_columns
from mlwidgets.components.comparison.state import CompareState
from mlwidgets.components.comparison.words import form_words, job_words
from mlwidgets.components.evaluation.charts import ReportCharts
from mlwidgets.components.evaluation.config_fields import ConfigFields
from mlwidgets.components.evaluation.metric_table import MetricTable
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text

_WORDS = {
    "heading": "compare.heading", "run": "compare.run", "stop": "compare.stop",
    "resume": "compare.resume", "reset": "compare.reset", "empty": "compare.empty",
    "empty_next": "compare.empty.next", "result": "compare.result", "job": "compare.job",
    "progress": "compare.progress", "window": "compare.window", "utc": "compare.utc",
}  # fmt: skip


class CompareTab(Piece):
    """A form for both model types, the comparison's progress, and its result in two columns.

    Args:
        state: what to show and do; the tab follows it.

    >>> import tempfile
    >>> from types import SimpleNamespace
    >>> import mlwidgets as mw
    >>> from mlwidgets.components.choice import Choice
    >>> from mlwidgets.jobs.store import JobStore
    >>> folder = tempfile.mkdtemp()
    >>> url = f"sqlite:///{folder}/jobs.db"
    >>> sources = SimpleNamespace(
    ...     jobs=JobStore(url), candidates=mw.CandidateStore(url),
    ...     models=mw.ModelRegistry(folder), market=SimpleNamespace(offline=False))
    >>> tab = CompareTab(CompareState(Choice(symbol="ETHUSDT"), sources))
    >>> tab.form["promise"][1]
    'LSTM becomes the first production model.'
    """

    template = t.Unicode(component("compare")).tag(sync=True)
    lstm = t.Instance(ConfigFields).tag(sync=True, **widget_serialization)
    hybrid = t.Instance(ConfigFields).tag(sync=True, **widget_serialization)
    table = t.Instance(MetricTable).tag(sync=True, **widget_serialization)
    charts = t.Instance(ReportCharts, allow_none=True).tag(sync=True, **widget_serialization)
    measured = t.Bool(False, help="whether there is anything in table and charts").tag(sync=True)
    form = t.Dict(help="what the form says").tag(sync=True)
    job = t.Dict(help="how the comparison goes; empty where none does").tag(sync=True)
    result = t.Dict(help="what the newest complete one came to").tag(sync=True)
    at_work = t.Bool(False, help="whether nothing can be typed").tag(sync=True)
    busy = t.Bool(False, help="whether an action is on its way").tag(sync=True)
    problem = t.Unicode(help="why the last action or reading failed").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: CompareState) -> None:
        self.state = state
        super().__init__(
            lstm=ConfigFields(state.configs["LSTM"]), hybrid=ConfigFields(state.configs["HYBRID"]),
            table=MetricTable(), **self._said(),
        )  # fmt: skip
        self._draw()
        state.observe(lambda _: self.say())
        state.observe(lambda _: self._draw(), "results")
        for draft in (state.window, *state.configs.values()):
            draft.observe(lambda _: self.say(), ["values", "problems", "fillings"])
        language.observe(lambda _: self._speak(), "code")

    def say(self) -> None:
        """Put the state into words again: for the ages, or in another language."""
        self.tell(self._said())

    def vue_edit(self, data: dict[str, Any]) -> None:
        """A date was typed into."""
        self.state.window.edit(str(data["name"]), str(data["value"]))

    def vue_run(self, _: object) -> None:
        """The comparison is to start."""
        spawn(self.state.run())

    def vue_stop(self, _: object) -> None:
        """The comparison is to stop."""
        spawn(self.state.stop())

    def vue_resume(self, _: object) -> None:
        """The comparison is to go on."""
        spawn(self.state.resume())

    def vue_reset(self, _: object) -> None:
        """The form is to hold the production models' parameters again."""
        self.state.use_production()

    def _speak(self) -> None:
        self.state.window.check()
        self.say()
        if self.state.results is not None:
            self.table.show(table_columns(self.state.results), compare=(0, 1))

    def _draw(self) -> None:
        """Put what was measured into table and charts; those are made when there is anything."""
        results = self.state.results
        self.measured = results is not None
        if results is None:
            return
        self.table.show(table_columns(results), compare=(0, 1))
        if self.charts is None:
            self.charts = ReportCharts()
        self.charts.draw(results.charts, results.coverage)

    def _said(self) -> dict[str, Any]:
        state = self.state
        return {
            "form": form_words(state),
            "job": job_words(state),
            "result": result_words(state),
            "at_work": state.at_work,
            "busy": state.busy,
            "problem": state.problem,
            "words": {name: text(key) for name, key in _WORDS.items()},
        }

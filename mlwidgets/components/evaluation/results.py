"""What a backtest measured, and its save, as a widget."""

from __future__ import annotations

from typing import Any

import traitlets as t
from ipywidgets import widget_serialization

from mlwidgets.components.background import spawn
from mlwidgets.components.evaluation.charts import ReportCharts
from mlwidgets.components.evaluation.columns import report_columns
from mlwidgets.components.evaluation.doubts import difference_p_value
from mlwidgets.components.evaluation.metric_table import MetricTable
from mlwidgets.components.evaluation.result_words import (
    empty_words,
    notes,
    save_words,
    tested_words,
)
from mlwidgets.components.evaluation.state import EvaluateState
from mlwidgets.components.evaluation.verdicts import candidate_verdict
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import text


class EvaluateResults(Piece):
    """Verdict, metrics and charts of a backtest, and "Save Model".

    Args:
        state: what was measured; who holds the results says when to `say` them again.
    """

    template = t.Unicode(component("evaluate_results")).tag(sync=True)
    table = t.Instance(MetricTable).tag(sync=True, **widget_serialization)
    charts = t.Instance(ReportCharts).tag(sync=True, **widget_serialization)
    empty = t.Dict(help="what to do where nothing was measured").tag(sync=True)
    verdict = t.Dict(help="what the backtest says").tag(sync=True)
    tested = t.Unicode(help="what was measured, and when").tag(sync=True)
    notes = t.List(t.Unicode(), help="what has to be known beside it").tag(sync=True)
    save_button = t.Dict(help="whether it can be pressed, why not, what it replaces").tag(sync=True)
    drawn = t.Bool(False, help="whether the charts are there").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: EvaluateState) -> None:
        self.state = state
        super().__init__(table=MetricTable(), charts=ReportCharts(), **self._said())
        self._tabulate()
        self._draw()
        state.observe(lambda _: self._tabulate(), "shown")
        state.observe(lambda _: self._draw(), "charts")

    def say(self) -> None:
        """Put the state into words again."""
        self.tell(self._said())

    def say_table(self) -> None:
        """Say the table again, in another language."""
        self._tabulate()

    def vue_save(self, seen: object) -> None:
        """Save Model was pressed for the candidate in sight, or its question's answer was yes."""
        spawn(self.state.save(str(seen or "")))

    def vue_keep(self, _: object) -> None:
        """The answer to its question was no."""
        self.state.cancel_save()

    def _tabulate(self) -> None:
        candidate = self.state.shown
        if candidate is not None:
            columns, compare = report_columns(candidate)
            self.table.show(columns, compare, difference_p_value(candidate) if compare else None)

    def _draw(self) -> None:
        state = self.state
        if state.charts is not None and state.shown is not None:
            self.charts.draw(state.charts, state.shown.metrics.nominal_coverage)
        self.drawn = state.charts is not None

    def _said(self) -> dict[str, Any]:
        state, candidate = self.state, self.state.shown
        return {
            "empty": empty_words(state),
            "verdict": candidate_verdict(candidate) if candidate else {},
            "tested": tested_words(candidate) if candidate else "",
            "notes": notes(state),
            "save_button": save_words(state),
            "words": {
                "heading": text("evaluate.results"), "save": text("evaluate.save"),
                "sure": text("evaluate.sure"), "anyway": text("evaluate.anyway"),
                "keep": text("evaluate.keep"), "drawing": text("evaluate.drawing"),
            },
        }  # fmt: skip

"""Metrics of several forecasts side by side, as a widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets as t

from mlwidgets.components.evaluation.chances import difference_words
from mlwidgets.components.evaluation.metric_rows import Column, table_rows
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text

__all__ = ["Column", "MetricTable"]


class MetricTable(Piece):
    """A row a metric, a column a forecast; the difference of two of them said in words.

    Args:
        columns: what was measured.
        compare: positions of two columns; the difference is the first minus the second, and the
            better value of each row is marked.
        difference: p-value of the test that both make the same errors.

    >>> from mlwidgets.evaluation.report import point_metrics
    >>> import numpy as np
    >>> close, actual = np.full(3, 100.0), np.array([101.0, 99.0, 102.0])
    >>> ours = Column("LSTM", point_metrics(close, actual, close + 1, 1))
    >>> naive = Column("Last value", point_metrics(close, actual, close, 1), "baseline")
    >>> table = MetricTable([ours, naive], compare=(0, 1))
    >>> table.rows[0]["label"], [cell["text"] for cell in table.rows[0]["cells"]]
    ('MAE', ['1.0000', '1.3333'])
    >>> table.rows[0]["difference"]["word"]
    'better'
    """

    template = t.Unicode(component("metric_table")).tag(sync=True)
    heads = t.List(t.Dict(), help="titles of the columns").tag(sync=True)
    rows = t.List(t.Dict(), help="the metrics in words").tag(sync=True)
    compared = t.Int(-1, help="the column that the difference follows, -1 for none").tag(sync=True)
    note = t.Unicode(help="whether the difference may be chance").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        compare: tuple[int, int] | None = None,
        difference: float | None = None,
    ) -> None:
        self._shown = (tuple(columns), compare, difference)
        super().__init__(**self._said())
        language.observe(lambda _: self.say(), "code")

    def show(
        self,
        columns: Sequence[Column],
        compare: tuple[int, int] | None = None,
        p_value: float | None = None,
    ) -> None:
        """Show other metrics; arguments as above."""
        self._shown = (tuple(columns), compare, p_value)
        self.say()

    def say(self) -> None:
        """Say everything again, in another language."""
        self.tell(self._said())

    def _said(self) -> dict[str, Any]:
        columns, compare, p_value = self._shown
        return {
            "heads": [
                {"title": each.title, "kind": each.kind, "note": each.note} for each in columns
            ],
            "rows": table_rows(columns, compare),
            "compared": -1 if compare is None else max(compare),
            "note": difference_words(p_value),
            "words": {
                "label": text("metric.table"), "metric": text("metric.metric"),
                "difference": text("metric.difference"), "best": text("metric.best"),
            },
        }  # fmt: skip

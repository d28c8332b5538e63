"""The trials of a search as a table that is sorted and paged in Python."""

from __future__ import annotations

from typing import Any

import traitlets as t

from mlwidgets.components.formats import NOTHING, duration, percent
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text
from mlwidgets.components.training.names import full_name, short_name
from mlwidgets.components.training.search import SearchState
from mlwidgets.components.training.trials import Trial

ROWS = 20
"""Of a page: what a search of thousands of trials sends at a time."""

_STATES = {
    "COMPLETE": "train.state.complete", "PRUNED": "train.state.pruned", "FAIL": "train.state.fail",
}  # fmt: skip
_ORDER = ("COMPLETE", "PRUNED", "FAIL")


class TrialsTable(Piece):
    """Trials with what they drew, the best one marked.

    Args:
        search: whose trials; the table follows it.
    """

    template = t.Unicode(component("trials_table")).tag(sync=True)
    columns = t.List(t.Dict(), help="key, name, and how they are sorted by it").tag(sync=True)
    rows = t.List(t.Dict(), help="those of the page in words").tag(sync=True)
    page = t.Int(0, help="from 0").tag(sync=True)
    pages = t.Int(1).tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, search: SearchState) -> None:
        self.search = search
        self._by, self._down = "skill", True
        super().__init__(**self._said())
        search.observe(lambda _: self.say(), ["trials", "names"])
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Put the page's trials into words again."""
        self.tell(self._said())

    def vue_sort(self, key: str) -> None:
        """A column's head was pressed: by it, the other way round the next time."""
        if key not in self._keys():
            return
        self._down = not self._down if key == self._by else key == "skill"
        self._by = key
        self.page = 0
        self.say()

    def vue_turn(self, page: int) -> None:
        """Another page was chosen."""
        self.page = int(page)
        self.say()

    def _keys(self) -> list[str]:
        return ["number", "state", "skill", *self.search.names, "seconds"]

    def _said(self) -> dict[str, Any]:
        trials = self._sorted()
        pages = max(1, -(-len(trials) // ROWS))
        page = min(max(self.page, 0), pages - 1)
        shown = trials[page * ROWS : (page + 1) * ROWS]
        best = self.search.best
        first = page * ROWS + 1
        return {
            "columns": [self._column(key) for key in self._keys()],
            "rows": [self._row(trial, best) for trial in shown],
            "page": page,
            "pages": pages,
            "words": {
                "heading": text("train.trials"),
                "empty": text("train.waits"),
                "best": text("train.best"),
                "earlier": text("train.page.earlier"),
                "later": text("train.page.later"),
                "range": text(
                    "train.page.range", first=f"{first:,}",
                    last=f"{first + len(shown) - 1:,}", count=f"{len(trials):,}",
                ),
            },
        }  # fmt: skip

    def _sorted(self) -> list[Trial]:
        """By the chosen column; those without a value are last, of equal ones the older first."""
        valued = [trial for trial in self.search.trials if self._value(trial) is not None]
        others = [trial for trial in self.search.trials if self._value(trial) is None]
        return sorted(valued, key=self._value, reverse=self._down) + others

    def _value(self, trial: Trial) -> Any:
        if self._by in ("number", "seconds"):
            return getattr(trial, self._by)
        if self._by == "state":
            return _ORDER.index(trial.state)
        if self._by == "skill":  # what was given up is not measured on the same folds
            return None if trial.skill is None else (trial.state == "COMPLETE", trial.skill)
        return getattr(trial.config, self._by, None)

    def _column(self, key: str) -> dict[str, Any]:
        heads = {
            "number": "train.column.number", "state": "train.column.state",
            "skill": "train.column.skill", "seconds": "train.column.seconds",
        }  # fmt: skip
        sort = ("descending" if self._down else "ascending") if key == self._by else "none"
        known = key in heads
        return {
            "key": key,
            "name": text(heads[key]) if known else short_name(key),
            "title": text("train.column.skill.note") if key == "skill"
            else "" if known else full_name(key),
            "sort": sort,
        }  # fmt: skip

    def _row(self, trial: Trial, best: Trial | None) -> dict[str, Any]:
        return {
            "number": trial.number,
            "state": trial.state,
            "word": text(_STATES[trial.state]),
            "title": trial.reason,
            "skill": percent(trial.skill, 2, sign=True),
            "loss": NOTHING if trial.loss is None else f"{trial.loss:.5f}",
            "values": [f"{getattr(trial.config, name):,.3g}" for name in self.search.names],
            "seconds": duration(trial.seconds) if trial.seconds >= 10 else f"{trial.seconds:.1f} s",
            "best": trial is best,
        }

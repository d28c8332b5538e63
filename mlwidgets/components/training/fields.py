"""How much history, how many trials and folds: as typed."""

from __future__ import annotations

from typing import Any

import pandas as pd
from traitlets import Dict, HasTraits

from mlwidgets.components.training.numbers import BadNumber, read_number
from mlwidgets.jobs.requests import TrainRequest

HISTORIES = {"3m": 3, "6m": 6, "1y": 12, "2y": 24, "3y": 36, "5y": 60}
"""History lengths that are offered, in months."""

TOO_OLD = 36
"""Months; what is older describes another market."""

_NUMBERS = ("n_trials", "n_folds", "seed")


class FieldsDraft(HasTraits):
    """What is typed besides the ranges.

    >>> fields = FieldsDraft()
    >>> fields.edit("n_folds", "0")
    >>> fields.problems
    {'n_folds': 'Must be ≥ 1, ≤ 50.'}
    """

    values = Dict(help="by name, as typed")
    problems = Dict(help="by name: why it means nothing")

    def __init__(self) -> None:
        fields = TrainRequest.model_fields
        numbers = {name: str(fields[name].default) for name in _NUMBERS}
        super().__init__(values={"history": "2y", **numbers})
        self.numbers: dict[str, Any] = {}
        self.check()

    def edit(self, name: str, value: Any) -> None:
        """A field was typed or chosen; what is none is left."""
        known = value in HISTORIES if name == "history" else name in _NUMBERS
        if known and isinstance(value, str):
            self.values = {**self.values, name: value}
            self.check()

    def check(self) -> None:
        """Find the problems again, in the page's language."""
        problems = {}
        for name in _NUMBERS:
            try:
                self.numbers[name] = read_number(self.values[name], TrainRequest, name)
            except BadNumber as problem:
                problems[name] = str(problem)
        self.problems = problems

    @property
    def too_old(self) -> bool:
        """Whether the history reaches back to another market."""
        return HISTORIES[self.values["history"]] > TOO_OLD

    def start(self, end: pd.Timestamp) -> pd.Timestamp:
        """The first day of a history that ends at a time (UTC)."""
        months = HISTORIES[self.values["history"]]
        return (end - pd.DateOffset(months=months)).floor("D")

"""What the tabs that train and test read, and what they have done."""

from __future__ import annotations

from typing import Protocol

from mlwidgets.components.evaluation.known_end import Market
from mlwidgets.components.jobs.work import Candidates, Jobs, Work
from mlwidgets.components.models.state import Models


class Sources(Work, Protocol):
    """What a tab reads, and what it has done."""

    @property
    def jobs(self) -> Jobs:
        """The job records."""

    @property
    def candidates(self) -> Candidates:
        """What backtests have measured."""

    @property
    def models(self) -> Models:
        """What is in production."""

    @property
    def market(self) -> Market:
        """Which candles are known."""

"""What the tab Evaluate reads, and what it has done."""

from __future__ import annotations

from typing import Protocol

from mlwidgets.components.evaluation.known_end import Market
from mlwidgets.components.jobs.work import Candidates, Jobs, Work
from mlwidgets.forecast.artifact import ModelMeta


class Models(Protocol):
    """What is asked of a `ModelRegistry`."""

    def get_meta(self, symbol: str, model_type: str, version: str | None = None) -> ModelMeta:
        """Metadata of the production model."""


class Sources(Work, Protocol):
    """What the tab reads, and what it has done."""

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

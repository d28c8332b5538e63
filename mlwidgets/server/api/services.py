"""What operations work with: models, jobs, candidates, the market, limits."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from mlwidgets.errors import ModelError, StorageError
from mlwidgets.registry import ModelRegistry
from mlwidgets.server.api.forecasting import Forecaster
from mlwidgets.server.api.lanes import Lanes
from mlwidgets.server.api.market import Market
from mlwidgets.server.api.rate import Rate
from mlwidgets.settings import Settings

if TYPE_CHECKING:  # SQLAlchemy and Alembic take a moment to import
    from mlwidgets.jobs.candidates import CandidateStore
    from mlwidgets.jobs.store import JobStore


class Services:
    """Everything that the operations need, opened when it is first needed.

    Lies in tornado's settings under `mlwidgets`; safe to use from several threads.

    Args:
        settings: where state lives, and whether the exchange may be asked.

    >>> Services(Settings(home="/srv/forecasts")).registry.root.as_posix()
    '/srv/forecasts/models'
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.market = Market(settings)
        self.job_starts = Rate(settings.job_rate)
        self.lanes = Lanes()
        self.open_streams = 0
        self._opening = threading.Lock()

    def close(self) -> None:
        """Close the connections to the exchange and let threads end."""
        self.lanes.close()
        self.market.close()

    @cached_property
    def registry(self) -> ModelRegistry:
        """The models."""
        return ModelRegistry(self.settings.models_dir, database_url=self.settings.study_url)

    @cached_property
    def forecaster(self) -> Forecaster:
        """Forecasts of the saved models."""
        return Forecaster(self.registry, self.market)

    @property
    def jobs(self) -> JobStore:
        """The jobs' records.

        Raises:
            StorageError: the database cannot be used; it is tried again next time.
        """
        with self._opening:
            return self._jobs

    @property
    def candidates(self) -> CandidateStore:
        """The candidates; raises as `jobs`."""
        with self._opening:
            return self._candidates

    def delivered_jobs(self) -> JobStore:
        """The jobs' records, once models that finished jobs left to be saved are saved."""
        from mlwidgets.jobs.delivery import deliver_pending

        store = self.jobs
        # A models folder that cannot be written must not hide the jobs.
        with suppress(StorageError, ModelError):
            deliver_pending(store, self.settings)
        return store

    @cached_property
    def _jobs(self) -> JobStore:
        from mlwidgets.jobs.store import JobStore

        return JobStore(self.settings.study_url)

    @cached_property
    def _candidates(self) -> CandidateStore:
        from mlwidgets.jobs.candidates import CandidateStore

        return CandidateStore(self.settings.study_url)

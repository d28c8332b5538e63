"""What a page reads: models, jobs, candidates, the market; opened when they are first asked."""

from __future__ import annotations

from contextlib import suppress

from mlwidgets.components.late import late
from mlwidgets.components.market.access import MarketAccess
from mlwidgets.errors import ModelError, StorageError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.jobs import api
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.home import known_id
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import JobRequest
from mlwidgets.jobs.store import JobStore
from mlwidgets.registry import ModelRegistry
from mlwidgets.settings import Settings, get_settings


class Sources:
    """The truth on disk and in the database, and what can be done with jobs.

    Args:
        settings: where it is; default: the environment's.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or get_settings()
        self.models = ModelRegistry(self.settings.models_dir)
        self.jobs: JobStore = late(lambda: JobStore(self.settings.study_url))
        self.candidates: CandidateStore = late(lambda: CandidateStore(self.settings.study_url))
        self.market = MarketAccess(self.settings)

    def mark(self, symbol: str, model_type: str) -> object:
        """Something that differs from before once there is anything else to show.

        Models that finished jobs have left to be saved are saved on the way.

        Raises:
            StorageError: the database cannot be reached.
        """
        with suppress(StorageError, ModelError):  # what cannot be saved must not hide the jobs
            self._deliver()
        newest = self.candidates.list(symbol, model_type, limit=1)
        return (
            self.models.fingerprint(),
            self.jobs.list(symbol=symbol, limit=20),
            [(candidate.id, candidate.saved_version) for candidate in newest],
        )

    def _deliver(self) -> None:
        home = known_id(self.settings)
        if home is None or not self.jobs.pending(home):
            return
        from mlwidgets.jobs.delivery import deliver_pending  # torch takes seconds to import

        deliver_pending(self.jobs, self.settings)

    def symbols(self) -> set[str]:
        """Symbols that there is something of: a model or candles."""
        known = {meta.symbol for meta in self.models.production()}
        with suppress(StorageError):
            known |= set(self.market.stored_symbols())
        return known

    def cancel(self, job_id: str) -> JobRecord:
        """Ask a job to stop."""
        return api.cancel(job_id, settings=self.settings)

    def resume(self, job_id: str, n_trials: int | None = None) -> JobRecord:
        """Go on with a job that did not complete, or with more trials."""
        return api.resume(job_id, n_trials, settings=self.settings)

    def submit(self, request: JobRequest) -> JobRecord:
        """Start a job."""
        return api.submit(request, settings=self.settings)

    def save(self, candidate_id: str) -> ModelMeta:
        """Make a candidate the production model of its slot."""
        from mlwidgets.jobs.saving import save_candidate

        return save_candidate(self.candidates, self.models, candidate_id)

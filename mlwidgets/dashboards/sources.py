"""What a page reads: models, jobs, candidates, the market; opened when they are first asked."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from mlwidgets.components.jobs.state import READ
from mlwidgets.components.late import late
from mlwidgets.components.market.access import MarketAccess
from mlwidgets.errors import ModelError, StorageError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.jobs import api
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.home import known_id
from mlwidgets.jobs.records import JobProgress, JobRecord
from mlwidgets.jobs.requests import JobRequest
from mlwidgets.jobs.store import JobStore
from mlwidgets.registry import ModelRegistry
from mlwidgets.settings import Settings, get_settings


@dataclass(frozen=True, slots=True)
class Mark:
    """What a page has last seen.

    Attributes:
        models: the folder's fingerprint.
        jobs: of all symbols, the newest first.
        candidates: the newest of a symbol, by id and the version that they are saved as.
    """

    models: str
    jobs: tuple[JobRecord, ...]
    candidates: tuple[tuple[str, str | None], ...]

    @property
    def events(self) -> object:
        """The mark without the progress of jobs."""
        still = JobProgress()
        return self.models, self.candidates, [job.replace(progress=still) for job in self.jobs]


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
        self._with_models: tuple[str, frozenset[str]] = ("", frozenset())

    def mark(self, symbol: str) -> Mark:
        """What differs from before once there is anything else to show.

        Models that finished jobs have left to be saved are saved on the way.

        Raises:
            StorageError: the database cannot be reached.
        """
        with suppress(StorageError, ModelError):  # what cannot be saved must not hide the jobs
            self._deliver()
        newest = self.candidates.list(symbol, limit=4)
        models = "out of reach"
        with suppress(StorageError):  # nor must a folder that cannot be read; its tabs tell of it
            models = self.models.fingerprint()
            if models != self._with_models[0]:
                self.production()
        return Mark(
            models=models,
            jobs=tuple(self.jobs.list(limit=READ)),
            candidates=tuple((each.id, each.saved_version) for each in newest),
        )

    def _deliver(self) -> None:
        home = known_id(self.settings)
        if home is None or not self.jobs.pending(home):
            return
        from mlwidgets.jobs.delivery import deliver_pending  # torch takes seconds to import

        deliver_pending(self.jobs, self.settings)

    def symbols(self) -> set[str]:
        """Symbols that there is something of: candles, or a model when these were read last."""
        known = set(self._with_models[1])
        with suppress(StorageError):
            known |= set(self.market.stored_symbols())
        return known

    def production(self) -> list[ModelMeta]:
        """What is in production; nothing where that cannot be read, of which each tab tells.

        Many models take seconds.
        """
        metas: list[ModelMeta] = []
        with suppress(StorageError):
            seen = self.models.fingerprint()
            metas = self.models.production()
            self._with_models = seen, frozenset(meta.symbol for meta in metas)
        return metas

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

"""What pages ask of jobs, candidates and models, and what they have done with them."""

from __future__ import annotations

import builtins
from typing import Protocol

import pandas as pd

from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobEvent, JobRecord
from mlwidgets.jobs.requests import JobKind, JobRequest


class Jobs(Protocol):
    """What is asked of a `JobStore`."""

    def list(
        self, *, kind: JobKind | None = None, symbol: str | None = None, limit: int = 50
    ) -> list[JobRecord]:
        """Jobs, the newest first."""

    def get(self, job_id: str) -> JobRecord:
        """A job's record."""

    def events(self, job_id: str, after: int = 0, limit: int = 1000) -> builtins.list[JobEvent]:
        """A job's next events after the event of this number."""


class Candidates(Protocol):
    """What is asked of a `CandidateStore`."""

    def list(
        self, symbol: str | None = None, model_type: str | None = None, limit: int = 50
    ) -> list[Candidate]:
        """Measured models, the newest first."""

    def get(self, candidate_id: str) -> Candidate:
        """A candidate."""

    def predictions(self, candidate_id: str) -> pd.DataFrame:
        """The predictions that were measured; see `BacktestReport`."""


class Work(Protocol):
    """What a page can have done; each may take seconds, so it is asked in a thread."""

    def submit(self, request: JobRequest) -> JobRecord:
        """Start a job."""

    def cancel(self, job_id: str) -> JobRecord:
        """Ask a job to stop."""

    def resume(self, job_id: str, n_trials: int | None = None) -> JobRecord:
        """Go on with a job that did not complete, or with more trials."""

    def save(self, candidate_id: str) -> ModelMeta:
        """Make a candidate the production model of its slot."""

"""Jobs: started, listed, followed, stopped, resumed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from mlwidgets.errors import ClusterUnavailable, JobNotFound, JobStateError
from mlwidgets.forecast.spec import Value
from mlwidgets.jobs.records import JobRecord, JobState
from mlwidgets.jobs.requests import REQUESTS, JobKind, JobRequest
from mlwidgets.server.api.inputs import JobId, JobPath, Listed, Symbol, Whole, limited
from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.services import Services


class JobsQuery(Value):
    """Which jobs to list."""

    states: Annotated[tuple[JobState, ...], Listed] | None = None
    """Only jobs in one of these."""
    kind: JobKind | None = None
    symbol: Symbol | None = None
    limit: Whole = limited(200, 50)
    before: JobId | None = None
    """`next` of the page before."""


class JobsPage(Value):
    """Some jobs, the newest first, and the id to ask on from; null where there are no more."""

    items: tuple[JobRecord, ...]
    next: str | None


class ResumeRequest(Value):
    """How a job goes on."""

    n_trials: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Trials of a search from now on; with more of them a completed one goes on too."""


class JobName(Value):
    """Which job something was done to."""

    id: str


def start(services: Services, body: JobRequest) -> JobRecord:
    """Start a job."""
    from mlwidgets.jobs.api import submit

    return submit(body, settings=services.settings)


def list_jobs(services: Services, query: JobsQuery) -> JobsPage:
    """Jobs, the newest first."""
    found = services.delivered_jobs().list(
        states=query.states, kind=query.kind, symbol=query.symbol,
        limit=query.limit + 1, before=query.before,
    )  # fmt: skip
    page, more = tuple(found[: query.limit]), len(found) > query.limit
    return JobsPage(items=page, next=page[-1].id if more else None)


def get(services: Services, path: JobPath) -> JobRecord:
    """One job."""
    return services.delivered_jobs().get(path.id)


def cancel(services: Services, path: JobPath) -> JobRecord:
    """Ask a job to stop."""
    return services.jobs.request_cancel(path.id)


def resume(services: Services, path: JobPath, body: ResumeRequest | None) -> JobRecord:
    """Go on with a job that did not complete, or give a completed search more trials."""
    from mlwidgets.jobs.api import resume as resume_job

    n_trials = body.n_trials if body is not None else None
    return resume_job(path.id, n_trials, settings=services.settings)


def delete(services: Services, path: JobPath) -> JobName:
    """Delete a finished job; its candidates stay."""
    services.jobs.delete(path.id)
    return JobName(id=path.id)


OPERATIONS = (
    Operation(
        "POST", "/jobs", "startJob",
        "Start a job: a search (train), a backtest (evaluate) or both models' (compare).",
        start, JobRecord, body=REQUESTS, status=202, errors=(ClusterUnavailable,),
        lane="starting", starts_job=True,
    ),
    Operation(
        "GET", "/jobs", "listJobs", "List jobs, the newest first.",
        list_jobs, JobsPage, query=JobsQuery,
    ),
    Operation(
        "GET", "/jobs/{id}", "getJob", "Show a job: state, progress, result or error.",
        get, JobRecord, path_model=JobPath, errors=(JobNotFound,),
    ),
    Operation(
        "DELETE", "/jobs/{id}", "deleteJob", "Delete a finished job; its candidates stay.",
        delete, JobName, path_model=JobPath, errors=(JobNotFound, JobStateError),
    ),
    Operation(
        "POST", "/jobs/{id}/cancel", "cancelJob",
        "Ask a job to stop: one that waits is cancelled at once, one that runs within seconds.",
        cancel, JobRecord, path_model=JobPath, errors=(JobNotFound, JobStateError),
    ),
    Operation(
        "POST", "/jobs/{id}/resume", "resumeJob",
        "Go on with a job that was interrupted, failed or was cancelled; finished trials count.",
        resume, JobRecord, path_model=JobPath, body=TypeAdapter(ResumeRequest),
        body_needed=False, status=202, lane="starting", starts_job=True,
        errors=(JobNotFound, JobStateError, ClusterUnavailable),
    ),
)  # fmt: skip

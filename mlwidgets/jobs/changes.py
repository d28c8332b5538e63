"""What others than its coordinator do to a job: cancel it, queue it again, delete it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, update

from mlwidgets.database import now_ms
from mlwidgets.errors import JobStateError, SpecError
from mlwidgets.jobs.journal import change, change_state
from mlwidgets.jobs.json_text import json_text
from mlwidgets.jobs.records import FINISHED, JobProgress
from mlwidgets.jobs.requests import JobRequest, TrainRequest
from mlwidgets.jobs.rows import read_request, request_columns
from mlwidgets.jobs.schema import EVENTS, JOBS


def cancel(connection: Connection, job: Row[Any]) -> None:
    """Cancel a job that nobody works on; ask the coordinator of one that runs to stop."""
    if job.seen in FINISHED:
        raise _refusal(job, "there is nothing to cancel")
    if JobProgress.model_validate_json(job.progress).stage == "saving":
        # Its models may be production already; an attempt that goes on completes the job.
        kept = "report is being kept" if job.kind == "evaluate" else "models are being saved"
        raise _refusal(job, f"it is too late to cancel, its {kept}")
    if job.seen != "running":
        change_state(
            connection, job.id, "cancelled", "Cancelled.",
            cancelling=False, finished_at=now_ms(),
        )  # fmt: skip
    elif not job.cancelling:
        data = {"state": "running", "cancelling": True}
        change(connection, job.id, "state", "Asked to stop.", data, cancelling=True)


def requeue(connection: Connection, job: Row[Any], n_trials: int | None) -> None:
    """Queue a job again that is interrupted, failed or cancelled, or is to have more trials."""
    request = _request(job, n_trials)
    if job.seen == "running":
        raise _refusal(job, "there is nothing to resume")
    if job.seen == "completed" and not _has_more_trials(job, request):
        raise _refusal(job, "it goes on only if it is a training job that is given more trials")
    if job.seen == "queued":
        columns = request_columns(request)
        connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(**columns))
        return
    change_state(
        connection, job.id, "queued", "Queued again.", progress=_progress(job),
        cancelling=False, queued_at=now_ms(), cluster=None, dispatched_at=None,
        finished_at=None, result=None, error=None, unsaved=False, **request_columns(request),
    )  # fmt: skip


def remove(connection: Connection, job: Row[Any]) -> None:
    """Delete a finished job and its events."""
    if job.seen not in FINISHED:
        raise _refusal(job, "only finished jobs can be deleted; cancel it first")
    connection.execute(delete(EVENTS).where(EVENTS.c.job_id == job.id))
    connection.execute(delete(JOBS).where(JOBS.c.id == job.id))


def _request(job: Row[Any], n_trials: int | None) -> JobRequest:
    request = read_request(job.id, job.request)
    if n_trials is None:
        return request
    if not isinstance(request, TrainRequest):
        raise SpecError(
            f"Job {job.id} is a backtest ({request.kind}), which has no trials; resume it without "
            "n_trials.", field="n_trials", value=n_trials,
        )  # fmt: skip
    return request.replace(n_trials=n_trials)


def _progress(job: Row[Any]) -> str:
    """A job's progress while it waits again: what it has found stays, how far it was does not."""
    progress = JobProgress.model_validate_json(job.progress)
    if progress.stage == "saving" and job.seen != "cancelled":
        return str(job.progress)  # its models may be production already, and it must go on
    return json_text(
        progress.replace(stage="queued", epoch=None, epochs=None, fraction=None, eta_seconds=None)
    )


def _has_more_trials(job: Row[Any], request: JobRequest) -> bool:
    before = read_request(job.id, job.request)
    return (
        isinstance(before, TrainRequest)
        and isinstance(request, TrainRequest)
        and request.n_trials > before.n_trials
    )


def _refusal(job: Row[Any], why: str) -> JobStateError:
    return JobStateError(f"Job {job.id} is {job.seen}; {why}.", job=job.id, state=job.seen)

"""Following a job to its end by reading its record: no connection that could break."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NoReturn

from mlwidgets.errors import Cancelled, JobError, JobFailed
from mlwidgets.jobs.records import JobEvent, JobRecord
from mlwidgets.jobs.store import JobStore

PATIENCE = 10.0
"""Seconds that a job may stay interrupted before nobody is expected to take it up again."""

_SHORTEST, _LONGEST, _SLOWER = 0.3, 1.0, 1.25
"""Seconds between two looks at a busy job and at a quiet one, and how one becomes the other."""

_PAGE = 1000


def follow(store: JobStore, job_id: str, seconds: float | None = None) -> Iterator[JobRecord]:
    """Look at a job until it ends: some times a second while things happen, more rarely else.

    It also ends when the job has been interrupted for `PATIENCE` seconds and nobody restarted
    it, and after `seconds`.

    Args:
        store: where the job is.
        job_id: its id.
        seconds: how long to look at most; None for as long as it takes.

    Yields:
        Its record at each look, the last one included.

    Raises:
        JobNotFound: there is no such job.
    """
    limit = float("inf") if seconds is None else time.monotonic() + seconds
    before: JobRecord | None = None
    pause, patience = _SHORTEST, _Patience()
    while True:
        record = store.get(job_id)
        yield record
        left = limit - time.monotonic()
        if left <= 0 or record.finished or patience.is_over(record):
            return
        pause = _SHORTEST if record != before else min(pause * _SLOWER, _LONGEST)
        before = record
        time.sleep(min(pause, left))


def watch(store: JobStore, job_id: str, after: int = 0) -> Iterator[JobEvent]:
    """A job's events as they come, until it ends (see `follow`).

    Args:
        store: where the job is.
        job_id: its id.
        after: number of the last event that is known already.
    """
    # Events are read after the record: of a job that has ended none can be missing then.
    for _ in follow(store, job_id):
        for event in events_after(store, job_id, after):
            yield event
            after = event.number


def events_after(store: JobStore, job_id: str, after: int) -> Iterator[JobEvent]:
    """The events that there are after one, however many pages they fill."""
    page = store.events(job_id, after, _PAGE)
    while page:
        yield from page
        page = store.events(job_id, page[-1].number, _PAGE) if len(page) == _PAGE else []


def completed(record: JobRecord) -> JobRecord:
    """The record of a job that completed; any other is an error.

    Raises:
        JobFailed: the job failed; the message is its error's.
        Cancelled: it was cancelled.
        JobError: it was interrupted and nobody restarted it; the message says how to.
        TimeoutError: it has not ended.
    """
    return record if record.state == "completed" else _refuse(record)


def interruption(record: JobRecord) -> JobError:
    """What to say of a job on which nobody works any more."""
    command = f"mlwidgets jobs resume {record.id}"
    return JobError(
        f"Job {record.id} was interrupted: nobody works on it. What it had finished is kept; "
        f"go on with: {command}",
        job=record.id, resume_with=command,
    )  # fmt: skip


def _refuse(record: JobRecord) -> NoReturn:
    if record.state == "failed" and (error := record.error) is not None:
        raise JobFailed(
            f"Job {record.id} failed: {error.message}",
            job=record.id, type=error.type, facts=error.details,
        )  # fmt: skip
    if record.state == "cancelled":
        raise Cancelled(f"Job {record.id} was cancelled; it saved nothing.", job=record.id)
    if record.state == "interrupted":
        raise interruption(record)
    raise TimeoutError(
        f"Job {record.id} is still {record.state} and goes on; wait longer, or stop it with: "
        f"mlwidgets jobs cancel {record.id}"
    )


class _Patience:
    """How long a job has been interrupted."""

    def __init__(self) -> None:
        self._since: float | None = None

    def is_over(self, record: JobRecord) -> bool:
        now = time.monotonic()
        if record.state != "interrupted":
            self._since = None
        elif self._since is None:
            self._since = now
        return self._since is not None and now - self._since >= PATIENCE

"""The right to work on a job: held by one coordinator, the one that claimed it last.

Every write names the attempt that it belongs to. Where another attempt has begun, or the job is
no longer running, the row does not match, nothing is written, and the holder is told.
"""

from __future__ import annotations

from typing import Any

from pydantic.alias_generators import to_camel
from sqlalchemy import ColumnElement, Connection, update

from mlwidgets.database import now_ms
from mlwidgets.errors import JobLost
from mlwidgets.jobs.journal import EventKind, change, change_state
from mlwidgets.jobs.json_text import json_text
from mlwidgets.jobs.records import JobFailure, JobProgress, JobResult
from mlwidgets.jobs.requests import JobRequest, StoredCandles
from mlwidgets.jobs.rows import request_columns
from mlwidgets.jobs.schema import JOBS
from mlwidgets.jobs.storage import Storage


class JobLease:
    """One attempt at a job; may be used by several threads.

    Every method raises JobLost where the job is another's by now, and StorageError where the
    database is out of reach.

    Args:
        storage: the database.
        job_id: the job.
        attempt: which attempt at it this is, from 1.
        request: what it is to do.
        home_id: whose models folder its models go to.
    """

    def __init__(
        self, storage: Storage, job_id: str, attempt: int, request: JobRequest, home_id: str
    ) -> None:
        self._storage = storage
        self.job_id, self.attempt, self.request = job_id, attempt, request
        self.home_id = home_id

    def beat(self) -> bool:
        """Say that the coordinator is alive; a job whose holder is silent counts as interrupted.

        Returns:
            Whether the job is to be cancelled.
        """
        with self._storage.writing() as connection:
            return self._update(connection)

    def progress(self, progress: JobProgress) -> None:
        """Write how far the job has come."""
        with self._storage.writing() as connection:
            self._update(connection, progress=json_text(progress))

    def event(self, kind: EventKind, text: str, **data: Any) -> None:
        """Tell something that happened.

        Args:
            kind: what it is about; see `JobEvent`.
            text: one line for people.
            **data: the facts.
        """
        facts = {to_camel(name): value for name, value in data.items()}
        with self._storage.writing() as connection:
            self._demand(change(connection, self.job_id, kind, text, facts, *self._fence))

    def use_candles(self, digest: str) -> None:
        """Make kept candles those of the job, so that whoever resumes it sees the same."""
        request = self.request.replace(candles=StoredCandles(digest=digest))
        with self._storage.writing() as connection:
            self._update(connection, **request_columns(request))
        self.request = request

    def complete(self, result: JobResult, progress: JobProgress | None = None) -> None:
        """End the job with a result, and its progress where that has changed."""
        columns = {"result": json_text(result), "unsaved": bool(result.unsaved)}
        if progress is not None:
            columns["progress"] = json_text(progress)
        self._end("completed", "Completed.", **columns)

    def fail(self, failure: JobFailure) -> None:
        """End the job with an error."""
        self._end("failed", f"Failed: {failure.message}", error=json_text(failure))

    def cancelled(self) -> None:
        """End the job because somebody asked for it."""
        self._end("cancelled", "Cancelled.")

    @property
    def _fence(self) -> tuple[ColumnElement[bool], ...]:
        return JOBS.c.attempt == self.attempt, JOBS.c.state == "running"

    def _update(self, connection: Connection, **columns: Any) -> bool:
        cancelling = connection.scalar(
            update(JOBS)
            .where(JOBS.c.id == self.job_id, *self._fence)
            .values(beat_at=now_ms(), **columns)
            .returning(JOBS.c.cancelling)
        )
        self._demand(cancelling is not None)
        return bool(cancelling)

    def _end(self, state: str, text: str, **columns: Any) -> None:
        with self._storage.writing() as connection:
            self._demand(
                change_state(
                    connection, self.job_id, state, text, *self._fence,
                    cancelling=False, finished_at=now_ms(), **columns,
                )
            )  # fmt: skip

    def _demand(self, held: bool) -> None:
        if not held:
            raise JobLost(
                f"Attempt {self.attempt} at job {self.job_id} is over: another one began, or the "
                "job was ended or deleted. Nothing was written.",
                job=self.job_id, attempt=self.attempt,
            )  # fmt: skip

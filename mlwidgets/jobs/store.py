"""The records of all jobs, in the one database."""

from __future__ import annotations

import builtins
import difflib
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, update

from mlwidgets.cluster import label_is_dead
from mlwidgets.database import now_ms
from mlwidgets.errors import JobNotFound, JobStateError, StorageError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import ModelType
from mlwidgets.jobs import candle_vault
from mlwidgets.jobs.changes import cancel, remove, requeue
from mlwidgets.jobs.journal import change, change_state, write_event
from mlwidgets.jobs.json_text import json_text
from mlwidgets.jobs.leases import JobLease
from mlwidgets.jobs.liveness import (
    FORGOTTEN_MS,
    HANDOVER_MS,
    dead_clusters,
    effective_state,
)
from mlwidgets.jobs.pruning import prune_jobs
from mlwidgets.jobs.records import FINISHED, JobEvent, JobProgress, JobRecord, JobState
from mlwidgets.jobs.requests import JobKind, JobRequest
from mlwidgets.jobs.rows import read_event, read_record, read_request, readable, request_columns
from mlwidgets.jobs.schema import EVENTS, JOBS
from mlwidgets.jobs.storage import Storage
from mlwidgets.jobs.studies import delete_studies, studies_of
from mlwidgets.market.symbols import plain_symbol


class JobStore:
    """Every job that was submitted to a database; safe to use from many processes and threads.

    Each method is one short transaction, and raises StorageError where the database is out of
    reach.

    Args:
        url: SQLAlchemy URL of SQLite or PostgreSQL; default: the settings'.
        is_dead: whether the cluster with a label is certainly gone.

    Raises:
        SpecError: the URL makes no sense.
        StorageError: the database cannot be opened.
        SchemaTooNew: a later version of mlwidgets has written it.
    """

    def __init__(
        self, url: str | None = None, is_dead: Callable[[str], bool] = label_is_dead
    ) -> None:
        self._storage = Storage(url)
        self._is_dead = is_dead
        self.url = self._storage.url

    def create(self, request: JobRequest, *, home_id: str = "") -> JobRecord:
        """Write down a job that is to be done; the oldest finished ones make room (`prune`).

        Args:
            request: what it is to do.
            home_id: whose models folder its models go to.
        """

        studies: list[str] = []

        def row(connection: Connection, job_id: str, now: int) -> str:
            connection.execute(
                insert(JOBS).values(
                    id=job_id, state="queued", cancelling=False, attempt=0, last_event=1,
                    created_at=now, queued_at=now, progress=json_text(JobProgress()),
                    unsaved=False, home_id=home_id, **request_columns(request),
                )
            )  # fmt: skip
            write_event(connection, job_id, 1, "state", "Queued.", {"state": "queued"})
            studies[:] = prune_jobs(connection)
            return job_id

        job_id = self._storage.insert(JOBS, row)
        with suppress(StorageError):  # what an old job leaves behind must not hinder another one
            delete_studies(self.url, studies)
        return self.get(job_id)

    def get(self, job_id: str) -> JobRecord:
        """A job.

        Raises:
            JobNotFound: there is no such job.
            StorageError: another version of mlwidgets wrote it.
        """
        with self._storage.reading() as connection:
            return read_record(self._row(connection, job_id))

    def list(
        self,
        *,
        states: Collection[JobState] | None = None,
        kind: JobKind | None = None,
        symbol: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> builtins.list[JobRecord]:
        """Jobs, the newest first; those that another version wrote are left out.

        Args:
            states: only jobs that a reader sees in one of these.
            kind: only of this kind.
            symbol: only of this symbol.
            limit: how many at most.
            before: id of a job; only older ones, for the next page.
        """
        with self._storage.reading() as connection:
            query = self._query(connection).order_by(JOBS.c.id.desc()).limit(limit)
            if states is not None:
                query = query.where(query.selected_columns["seen"].in_(states))
            if kind is not None:
                query = query.where(JOBS.c.kind == kind)
            if symbol is not None:
                query = query.where(JOBS.c.symbol == plain_symbol(symbol))
            if before is not None:
                query = query.where(JOBS.c.id < before)
            return [*readable(connection.execute(query), read_record)]

    def events(self, job_id: str, after: int = 0, limit: int = 1000) -> builtins.list[JobEvent]:
        """What has happened to a job, oldest first.

        Args:
            job_id: the job.
            after: number of the last event that is known already.
            limit: how many at most.

        Raises:
            JobNotFound: there is no such job.
        """
        query = select(EVENTS).where(EVENTS.c.job_id == job_id, EVENTS.c.number > after)
        with self._storage.reading() as connection:
            rows = connection.execute(query.order_by(EVENTS.c.number).limit(limit)).all()
            if not rows:
                self._row(connection, job_id)
        return [read_event(row) for row in rows]

    def unsent(self, home_id: str) -> builtins.list[JobRecord]:
        """A home's jobs that were not given to a cluster in time; who was at it may have died."""
        since = now_ms() - HANDOVER_MS, now_ms() - FORGOTTEN_MS
        with self._storage.reading() as connection:
            query = self._query(connection).where(
                JOBS.c.home_id == home_id, JOBS.c.state == "queued", JOBS.c.cluster.is_(None),
                JOBS.c.queued_at < since[0], JOBS.c.queued_at > since[1],
            )  # fmt: skip
            return [*readable(connection.execute(query.order_by(JOBS.c.id)), read_record)]

    def mark_dispatched(self, job_id: str, cluster: str) -> None:
        """Note the cluster that has a queued job; one that has begun has noted it itself."""
        with self._storage.writing() as connection:
            self._row(connection, job_id)
            connection.execute(
                update(JOBS)
                .where(JOBS.c.id == job_id, JOBS.c.state == "queued")
                .values(cluster=cluster, dispatched_at=now_ms())
            )

    def claim(self, job_id: str, cluster: str) -> JobLease:
        """Begin an attempt at a job, or take it over; an earlier holder can write no more.

        Args:
            job_id: the job.
            cluster: label of the cluster that the coordinator runs on.

        Raises:
            JobNotFound: there is no such job.
            JobStateError: it is finished or was cancelled.
        """
        with self._storage.writing() as connection:
            job = self._row(connection, job_id, lock=True)
            if job.seen in FINISHED:
                raise JobStateError(
                    f"Job {job_id} is {job.seen}; there is nothing to do.",
                    job=job_id, state=job.seen,
                )  # fmt: skip
            attempt = job.attempt + 1
            text = "Started." if attempt == 1 else f"Started, attempt {attempt}."
            change_state(
                connection, job_id, "running", text, attempt=attempt, cluster=cluster,
                beat_at=now_ms(), started_at=func.coalesce(JOBS.c.started_at, now_ms()),
            )  # fmt: skip
            request = read_request(job_id, job.request)
            return JobLease(self._storage, job_id, attempt, request, job.home_id)

    def request_cancel(self, job_id: str) -> JobRecord:
        """Cancel a job: at once where nobody works on it, else by its coordinator.

        Raises:
            JobNotFound: there is no such job.
            JobStateError: it is finished.
        """
        return self._change(job_id, cancel)

    def requeue(self, job_id: str, *, n_trials: int | None = None) -> JobRecord:
        """Queue a job again that was interrupted, failed or was cancelled.

        Args:
            job_id: the job; a queued one stays as it is.
            n_trials: trials of a training job from now on; with more of them a completed one
                is queued again too.

        Raises:
            JobNotFound: there is no such job.
            JobStateError: it runs, or it is completed and there is nothing to add.
            SpecError: the job has no trials, or cannot have so many.
        """
        return self._change(job_id, lambda connection, job: requeue(connection, job, n_trials))

    def delete(self, job_id: str) -> None:
        """Delete a finished job with its events and its study; its candidates stay.

        Raises:
            JobNotFound: there is no such job.
            JobStateError: it is not finished.
        """
        with self._storage.writing() as connection:
            remove(connection, self._row(connection, job_id, lock=True))
            studies = studies_of(connection, [job_id])
        delete_studies(self.url, studies)

    def keep_candles(self, candles: pd.DataFrame) -> str:
        """Keep canonical candles with their labels; returns the digest that names them."""
        return candle_vault.keep_candles(self._storage, candles)

    def candles(self, digest: str) -> pd.DataFrame:
        """Kept candles.

        Raises:
            StorageError: they are gone or damaged.
        """
        return candle_vault.load_candles(self._storage, digest)

    def pending(self, home_id: str) -> builtins.list[JobRecord]:
        """Completed jobs of a home whose models are still to be saved, the oldest first."""
        with self._storage.reading() as connection:
            query = self._query(connection).where(JOBS.c.home_id == home_id, JOBS.c.unsaved)
            return [*readable(connection.execute(query.order_by(JOBS.c.id)), read_record)]

    def mark_saved(self, job_id: str, model_type: ModelType, meta: ModelMeta) -> JobRecord:
        """Note that a model which a job's result names as unsaved is saved; once only.

        Args:
            job_id: the job.
            model_type: which of its models.
            meta: the model as saved.

        Raises:
            JobNotFound: there is no such job.
        """

        def saved(connection: Connection, job: Row[Any]) -> None:
            result = read_record(job).result
            if result is None or model_type not in result.unsaved:
                return
            left = tuple(other for other in result.unsaved if other != model_type)
            result = result.replace(saved=(*result.saved, meta), unsaved=left)
            text = f"Saved {meta.symbol} {model_type} {meta.version}."
            data = {"modelType": model_type, "version": meta.version}
            columns = {"result": json_text(result), "unsaved": bool(left)}
            change(connection, job_id, "log", text, data, **columns)

        return self._change(job_id, saved)

    def prune(self) -> None:
        """Delete finished jobs older than 90 days or beyond 1,000, and candles no job names."""
        with self._storage.writing() as connection:
            studies = prune_jobs(connection)
        delete_studies(self.url, studies)

    def _change(self, job_id: str, how: Callable[[Connection, Row[Any]], None]) -> JobRecord:
        with self._storage.writing() as connection:
            how(connection, self._row(connection, job_id, lock=True))
            return read_record(self._row(connection, job_id))

    def _row(self, connection: Connection, job_id: str, *, lock: bool = False) -> Row[Any]:
        """A job's columns and, as `seen`, its state; locked against others on demand."""
        this = JOBS.c.id == job_id
        query = self._query(connection, this).where(this)
        row = connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise self._not_found(connection, job_id)
        return row

    def _query(self, connection: Connection, *where: ColumnElement[bool]) -> Select[Any]:
        dead = dead_clusters(connection, self._is_dead, *where)
        return select(JOBS, effective_state(dead).label("seen"))

    def _not_found(self, connection: Connection, job_id: str) -> JobNotFound:
        latest = select(JOBS.c.id).order_by(JOBS.c.id.desc()).limit(200)
        [*near] = difflib.get_close_matches(str(job_id), connection.scalars(latest), n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        return JobNotFound(
            f"There is no job {job_id!r} in the database.{meant} 'mlwidgets jobs list' and "
            "mw.jobs.list() show those there are.",
            job=job_id,
        )

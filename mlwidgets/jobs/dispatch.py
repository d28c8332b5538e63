"""Handing a job to the cluster, which then has it without the caller."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mlwidgets.cluster.reaching import is_loopback
from mlwidgets.database import is_sqlite
from mlwidgets.errors import ClusterUnavailable, SpecError
from mlwidgets.jobs.home import known_id
from mlwidgets.settings import Settings, get_settings

if TYPE_CHECKING:  # distributed takes a moment to import, which reading records does without
    from distributed import Client, Future

    from mlwidgets.jobs.records import JobRecord
    from mlwidgets.jobs.store import JobStore

_RETRIES = 5
"""How often the scheduler begins a coordinator again that failed: it could not reach the database,
or its cluster, for as long as it has patience."""

HANDOVER_SECONDS = 60.0
"""How long the scheduler may take to know a job that it was sent."""


def check_database(url: str, settings: Settings) -> None:
    """Refuse a database that the workers of a cluster elsewhere cannot reach.

    Raises:
        SpecError: it is a SQLite file, and the scheduler not on this machine.
    """
    scheduler = settings.scheduler
    if scheduler is not None and is_sqlite(url) and not is_loopback(scheduler):
        raise _unreachable(scheduler)


def _unreachable(scheduler: str) -> SpecError:
    return SpecError(
        f"Workers of {scheduler} cannot reach the SQLite file of this machine, which would hold "
        "the job. Set MLWIDGETS_DATABASE_URL to a PostgreSQL database that they reach, e.g. "
        "postgresql+psycopg://user:password@host/mlwidgets, or leave the scheduler away.",
        field="database_url", scheduler=scheduler,
    )  # fmt: skip


def dispatch(store: JobStore, record: JobRecord, settings: Settings | None = None) -> None:
    """Give a queued job to the cluster; afterwards it needs this process no more.

    Args:
        store: where the job is.
        record: the job.
        settings: whose cluster and home; default: the environment's.

    Raises:
        SpecError: the cluster could not reach the job's database.
        ClusterUnavailable: no cluster took it; the message says how to try again.
    """
    from mlwidgets.cluster import cluster_label, open_cluster
    from mlwidgets.cluster.capacity import workers_are_near
    from mlwidgets.cluster.labels import address_of

    settings = settings or get_settings()
    check_database(store.url, settings)
    try:
        with open_cluster(scheduler=settings.scheduler) as client:
            if is_sqlite(store.url) and not workers_are_near(client):  # a tunnel leads elsewhere
                raise _unreachable(address_of(client))
            _hand_over(client, store, record, settings)
            store.mark_dispatched(record.id, cluster_label(client))
    except ClusterUnavailable as error:
        raise _not_taken(record, error.message, error.details) from error
    except OSError as error:  # distributed's own: the connection broke or timed out
        raise _not_taken(record, f"The scheduler went away ({error}).", {}) from error


def dispatch_unsent(store: JobStore, settings: Settings) -> None:
    """Give those jobs to the cluster whose submitter went before it could.

    A job that its submitter is still at is one task to the scheduler all the same. What cannot
    be given away goes on waiting.

    Args:
        store: where the jobs are.
        settings: whose home and cluster.

    Raises:
        StorageError: the database cannot be used.
    """
    home = known_id(settings)
    for record in store.unsent(home) if home else []:
        with suppress(ClusterUnavailable, SpecError):
            dispatch(store, record, settings)


def _hand_over(client: Client, store: JobStore, record: JobRecord, settings: Settings) -> None:
    """Submit the coordinator's task and make it the scheduler's own."""
    from mlwidgets.cluster.resources import coordinator_resources
    from mlwidgets.jobs.coordinator import run_job
    from mlwidgets.jobs.home import Home
    from mlwidgets.jobs.order import JobOrder

    order = JobOrder(record.id, store.url, Home.of(settings))
    # A job that is handed over twice for the same attempt is one task to the scheduler.
    future = client.submit(
        run_job, order, key=f"job-{record.id}-{record.attempt + 1}",
        resources=coordinator_resources(), pure=False, retries=_RETRIES,
        priority=-record.created_at,  # first come, first served, whoever submitted
    )  # fmt: skip
    _make_independent(client, future)


def _make_independent(client: Client, future: Future[None]) -> None:
    """Let the task live without its submitter, and come back when that is certain.

    `fire_and_forget` sends the same as a message, which is lost where this process ends before
    it is sent or where the scheduler has not taken the task in yet.
    """
    deadline = time.monotonic() + HANDOVER_SECONDS
    while future.status not in ("finished", "error"):
        if client.run_on_scheduler(_adopt, key=future.key):
            return
        if future.status in ("cancelled", "lost") or time.monotonic() > deadline:
            raise ClusterUnavailable("The scheduler has not taken the job in.")
        time.sleep(0.01)


def _adopt(key: str, dask_scheduler: Any) -> bool:
    """On the scheduler: want a task on nobody's behalf; False where it is not known yet."""
    if key not in dask_scheduler.tasks:
        return False
    dask_scheduler.client_desires_keys(keys=[key], client="fire-and-forget")
    return True


def _not_taken(record: JobRecord, reason: str, facts: dict[str, Any]) -> ClusterUnavailable:
    command = f"mlwidgets jobs resume {record.id}"
    return ClusterUnavailable(
        f"{reason} Job {record.id} is recorded and waits; start it then with: {command}",
        **{**facts, "job": record.id, "resume_with": command},
    )

"""The Dask task that sees a job through, wherever it lands."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import traceback
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress

from distributed import Client, Worker, get_worker, secede

from mlwidgets.cluster import label_at, unwanted, worker_threads
from mlwidgets.errors import Cancelled, JobLost, JobStateError, MlwidgetsError, StorageError
from mlwidgets.jobs.attempt import Attempt
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.heartbeat import Heart, patiently
from mlwidgets.jobs.leases import JobLease
from mlwidgets.jobs.meter import JobMeter, stage_lengths
from mlwidgets.jobs.order import JobOrder
from mlwidgets.jobs.records import JobFailure, JobResult
from mlwidgets.jobs.reporting import Reporter
from mlwidgets.jobs.store import JobStore

_CONNECT_SECONDS = 10.0
_CLOSE_SECONDS = 5.0
_MOST_REPAIRS = 5
_TRACEBACK_LINES = 20


def run_job(order: JobOrder) -> None:
    """Work on a job until it has ended; the job's record tells how.

    To be submitted to a cluster. Killed at any point, it may be submitted again and goes on
    where it was: finished trials count, nothing is saved twice.

    Args:
        order: which job, and where it belongs.

    Raises:
        JobNotFound: there is no such job.
        StorageError: the database stays out of reach, so that nothing can be told.
    """
    worker = get_worker()
    secede()  # it waits more than it works, and holds a resource of its own
    store = patiently(lambda: JobStore(order.database_url))
    saving = patiently(lambda: store.get(order.job_id)).progress.stage == "saving"
    label = label_at(worker.scheduler.address)
    try:
        # First of all: whatever fails from here on, the record does not go on saying `queued`.
        lease = patiently(lambda: store.claim(order.job_id, label))
    except JobStateError:  # cancelled, or ended by another, while it waited
        return
    with _client_of(worker) as client:
        _attend(order, store, lease, client, saving=saving)


@contextmanager
def _client_of(worker: Worker) -> Iterator[Client]:
    """A client of its own, to be closed; the worker's one would be shared with other tasks."""
    client = Client(
        worker.scheduler.address, security=worker.security, set_as_default=False,
        timeout=_CONNECT_SECONDS, name="job",
    )  # fmt: skip
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=_CLOSE_SECONDS)


def _attend(
    order: JobOrder, store: JobStore, lease: JobLease, client: Client, *, saving: bool
) -> None:
    """Work under a beating heart, and write down how it ended."""
    meter = JobMeter(stage_lengths(lease.request, worker_threads(client)))
    reporter = Reporter(lease, meter, saving=saving)
    candidates = CandidateStore(order.database_url)
    with Heart(lease, reporter.flush) as heart:
        attempt = Attempt(order, store, candidates, lease, client, reporter, heart)
        with suppress(JobLost):  # whoever holds the job tells how it ends
            _settle(attempt)


def _settle(attempt: Attempt) -> None:
    lease = attempt.lease
    try:
        result = _despite_trouble(attempt)
        patiently(lambda: lease.complete(result, attempt.reporter.finished()))
    except Cancelled:
        attempt.heart.require()
        patiently(lease.cancelled)
    except JobLost:
        raise
    except Exception as error:
        if _goes_down(attempt.client, error):
            with suppress(StorageError):
                attempt.reporter.log(f"The cluster is ending: {error}")
            return
        failure = _failure(error)
        patiently(lambda: lease.fail(failure))


def _despite_trouble(attempt: Attempt) -> JobResult:
    """Work; where the database failed for a moment, take the work up again where it was."""
    from mlwidgets.jobs.work import work  # torch takes seconds to import; the heart beats by now

    for _ in range(_MOST_REPAIRS):
        try:
            return work(attempt)
        except StorageError as error:
            if "database" not in error.details:
                raise
            attempt.heart.check()
            patiently(attempt.lease.beat)
            attempt.reporter.log(f"Going on after trouble with the database: {error.message}")
    return work(attempt)


def _goes_down(client: Client, error: Exception) -> bool:
    """Whether an error only says that the cluster or this worker ends, no fault of the job."""
    return isinstance(error, CancelledError) or client.status != "running" or unwanted()


def _failure(error: Exception) -> JobFailure:
    if isinstance(error, MlwidgetsError):
        return JobFailure(type=type(error).__name__, message=error.message, details=error.details)
    lines = "".join(traceback.format_exception(error)).splitlines()[-_TRACEBACK_LINES:]
    message = f"{type(error).__name__}: {error}"
    return JobFailure(type=type(error).__name__, message=message, details={"traceback": lines})

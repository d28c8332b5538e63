"""Jobs for scripts, notebooks, pages and the command line: the same few functions for all."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

import pandas as pd

from mlwidgets.errors import ModelError, StorageError
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.jobs import watching
from mlwidgets.jobs.arguments import CandleChoice, request_of
from mlwidgets.jobs.dispatch import check_database, dispatch
from mlwidgets.jobs.home import home_id, known_id
from mlwidgets.jobs.records import JobEvent, JobRecord, JobState
from mlwidgets.jobs.requests import JobKind, JobRequest, LoadedCandles, StoredCandles
from mlwidgets.jobs.store import JobStore
from mlwidgets.market.candles import candles_of, check_simulated
from mlwidgets.settings import Settings, get_settings


def submit(
    kind: JobKind | JobRequest,
    *,
    spec: ModelSpec | None = None,
    candles: CandleChoice | None = None,
    settings: Settings | None = None,
    **options: Any,
) -> JobRecord:
    """Start a job, which runs on the cluster and needs this process no more.

    Args:
        kind: `train`, `evaluate` or `compare`; or a whole request.
        spec: what to train; `evaluate` and `compare` take its config, `train` searches one.
        candles: a frame, which is kept in the database for the job; or where the job finds
            candles; default: what the store and the exchange have when the job begins.
        settings: database, cluster and home; default: the environment's.
        **options: further fields of the kind's request (`mw.jobs.TrainRequest` and so on), e.g.
            `n_trials=50, n_folds=5`.

    Returns:
        The job's record, as it is now; `get` and `wait` tell how it goes on.

    Raises:
        SpecError: an unknown option, a bad value, or a database that the cluster cannot reach.
        CandleError, ModelMismatch: the candles break their contract or are of something else.
        StorageError: the database cannot be used.
        ClusterUnavailable: no cluster took the job; it is recorded and can be resumed.
    """
    settings = settings or get_settings()
    request = request_of(kind, spec, options)
    frame = candles if isinstance(candles, pd.DataFrame) else None
    if frame is not None:
        frame = candles_of(frame, request.symbol, request.timeframe)
        check_simulated(frame, request.symbol)
    elif candles is not None:
        request = request.replace(candles=candles)
    if settings.offline and isinstance(request.candles, LoadedCandles):
        request = request.replace(candles=request.candles.replace(offline=True))
    check_database(settings.study_url, settings)
    store = _open(settings)
    if frame is not None:
        request = request.replace(candles=StoredCandles(digest=store.keep_candles(frame)))
    record = store.create(request, home_id=home_id(settings))
    dispatch(store, record, settings)
    return store.get(record.id)


def get(job_id: str, *, settings: Settings | None = None) -> JobRecord:
    """A job's record.

    Raises:
        JobNotFound: there is no such job.
    """
    return _open(settings).get(job_id)


def list_jobs(
    *,
    states: Collection[JobState] | None = None,
    kind: JobKind | None = None,
    symbol: str | None = None,
    limit: int = 50,
    before: str | None = None,
    settings: Settings | None = None,
) -> list[JobRecord]:
    """Records of jobs, the newest first.

    Args:
        states: only jobs in these.
        kind: only of this kind.
        symbol: only of this symbol.
        limit: how many at most.
        before: id of a job; only older ones, for the next page.
        settings: whose database; default: the environment's.
    """
    store = _open(settings)
    return store.list(states=states, kind=kind, symbol=symbol, limit=limit, before=before)


def events(job_id: str, after: int = 0, *, settings: Settings | None = None) -> list[JobEvent]:
    """What has happened to a job so far, from the event after number `after` on."""
    store = _open(settings)
    store.get(job_id)
    return [*watching.events_after(store, job_id, after)]


def watch(job_id: str, after: int = 0, *, settings: Settings | None = None) -> Iterator[JobEvent]:
    """A job's events as they come, from any process, until it ends.

    It ends too when the job has been interrupted for some seconds and nobody restarted it.

    Args:
        job_id: the job's id.
        after: number of the last event that is known already.
        settings: whose database; default: the environment's.

    Raises:
        JobNotFound: there is no such job.
    """
    store = _open(settings)
    store.get(job_id)
    return watching.watch(store, job_id, after)


def follow(
    job_id: str, timeout: float | None = None, *, settings: Settings | None = None
) -> Iterator[JobRecord]:
    """A job's record some times a second, until it ends as `watch` does or for `timeout` seconds.

    Raises:
        JobNotFound: there is no such job.
    """
    store = _open(settings)
    store.get(job_id)
    return watching.follow(store, job_id, timeout)


def wait(
    job_id: str, timeout: float | None = None, *, settings: Settings | None = None
) -> JobRecord:
    """Wait for a job to complete.

    Args:
        job_id: the job's id.
        timeout: seconds to wait at most; None for as long as it takes.
        settings: whose database and home; default: the environment's.

    Returns:
        Its record, with the result.

    Raises:
        JobFailed: it failed; the message is its error's.
        Cancelled: it was cancelled.
        JobError: it was interrupted and nobody restarted it; the message says how to.
        TimeoutError: it has not ended in time, and goes on.
        JobNotFound: there is no such job.
    """
    settings = settings or get_settings()
    store = JobStore(settings.study_url)
    [record] = deque(watching.follow(store, job_id, timeout), maxlen=1)
    watching.completed(record)
    try:
        _deliver(store, settings)
    except (StorageError, ModelError):  # of this job's models, or of another job's
        result = store.get(job_id).result
        if result is not None and result.unsaved:
            raise
    return store.get(job_id)


def cancel(job_id: str, *, settings: Settings | None = None) -> JobRecord:
    """Ask a job to stop: one that waits is cancelled at once, one that runs within a second or two.

    Returns:
        Its record; `cancelling` until it has stopped.

    Raises:
        JobNotFound: there is no such job.
        JobStateError: it has ended already.
    """
    return _open(settings).request_cancel(job_id)


def resume(
    job_id: str, n_trials: int | None = None, *, settings: Settings | None = None
) -> JobRecord:
    """Go on with a job that was interrupted, failed or was cancelled; finished trials count.

    Args:
        job_id: the job's id.
        n_trials: trials of a search from now on; with more of them a completed one goes on too.
        settings: database, cluster and home; default: the environment's.

    Raises:
        JobNotFound: there is no such job.
        JobStateError: it runs, or it is completed and there is nothing to add.
        ClusterUnavailable: no cluster took it; it can be resumed later.
    """
    settings = settings or get_settings()
    check_database(settings.study_url, settings)
    store = _open(settings)
    dispatch(store, store.requeue(job_id, n_trials=n_trials), settings)
    return store.get(job_id)


def logs(job_id: str, lines: int = 200, *, settings: Settings | None = None) -> list[str]:
    """The last lines of a job's log, folds apart, each with its time (UTC).

    Args:
        job_id: the job's id.
        lines: how many.
        settings: whose database; default: the environment's.
    """
    store = _open(settings)
    store.get(job_id)
    told = (event for event in watching.events_after(store, job_id, 0) if event.kind != "fold")
    return [log_line(event) for event in deque(told, maxlen=max(0, lines))]


def log_line(event: JobEvent) -> str:
    """An event as a line of a log.

    >>> log_line(JobEvent(job_id="0", number=1, time=0, kind="log", text="17,520 candles"))
    '1970-01-01 00:00:00 17,520 candles'
    """
    time = dt.datetime.fromtimestamp(event.time / 1000, tz=dt.UTC)
    return f"{time:%Y-%m-%d %H:%M:%S} {event.text}"


def _open(settings: Settings | None) -> JobStore:
    """The jobs' database, once this home's outstanding models are saved.

    A models folder that cannot be written must not hide the jobs: their records go on saying
    what is to be saved, and `wait` raises what is in the way.
    """
    settings = settings or get_settings()
    store = JobStore(settings.study_url)
    with suppress(StorageError, ModelError):
        _deliver(store, settings)
    return store


def _deliver(store: JobStore, settings: Settings) -> None:
    """Save what completed jobs of this home have left to be saved."""
    home = known_id(settings)
    if home is None or not store.pending(home):
        return
    from mlwidgets.jobs.delivery import deliver_pending  # torch takes seconds to import

    deliver_pending(store, settings)

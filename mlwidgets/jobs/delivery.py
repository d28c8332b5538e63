"""Models of completed jobs that could not be saved where the job ran, saved by who can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from mlwidgets.errors import MlwidgetsError, NotEnoughCandles, StorageError
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.candle_loading import kept_candles
from mlwidgets.jobs.home import Home, known_id
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.saving import save_once, saved_as
from mlwidgets.jobs.store import JobStore
from mlwidgets.registry.disk import storage_errors
from mlwidgets.registry.registry import ModelRegistry
from mlwidgets.settings import Settings

_LOCK = "delivery.lock"
_LOCK_SECONDS = 60.0


def deliver(
    store: JobStore, candidates: CandidateStore, home: Home, record: JobRecord
) -> JobRecord:
    """Save the models that a completed job left unsaved, each exactly once.

    Safe to repeat after a crash, and by two processes at once.

    Args:
        store: where the job is.
        candidates: where its models are.
        home: where they belong; within reach of this process.
        record: the job.

    Returns:
        Its record with the models saved.

    Raises:
        ModelError: a candidate is gone, or makes no model file.
        StorageError: the database or the home refuses; the rest stays unsaved.
    """
    registry = ModelRegistry(home.models_dir)
    with _delivering(home):
        record = store.get(record.id)
        result = record.result
        for model_type in result.unsaved if result is not None else ():
            assert result is not None
            candidate = result.candidates[model_type]
            if saved_as(registry, candidates.artifact(candidate)) is None:
                _stand(store, candidates, registry, record, candidate)
            meta = save_once(candidates, registry, candidate)
            record = store.mark_saved(record.id, model_type, meta)
    return record


def deliver_pending(store: JobStore, settings: Settings) -> list[JobRecord]:
    """Save what completed jobs of this home have left unsaved.

    Args:
        store: where the jobs are.
        settings: whose home.

    Returns:
        The records of the jobs whose models were saved.

    Raises:
        ModelError, StorageError: the first thing that was in the way; what could be saved is.
    """
    home_id = known_id(settings)
    pending = [] if home_id is None else store.pending(home_id)
    if not pending:
        return []
    delivered, refused = [], []
    candidates, home = CandidateStore(store.url), Home.of(settings)
    for record in pending:
        try:
            delivered.append(deliver(store, candidates, home, record))
        except MlwidgetsError as error:
            refused.append(error)
    if refused:
        raise refused[0]
    return delivered


def _stand(
    store: JobStore,
    candidates: CandidateStore,
    registry: ModelRegistry,
    record: JobRecord,
    candidate_id: str,
) -> None:
    """Compare a candidate with the production model that it is about to replace."""
    from mlwidgets.jobs.standing import stand  # torch takes seconds to import

    request = record.request
    try:
        candles = kept_candles(request, store)
        if candles is None:
            raise NotEnoughCandles("The job's candles were not kept.")
        report = candidates.report(candidate_id)
        standing = stand(report, candles, registry, request.coverage)
    except (NotEnoughCandles, StorageError):
        return  # the judgement against chance, which the job has made, stands
    candidates.set_standing(candidate_id, standing.to_json())


@contextmanager
def _delivering(home: Home) -> Iterator[None]:
    file = home.data_dir / _LOCK
    lock = FileLock(file)
    with storage_errors("write to", file):
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
        except Timeout:
            raise StorageError(
                f"Another process has been saving a job's models for {_LOCK_SECONDS:.0f} s; "
                "wait for it, or stop it, and try again.",
                path=str(file),
            ) from None
    try:
        yield
    finally:
        lock.release()

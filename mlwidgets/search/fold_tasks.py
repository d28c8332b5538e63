"""Folds on Dask: submitted, submitted again where a worker was lost, collected."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import heapq
import queue
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any

import dask
from distributed import Client, Future, KilledWorker
from distributed.protocol import pickle

from mlwidgets.cluster import worker_threads
from mlwidgets.errors import ClusterUnavailable, MlwidgetsError
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.search.scores import FoldFailure, FoldOutcome, FoldScore

ScoreFold = Callable[[Any, ModelSpec, Any, int], FoldScore]
"""A pure function of (data, spec, fold, seed): no database, no shared state."""

_MOST_ATTEMPTS = 3
_GATHER_SECONDS = 1.0
_LOOK_SECONDS = 2.0
_NO_WORKERS_SECONDS = 60.0


@dataclass(frozen=True, slots=True, order=True)
class FoldTask:
    """A fold of a trial to compute.

    Attributes:
        number: the trial's number; older trials go first.
        fold: the fold's index.
        spec: what to train.
        seed: seed of the training.
    """

    number: int
    fold: int
    spec: ModelSpec = field(compare=False)
    seed: int = field(compare=False)


class FoldRunner:
    """Computes folds on the workers of a client.

    The data and the folds travel once to every worker. A worker that dies costs the fold it was
    computing, which is given to another one.

    Args:
        client: a connected Dask client.
        score_fold: computes one fold.
        data: what `score_fold` gets first; anything that pickles.
        folds: the folds, which pickle too.
    """

    def __init__(
        self, client: Client, score_fold: ScoreFold, data: Any, folds: Sequence[Any]
    ) -> None:
        self._client, self._score_fold = client, score_fold
        self._payload = pickle.dumps((data, tuple(folds)))
        self._sent: Future[Any] | None = None
        self._threads = worker_threads(client)
        self._name = uuid.uuid4().hex[:8]
        self._waiting: list[FoldTask] = []
        self._running: dict[FoldTask, Future[Any]] = {}
        self._attempts: Counter[FoldTask] = Counter()
        self._done: queue.SimpleQueue[tuple[FoldTask, Future[Any]]] = queue.SimpleQueue()
        self._heard = time.monotonic()

    @property
    def idle(self) -> int:
        """Folds that could be computed at once besides those submitted."""
        return max(0, self._threads - len(self._running) - len(self._waiting))

    def submit(self, task: FoldTask) -> None:
        """Have a fold computed once the folds of older trials have a worker."""
        heapq.heappush(self._waiting, task)

    def collect(self, timeout: float) -> list[tuple[FoldTask, FoldOutcome]]:
        """Wait for outcomes.

        Args:
            timeout: longest wait in seconds.

        Returns:
            What has arrived, perhaps nothing.

        Raises:
            ClusterUnavailable: the scheduler is gone, or no worker came back.
        """
        self._require_workers()
        self._start_waiting()
        outcomes = []
        for task, future in self._arrivals(timeout):
            outcome = self._outcome(task, future)
            if outcome is not None:
                del self._running[task]
                outcomes.append((task, outcome))
        # Before the caller turns to its books: workers should not wait for them.
        self._start_waiting()
        return outcomes

    def cancel(self, number: int | None = None) -> None:
        """Drop the folds of one trial, or of all, that have no outcome yet."""
        self._waiting = [t for t in self._waiting if number not in (None, t.number)]
        heapq.heapify(self._waiting)
        dropped = [t for t in self._running if number in (None, t.number)]
        futures = [self._running.pop(task) for task in dropped]
        if futures and self._client.status == "running":
            self._client.cancel(futures, force=True)

    def _require_workers(self) -> None:
        if self._client.status == "closed":
            raise ClusterUnavailable(
                "The Dask scheduler is gone; what was finished is kept. Run the search again to "
                "go on."
            )
        quiet = time.monotonic() - self._heard
        if quiet < _LOOK_SECONDS or self._client.status != "running":
            return
        if self._client.nthreads():
            self._heard = time.monotonic()
        elif quiet > _NO_WORKERS_SECONDS:
            raise ClusterUnavailable(
                f"No Dask worker has been there for {quiet:.0f} s; start workers and run the "
                "search again to go on."
            )

    def _start_waiting(self) -> None:
        # No more than there are threads: a task that Dask has assigned to a worker shares the
        # blame when the worker dies, even if it had not begun.
        if self._client.status != "running":
            return
        while self._waiting and len(self._running) < self._threads:
            self._start(heapq.heappop(self._waiting))

    def _start(self, task: FoldTask) -> None:
        self._attempts[task] += 1
        key = f"fold-{self._name}-{task.number}-{task.fold}-{self._attempts[task]}"
        future = self._client.submit(_score, self._score_fold, self._data(), task, key=key)
        self._running[task] = future
        self._watch(task, future)

    def _data(self) -> Future[Any]:
        # As a task rather than scattered: the scheduler can make it anew where every worker that
        # held it has died, while scattered data would be lost and all that needs them with them.
        if self._sent is None:
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
                key = f"data-{self._name}-{uuid.uuid4().hex[:8]}"
                self._sent = self._client.submit(pickle.loads, self._payload, key=key)
        return self._sent

    def _watch(self, task: FoldTask, future: Future[Any]) -> None:
        future.add_done_callback(lambda done: self._done.put((task, done)))

    def _arrivals(self, timeout: float) -> list[tuple[FoldTask, Future[Any]]]:
        arrived = []
        try:
            arrived.append(self._done.get(timeout=timeout))
            while True:
                arrived.append(self._done.get_nowait())
        except queue.Empty:
            pass
        if arrived:
            self._heard = time.monotonic()
        # A fold that was cancelled or started again has another future, or none.
        return [(task, future) for task, future in arrived if self._running.get(task) is future]

    def _outcome(self, task: FoldTask, future: Future[Any]) -> FoldOutcome | None:
        try:
            score = future.result(timeout=_GATHER_SECONDS)
        except CancelledError:
            self._sent = None  # the connection to the scheduler broke, and took everything along
            return self._again(task, "its scheduler lost it")
        except KilledWorker:
            return self._again(task, "its worker died; it may need more memory")
        except Exception as error:
            if future.status == "error":
                return _failure(error)
            self._watch(task, future)  # its worker died with the result; Dask computes it anew
            return None
        if not isinstance(score, FoldScore):
            return FoldFailure(f"score_fold must return a FoldScore, not {type(score).__name__}.")
        return score

    def _again(self, task: FoldTask, why: str) -> FoldFailure | None:
        if self._attempts[task] >= _MOST_ATTEMPTS:
            return FoldFailure(f"Fold {task.fold} was given up: {why}.")
        del self._running[task]
        self.submit(task)
        return None


def _score(score_fold: ScoreFold, payload: tuple[Any, tuple[Any, ...]], task: FoldTask) -> Any:
    data, folds = payload
    return score_fold(data, task.spec, folds[task.fold], task.seed)


def _failure(error: BaseException) -> FoldFailure:
    if isinstance(error, MlwidgetsError):
        return FoldFailure(error.message)
    return FoldFailure(f"{type(error).__name__}: {error}")

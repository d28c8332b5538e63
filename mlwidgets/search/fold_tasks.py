"""Folds on the workers of a cluster: the oldest trials' first, as many at once as may be."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from distributed import Client

from mlwidgets.cluster.calls import Calls, Outcome
from mlwidgets.cluster.tasks import unwanted
from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.search.scores import FoldFailure, FoldOutcome, FoldScore


class ScoreFold(Protocol):
    """A pure function that trains on a fold and measures: no database, no shared state."""

    def __call__(
        self, data: Any, spec: ModelSpec, fold: Any, seed: int, *,
        device: str, should_stop: Callable[[], bool],
    ) -> FoldScore:  # fmt: skip
        """Score a fold; an outcome is no longer wanted once `should_stop` says so."""


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

    Args:
        client: a connected Dask client.
        score_fold: computes one fold.
        data: what `score_fold` gets first; anything that pickles.
        folds: the folds, which pickle too.
        device: where networks are trained.
        limit: most folds at once; None for as many as the workers take.

    Raises:
        ClusterUnavailable: no worker has the device.
    """

    def __init__(
        self, client: Client, score_fold: ScoreFold, data: Any, folds: Sequence[Any], *,
        device: str = "cpu", limit: int | None = None,
    ) -> None:  # fmt: skip
        self._calls: Calls[FoldTask] = Calls(client, (data, tuple(folds)), device=device)
        self._score_fold, self._device, self._limit = score_fold, device, limit
        self._waiting: list[FoldTask] = []
        self._running: set[FoldTask] = set()

    @property
    def slots(self) -> int:
        """Folds that are computed at the same time."""
        return min(self._calls.slots, self._limit or self._calls.slots)

    @property
    def idle(self) -> int:
        """Folds that could be computed at once besides those submitted."""
        return max(0, self.slots - len(self._running) - len(self._waiting))

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
        self._start_waiting()
        arrived = self._calls.collect(timeout)
        self._running.difference_update(task for task, _ in arrived)
        # Before the caller turns to its books: workers should not wait for them.
        self._start_waiting()
        return [(task, _fold_outcome(outcome)) for task, outcome in arrived]

    def cancel(self, number: int | None = None) -> None:
        """Drop the folds of one trial, or of all, that have no outcome yet."""
        self._waiting = [t for t in self._waiting if number not in (None, t.number)]
        heapq.heapify(self._waiting)
        dropped = {t for t in self._running if number in (None, t.number)}
        self._running -= dropped
        self._calls.cancel(dropped)

    def _start_waiting(self) -> None:
        # No more than are computed at once: a task that Dask has assigned to a worker shares the
        # blame when the worker dies, even if it had not begun.
        while self._waiting and len(self._running) < self.slots:
            task = heapq.heappop(self._waiting)
            self._running.add(task)
            name = f"Fold {task.fold} of trial {task.number}"
            self._calls.start(task, name, _score, self._score_fold, task, self._device)


def _score(
    shared: tuple[Any, tuple[Any, ...]], score_fold: ScoreFold, task: FoldTask, device: str
) -> Any:
    data, folds = shared
    return score_fold(
        data, task.spec, folds[task.fold], task.seed, device=device, should_stop=unwanted
    )


def _fold_outcome(outcome: Outcome) -> FoldOutcome:
    error, score = outcome.error, outcome.value
    if isinstance(error, MlwidgetsError):
        return FoldFailure(error.message)
    if error is not None:
        return FoldFailure(f"{type(error).__name__}: {error}")
    if not isinstance(score, FoldScore):
        return FoldFailure(f"score_fold must return a FoldScore, not {type(score).__name__}.")
    return score

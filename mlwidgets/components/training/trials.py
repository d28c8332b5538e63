"""The trials of a search, as its job's events tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.records import JobEvent
from mlwidgets.search.events import FinalState

PAGE = 1000
"""Events that are read at a time."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A finished trial.

    Attributes:
        number: of the trial, from 0.
        state: COMPLETE, PRUNED or FAIL.
        loss: mean relative validation loss over the folds it ran; None for FAIL.
        config: its hyper-parameters.
        seconds: sum of its folds' training times.
        reason: why it failed.
    """

    number: int
    state: FinalState
    loss: float | None
    config: ModelConfig
    seconds: float
    reason: str = ""

    @property
    def skill(self) -> float | None:
        """Share of the last value's error that it removes."""
        return None if self.loss is None else 1 - self.loss


class Events(Protocol):
    """What is asked of a `JobStore`."""

    def events(self, job_id: str, after: int = 0, limit: int = 1000) -> list[JobEvent]:
        """A job's next events."""


class TrialLog:
    """A job's trials, read on from where the last reading ended.

    Args:
        job_id: the job; a resumed one goes on with its numbers, so its log is gone on with too.
    """

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        self._after = 0
        self._trials: dict[int, Trial] = {}
        self._folds: dict[int, list[int]] = {}

    def read(self, events: Events) -> bool:
        """Read what has happened since; whether anything has.

        Raises:
            StorageError, JobNotFound: it cannot be read; the next call goes on.
        """
        before = self._after
        while found := events.events(self.job_id, self._after, PAGE):
            self.take(found)
            if len(found) < PAGE:
                break
        return self._after > before

    def take(self, events: Iterable[JobEvent]) -> None:
        """Take in some events, the oldest first."""
        for event in events:
            self._after, data = event.number, event.data
            if event.kind == "trial":
                self._folds.pop(data["number"], None)
                self._trials[data["number"]] = _trial(data)
            elif event.kind == "fold" and data["number"] not in self._trials:
                self._folds[data["number"]] = [data["fold"] + 1, data["nFolds"]]

    def trials(self) -> tuple[Trial, ...]:
        """Finished trials by number."""
        return tuple(self._trials[number] for number in sorted(self._trials))

    def under_way(self) -> tuple[tuple[int, int, int], ...]:
        """Of each open trial: its number, how many folds it has, and of how many."""
        return tuple((number, done, count) for number, (done, count) in sorted(self._folds.items()))


def best_trial(trials: Sequence[Trial]) -> Trial | None:
    """The complete trial of the lowest loss, of equal ones the oldest."""
    return min(complete(trials), key=lambda trial: (trial.loss, trial.number), default=None)


def complete(trials: Sequence[Trial]) -> list[Trial]:
    """Those that ran all their folds."""
    return [trial for trial in trials if trial.state == "COMPLETE" and trial.loss is not None]


def _trial(data: dict[str, Any]) -> Trial:
    return Trial(
        number=data["number"], state=data["state"], loss=data["value"],
        config=ModelConfig(**data["config"]), seconds=data["seconds"], reason=data["reason"],
    )  # fmt: skip

"""What a running search tells: frozen values, handed to a callback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic.alias_generators import to_camel

from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.search.scores import FoldScore

FinalState = Literal["COMPLETE", "PRUNED", "FAIL"]


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """How far a search has come.

    Attributes:
        trials_done: finished trials, those of earlier runs included.
        n_trials: trials wanted.
        folds_done: folds scored in this run.
        folds_settled: folds that need no more work, those of earlier runs included: the scored
            ones of open trials, and all of a finished trial, pruned or not.
        n_folds: folds of all the trials wanted.
        best_number: number of the best complete trial, if any.
        best_value: its mean loss over the folds.
        best_config: its hyper-parameters.
        elapsed_seconds: since this run began.
        eta_seconds: expected time to the end, once a fold has been settled in this run.
    """

    trials_done: int
    n_trials: int
    folds_done: int
    folds_settled: int
    n_folds: int
    best_number: int | None
    best_value: float | None
    best_config: ModelConfig | None
    elapsed_seconds: float
    eta_seconds: float | None

    def to_json(self) -> dict[str, Any]:
        """The progress as JSON-serialisable data."""
        return {
            "trialsDone": self.trials_done,
            "nTrials": self.n_trials,
            "foldsDone": self.folds_done,
            "foldsSettled": self.folds_settled,
            "nFolds": self.n_folds,
            "bestNumber": self.best_number,
            "bestValue": self.best_value,
            "bestConfig": None if self.best_config is None else self.best_config.to_json(),
            "elapsedSeconds": self.elapsed_seconds,
            "etaSeconds": self.eta_seconds,
        }


@dataclass(frozen=True, slots=True)
class SearchStarted:
    """The search is about to run its first fold; some trials may be done from an earlier run."""

    progress: SearchProgress

    def to_json(self) -> dict[str, Any]:
        """How much of how much is done, as JSON-serialisable data."""
        return {"trialsDone": self.progress.trials_done, "nTrials": self.progress.n_trials}


@dataclass(frozen=True, slots=True)
class FoldScored:
    """A fold of a trial has a score; `fold` counts from 0."""

    number: int
    fold: int
    n_folds: int
    score: FoldScore
    progress: SearchProgress

    def to_json(self) -> dict[str, Any]:
        """The event as JSON-serialisable data, without the search's progress."""
        return {
            "number": self.number,
            "fold": self.fold,
            "nFolds": self.n_folds,
            "loss": self.score.loss,
            "metrics": {to_camel(name): value for name, value in self.score.metrics.items()},
            "epochs": self.score.epochs,
            "seconds": self.score.seconds,
        }


@dataclass(frozen=True, slots=True)
class TrialFinished:
    """A trial is over.

    Attributes:
        number: the trial's number.
        state: COMPLETE, PRUNED, or FAIL.
        value: mean loss over the folds it ran; None for FAIL.
        config: its hyper-parameters.
        reason: why it failed, empty otherwise.
        seconds: sum of its folds' training times.
        progress: how far the search has come.
    """

    number: int
    state: FinalState
    value: float | None
    config: ModelConfig
    reason: str
    seconds: float
    progress: SearchProgress

    def to_json(self) -> dict[str, Any]:
        """The event as JSON-serialisable data, without the search's progress."""
        return {
            "number": self.number,
            "state": self.state,
            "value": self.value,
            "config": self.config.to_json(),
            "reason": self.reason,
            "seconds": self.seconds,
        }


SearchEvent = SearchStarted | FoldScored | TrialFinished
OnEvent = Callable[[SearchEvent], None]

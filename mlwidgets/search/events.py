"""What a running search tells: frozen values, handed to a callback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

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
        best_number: number of the best complete trial, if any.
        best_value: its mean loss over the folds.
        best_config: its hyper-parameters.
        elapsed_seconds: since this run began.
        eta_seconds: expected time to the end, once a trial has finished in this run.
    """

    trials_done: int
    n_trials: int
    folds_done: int
    best_number: int | None
    best_value: float | None
    best_config: ModelConfig | None
    elapsed_seconds: float
    eta_seconds: float | None


@dataclass(frozen=True, slots=True)
class SearchStarted:
    """The search is about to run its first fold; some trials may be done from an earlier run."""

    progress: SearchProgress


@dataclass(frozen=True, slots=True)
class FoldScored:
    """A fold of a trial has a score; `fold` counts from 0."""

    number: int
    fold: int
    n_folds: int
    score: FoldScore
    progress: SearchProgress


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


SearchEvent = SearchStarted | FoldScored | TrialFinished
OnEvent = Callable[[SearchEvent], None]

"""The trials that a coordinator has open, and the folds that each still needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.search.scores import FoldOutcome, FoldScore


@dataclass(slots=True)
class OpenTrial:
    """A trial under way.

    Attributes:
        number: the trial's number.
        config: its hyper-parameters.
        outcomes: what came of each fold so far, in whatever order they arrived.
        recorded: folds that an earlier run recorded.
        submitted: folds that were submitted or recorded.
        scores: scores in fold order, as far as they have been judged.
    """

    number: int
    config: ModelConfig
    outcomes: dict[int, FoldOutcome] = field(default_factory=dict)
    recorded: int = 0
    submitted: set[int] = field(default_factory=set)
    scores: list[FoldScore] = field(default_factory=list)

    @classmethod
    def resumed(cls, number: int, config: ModelConfig, scores: list[FoldScore]) -> OpenTrial:
        """A trial of an earlier run with the folds that it finished."""
        folds = range(len(scores))
        return cls(number, config, dict(zip(folds, scores, strict=True)), len(scores), set(folds))

    @property
    def losses(self) -> list[float]:
        """Losses of the judged folds, in fold order."""
        return [score.loss for score in self.scores]


def folds_to_submit(trials: Iterable[OpenTrial], n_folds: int, spare: int) -> list[tuple[int, int]]:
    """Which folds to submit: the next of each trial, and ahead of judgement only for idle workers.

    A fold submitted ahead is wasted if the trial is pruned before it; an idle worker is wasted
    for certain. Neither changes any result, since folds are judged in their order.

    Args:
        trials: open trials, oldest first.
        n_folds: folds of each trial.
        spare: folds that the workers could take beyond those outstanding.

    Returns:
        Pairs of trial number and fold.

    >>> folds_to_submit([OpenTrial(0, ModelConfig(), submitted={0})], n_folds=5, spare=2)
    [(0, 1), (0, 2)]
    """
    trials = list(trials)
    needed = [(t.number, len(t.scores)) for t in trials if len(t.scores) not in t.submitted]
    ahead = [
        (trial.number, fold)
        for trial in trials
        for fold in range(len(trial.scores) + 1, n_folds)
        if fold not in trial.submitted
    ]
    return needed + ahead[: max(0, spare - len(needed))]

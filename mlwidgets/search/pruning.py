"""When a trial is not worth its remaining folds.

Optuna's pruners compare a trial with whatever the study holds at that moment, so their answer
depends on how fast other workers were. Here the caller says which trials to compare with, and
the same trials give the same answer. `WilcoxonPruner`, which is meant for folds, needs more of
them than the usual five before it can reject anything.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def running_means(losses: Sequence[float]) -> list[float]:
    """Mean loss after each fold.

    >>> running_means([1.0, 3.0, 5.0])
    [1.0, 2.0, 3.0]
    """
    return [float(np.mean(losses[: count + 1])) for count in range(len(losses))]


def should_prune(
    earlier: Sequence[Sequence[float]],
    losses: Sequence[float],
    *,
    percentile: float = 50.0,
    startup: int = 5,
    min_folds: int = 2,
) -> bool:
    """Whether a trial does worse than most complete trials did on the same folds.

    Args:
        earlier: fold losses of each complete trial to compare with, in fold order.
        losses: fold losses of the trial so far, in fold order.
        percentile: share of `earlier`, in percent, that a trial must keep up with.
        startup: complete trials that must exist before anything is pruned.
        min_folds: folds that every trial may finish; one fold alone says little.

    Returns:
        True where the mean of `losses` lies above the percentile of the earlier trials' means
        over as many folds.

    >>> good = [[1.0, 1.0, 1.0]] * 5
    >>> should_prune(good, [2.0, 2.0]), should_prune(good, [0.5, 0.5])
    (True, False)
    """
    count = len(losses)
    rivals = [np.mean(scores[:count]) for scores in earlier if len(scores) >= count]
    if count < min_folds or len(rivals) < startup:
        return False
    return bool(np.mean(losses) > np.percentile(rivals, percentile))

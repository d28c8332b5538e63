"""Which candles of a range are still to be fetched, and which the exchange does not have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NONE_ABSENT: NDArray[np.int64] = np.empty((0, 3), np.int64)
"""No absences: rows of start, end and when the exchange was asked, epoch milliseconds."""


def uncovered(
    times: NDArray[np.int64], absent: NDArray[np.int64], start: int, end: int, step: int
) -> NDArray[np.int64]:
    """The ranges of [start, end) that hold neither a stored candle nor a known absence.

    Args:
        times: shape (N,), stored open times in [start, end), epoch milliseconds.
        absent: shape (K, 3), starts, ends and when asked.
        start: a multiple of `step`, as are `end` and `times`.
        end: first open time after the range.
        step: a candle's length in milliseconds.

    Returns:
        Shape (M, 2): starts and ends, oldest first, never touching one another.

    >>> uncovered(np.array([20, 30]), np.array([[50, 60, 0]]), 0, 70, 10).tolist()
    [[0, 20], [40, 50], [60, 70]]
    """
    covered = np.concatenate([_runs(times, step), np.clip(absent[:, :2], start, end)])
    covered = covered[np.argsort(covered[:, 0], kind="stable")]
    reached = np.maximum.accumulate(np.concatenate([[start], covered[:, 1]]))
    ranges = np.stack([reached, np.concatenate([covered[:, 0], [end]])], axis=1)
    return ranges[ranges[:, 0] < ranges[:, 1]]


def _runs(times: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """Shape (R, 2): starts and ends of the stretches of candles without a gap."""
    if not len(times):
        return np.empty((0, 2), np.int64)
    last = np.append(np.flatnonzero(np.diff(times) != step), len(times) - 1)
    first = np.append(0, last[:-1] + 1)
    return np.stack([times[first], times[last] + step], axis=1)


def outside(absent: NDArray[np.int64], start: int, end: int) -> NDArray[np.int64]:
    """What of the absences lies before `start` or from `end` on.

    >>> outside(np.array([[0, 50, 7]]), 20, 30).tolist()
    [[0, 20, 7], [30, 50, 7]]
    """
    before, after = absent.copy(), absent.copy()
    before[:, 1] = np.minimum(before[:, 1], start)
    after[:, 0] = np.maximum(after[:, 0], end)
    both = np.concatenate([before, after])
    return both[both[:, 0] < both[:, 1]]

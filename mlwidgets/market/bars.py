"""Candles as two plain arrays: what the store merges, slices and puts together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlwidgets.market.candles import COLUMNS


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Candles without labels.

    Attributes:
        times: shape (N,), open times in epoch milliseconds, strictly increasing.
        values: shape (5, N), one row for each of `COLUMNS`.
    """

    times: NDArray[np.int64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, rows: slice | NDArray[np.bool_] | NDArray[np.intp]) -> Bars:
        return Bars(self.times[rows], self.values[:, rows])


def between(times: NDArray[np.int64], start: int | None, end: int | None) -> slice:
    """The rows of increasing times in [start, end); a side that is None is open.

    >>> between(np.array([10, 20, 30]), 15, None)
    slice(1, 3, None)
    """
    first = 0 if start is None else int(np.searchsorted(times, start))
    last = len(times) if end is None else int(np.searchsorted(times, end))
    return slice(first, max(first, last))


def bars_of(candles: pd.DataFrame) -> Bars:
    """The arrays behind canonical candles."""
    index = pd.DatetimeIndex(candles.index).as_unit("ms")
    values = candles[list(COLUMNS)].to_numpy(np.float64).T
    return Bars(index.asi8, np.ascontiguousarray(values))


def frame_of(bars: Bars) -> pd.DataFrame:
    """The canonical frame over the same values, without labels and without a copy."""
    index = pd.DatetimeIndex(bars.times.view("M8[ms]"), name="time").tz_localize("UTC")
    return pd.DataFrame(bars.values.T, index=index, columns=list(COLUMNS), copy=False)


def join(parts: Sequence[Bars]) -> Bars:
    """Parts that follow one another in time, as one."""
    size = sum(map(len, parts))
    joined = Bars(np.empty(size, np.int64), np.empty((len(COLUMNS), size), np.float64))
    at = 0
    for part in parts:
        here = slice(at, at + len(part))
        joined.times[here], joined.values[:, here] = part.times, part.values
        at = here.stop
    return joined


@dataclass(frozen=True, slots=True, eq=False)
class Merge:
    """What becomes of stored bars when others arrive.

    Attributes:
        bars: the stored bars with the arrivals put in; where both have a candle, the arrival's.
        stored: the stored bars that differ from the arrivals of the same time.
        arrived: those arrivals, row by row.
        added: how many arrivals were not stored.
    """

    bars: Bars
    stored: Bars
    arrived: Bars
    added: int


def merge(stored: Bars, arrivals: Bars) -> Merge:
    """Put arrivals into stored bars and tell which of them differ."""
    _, ours, theirs = np.intersect1d(
        stored.times, arrivals.times, assume_unique=True, return_indices=True
    )
    differs = (stored.values[:, ours] != arrivals.values[:, theirs]).any(axis=0)
    kept = np.ones(len(stored), np.bool_)
    kept[ours] = False
    both = join([stored[kept], arrivals])
    return Merge(
        bars=both[np.argsort(both.times, kind="stable")],
        stored=stored[ours[differs]],
        arrived=arrivals[theirs[differs]],
        added=len(arrivals) - len(ours),
    )

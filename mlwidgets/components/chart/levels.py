"""Level of detail: longer candles where a view holds more than a screen can show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlwidgets.market.bars import Bars

MOST_VISIBLE = 240
"""Candles in view at most; more are thinner than a person can tell apart."""

MOST_DRAWN = 400
"""Candles drawn at most, those beyond both edges of the view included."""

_MINUTE = 60_000
_WEEK = 10_080 * _MINUTE
_MONDAY = 4 * 1440 * _MINUTE
"""1970-01-05: weeks are counted from a Monday, everything shorter from midnight UTC."""

_LADDER = (
    1, 2, 3, 5, 10, 15, 30, 60, 120, 180, 240, 360, 480, 720, 1440, 2880, 4320, 10_080, 20_160,
    40_320, 80_640, 161_280,
)  # fmt: skip
"""Lengths in minutes that drawn candles can have: those that people know, then doublings."""


def step_for(span: float, base: int) -> int:
    """The shortest candle with which a view holds at most `MOST_VISIBLE` of them.

    Args:
        span: length of the view in milliseconds.
        base: length of the stored candles in milliseconds.

    Returns:
        Milliseconds, a multiple of `base`.

    >>> step_for(10 * 86_400_000, base=3_600_000) // 60_000, step_for(1e12, 3_600_000) // 60_000
    (60, 80640)
    """
    steps = [minutes * _MINUTE for minutes in _LADDER if minutes * _MINUTE % base == 0]
    return next((step for step in steps if span / step <= MOST_VISIBLE), steps[-1])


def bucket(times: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """Open times of the longer candles that hold these times.

    Args:
        times: epoch milliseconds.
        step: length of the longer candles in milliseconds.
    """
    origin = _MONDAY if step >= _WEEK else 0
    return (times - origin) // step * step + origin


def aggregate(bars: Bars, step: int) -> Bars:
    """The same market in longer candles: first open, highest high, lowest low, last close.

    Args:
        bars: candles whose length divides `step`.
        step: length of the longer candles in milliseconds.

    >>> values = np.array([[1, 2, 3], [2, 4, 3], [1, 2, 1], [2, 3, 2], [9, 9, 9]], float)
    >>> day = aggregate(Bars(np.array([0, 3_600_000, 90_000_000]), values), 86_400_000)
    >>> day.times.tolist(), day.values[:, 0].tolist()
    ([0, 86400000], [1.0, 4.0, 1.0, 3.0, 18.0])
    """
    if len(bars) == 0:
        return bars
    opens = bucket(bars.times, step)
    first = np.flatnonzero(np.diff(opens, prepend=opens[0] - 1))
    last = np.append(first[1:], len(opens)) - 1
    open_, high, low, close, volume = bars.values
    values = [open_[first], np.maximum.reduceat(high, first), np.minimum.reduceat(low, first),
              close[last], np.add.reduceat(volume, first)]  # fmt: skip
    return Bars(opens[first], np.stack(values))

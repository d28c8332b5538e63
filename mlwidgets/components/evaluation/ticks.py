"""Round numbers for an axis: bqplot's own begin at the edges, such as 47.3 %."""

from __future__ import annotations

import math

import numpy as np

from mlwidgets.evaluation.metrics import Floats

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


def limits(*parts: Floats, room: float = 0.05) -> tuple[float, float]:
    """The least and largest value of all parts, with some room around them.

    >>> limits(np.array([1.0, 3.0]), room=0.5)
    (0.0, 4.0)
    """
    values = np.concatenate(parts)
    low, high = float(values.min()), float(values.max())
    space = (high - low) * room or abs(high) * room or 1.0
    return low - space, high + space


def ticks(low: float, high: float, about: int = 5) -> Floats:
    """Round values between two limits, about as many as asked for.

    >>> [round(float(tick), 2) for tick in ticks(0.473, 0.551)]
    [0.48, 0.5, 0.52, 0.54]
    """
    rough = (high - low) / about
    unit = 10.0 ** math.floor(math.log10(rough))
    step = unit * next(size for size in _ROUND if size * unit >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return np.array([step * count for count in range(first, last + 1)], dtype=np.float64)

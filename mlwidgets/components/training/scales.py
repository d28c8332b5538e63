"""Limits and ticks of a chart's axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Limits:
    """The ends of an axis."""

    low: float
    high: float


def limits_of(skills: Sequence[float]) -> Limits:
    """An axis on which the good ones can be told apart, whatever the worst is.

    >>> limits_of([0.01, 0.011, 0.012, -3.0]).low > -0.1
    True
    """
    if not skills:
        return Limits(-0.01, 0.01)
    best, middle = max(skills), float(np.median(skills))
    reach = max(3 * (best - middle), 0.002)
    low = max(min(skills), best - 1.2 * reach)
    room = 0.08 * max(best - low, 0.002)
    return Limits(low - room, best + room)


def ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Round values between the ends, about five.

    >>> ticks(0, 49, whole=True), ticks(-0.011, 0.021)
    ([0, 10, 20, 30, 40], [-0.01, 0.0, 0.01, 0.02])
    """
    raw = (high - low) / 5
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw * 0.9)
    step = max(1, round(step)) if whole else step
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(at * step, 12) for at in range(first, last + 1)]

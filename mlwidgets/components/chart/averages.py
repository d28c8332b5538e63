"""Moving averages of the drawn candles."""

from __future__ import annotations

import numpy as np
from bqplot import Lines, Scale
from numpy.typing import NDArray

from mlwidgets.components.theme import css_variable
from mlwidgets.market.bars import Bars

MOST = 3
"""Averages at most: there are as many colours."""


def moving_average(close: NDArray[np.float64], period: int) -> NDArray[np.float64]:
    """Mean of the last `period` values at each of them; NaN where there are fewer.

    >>> moving_average(np.array([1.0, 2.0, 4.0]), 2).tolist()
    [nan, 1.5, 3.0]
    """
    means = np.full(len(close), np.nan)
    if len(close) >= period:
        total = np.cumsum(np.insert(close, 0, 0.0))
        means[period - 1 :] = (total[period:] - total[:-period]) / period
    return means


class AverageMarks:
    """A line for each moving average.

    Args:
        x: time scale.
        y: price scale.
        periods: candles that each average is over.
    """

    def __init__(self, x: Scale, y: Scale, periods: tuple[int, ...]) -> None:
        self.periods = periods
        self.marks = [
            Lines(
                scales={"x": x, "y": y}, colors=[css_variable(f"average_{number}")],
                stroke_width=1.5, enable_hover=False, interactions={},
            )
            for number in range(1, len(periods) + 1)
        ]  # fmt: skip

    def draw(self, before: Bars, bars: Bars, step: int) -> list[NDArray[np.float64]]:
        """Draw the averages at each of `bars`, and return them.

        Args:
            before: candles of the same length in front of them.
            bars: the drawn candles.
            step: their length in milliseconds.
        """
        closes = np.concatenate([before.values[3], bars.values[3]])
        middle = (bars.times + step // 2).view("datetime64[ms]")
        means = [moving_average(closes, period)[len(before) :] for period in self.periods]
        for mark, mean in zip(self.marks, means, strict=True):
            known = np.isfinite(mean)
            with mark.hold_sync():
                mark.x, mark.y = middle[known], mean[known]
        return means

    def show(self, visible: bool) -> None:
        """Show or hide the lines."""
        for mark in self.marks:
            mark.visible = visible

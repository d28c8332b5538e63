"""The candles as bqplot marks.

bqplot's OHLC draws four nodes a candle. Here all rising candles share one path for their bodies
and one for their wicks, and so do the falling ones: a few paths in all, however many candles.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from bqplot import Lines, Scale
from numpy.typing import NDArray

from mlwidgets.components.theme import css_variable
from mlwidgets.market.bars import Bars

_THINNEST = 0.0012
"""Height of the body of a candle that ended where it began, as a share of the drawn prices."""

Segments = tuple[NDArray[np.datetime64], NDArray[np.float64]]
"""x and y of vertical lines: bottom, top, and a gap between one and the next."""


_OPACITY = {"volume": 0.35, "wick": 1.0, "body": 1.0}


class CandleMarks:
    """Marks for the closed candles, and marks of their own for the live one.

    The page finds them by their order: see `marks`.

    Args:
        x: time scale.
        price: scale of the prices.
        volume: scale of the volume.
        bars: the closed candles to begin with.
        step: their length in milliseconds.
    """

    def __init__(self, x: Scale, price: Scale, volume: Scale, bars: Bars, step: int) -> None:
        y = {"volume": volume, "wick": price, "body": price}
        self.closed = {
            (part, way): _lines(part, way, {"x": x, "y": y[part]}, *data)
            for (part, way), data in _segments_of(bars, step).items()
        }
        self.live = {part: _lines(part, "up", {"x": x, "y": y[part]}, [], []) for part in y}

    @property
    def marks(self) -> list[Lines]:
        """Three of each part: rising, falling, live; first volumes, then wicks, then bodies."""
        return [
            mark
            for part, live in self.live.items()
            for mark in (self.closed[part, "up"], self.closed[part, "down"], live)
        ]

    def draw(self, bars: Bars, step: int) -> None:
        """Draw other closed candles; arguments as above."""
        for key, (x, y) in _segments_of(bars, step).items():
            with self.closed[key].hold_sync():
                self.closed[key].x, self.closed[key].y = x, y


def _lines(part: str, colour: str, scales: dict[str, Scale], x: Any, y: Any) -> Lines:
    return Lines(
        x=x, y=y, scales=scales, colors=[css_variable(colour)], stroke_width=1,
        opacities=[_OPACITY[part]], enable_hover=False, interactions={},
    )  # fmt: skip


def _segments_of(bars: Bars, step: int) -> dict[tuple[str, str], Segments]:
    """The vertical lines of each part of the rising and of the falling candles."""
    open_, high, low, close, volume = bars.values
    middle = (bars.times + step // 2).view("datetime64[ms]")
    least = (high.max() - low.min()) * _THINNEST if len(bars) else 0.0
    top, bottom = np.maximum(open_, close), np.minimum(open_, close)
    thin = np.maximum(least - (top - bottom), 0) / 2
    ends = {"volume": (np.zeros_like(volume), volume), "wick": (low, high),
            "body": (bottom - thin, top + thin)}  # fmt: skip
    ways = {"up": close >= open_, "down": close < open_}
    return {
        (part, way): segments(middle[chosen], lower[chosen], upper[chosen])
        for part, (lower, upper) in ends.items()
        for way, chosen in ways.items()
    }


def segments(
    x: NDArray[np.datetime64], lower: NDArray[np.float64], upper: NDArray[np.float64]
) -> Segments:
    """Vertical lines as one broken line.

    >>> segments(np.array([5, 6], "M8[ms]"), np.array([1.0, 3.0]), np.array([2.0, 4.0]))[1]
    array([ 1.,  2., nan,  3.,  4.])
    """
    gaps = np.full_like(lower, np.nan)
    # bqplot puts a label, hidden as it is, at the last point: that must not be a gap.
    return np.repeat(x, 3)[:-1], np.stack([lower, upper, gaps], axis=1).ravel()[:-1]

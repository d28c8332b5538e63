"""Earlier forecasts over the candles that came true: where they were right, and where not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from bqplot import Scale, Scatter
from numpy.typing import NDArray

from mlwidgets.components.theme import css_variable
from mlwidgets.market.timeframes import timeframe_delta

MOST = 200
"""Dots that are drawn; more of them cannot be told apart and slow a drag down."""

_LOOKS = {"hit": ("circle", "accent"), "miss": ("cross", "waiting_text")}
_FAINT = 0.45


class PastForecasts:
    """A dot at each predicted price and its target's close, looking like what became of it.

    The dots are those of the view and half a view around it, thinned evenly to `MOST`.

    Args:
        x: time scale; where it has `limits`, its view is followed.
        y: price scale.
    """

    def __init__(self, x: Scale, y: Scale) -> None:
        self._x = x
        self._times = np.empty(0, np.int64)
        self._prices, self._right = np.empty(0), np.empty(0, np.bool_)
        self._window: tuple[float, float] | None = None
        self._shown = True
        self.dots = {
            name: Scatter(
                x=[], y=[], scales={"x": x, "y": y}, marker=marker, colors=[css_variable(colour)],
                default_size=18, opacities=[_FAINT], stroke_width=0,
                enable_hover=False, interactions={},
            )
            for name, (marker, colour) in _LOOKS.items()
        }  # fmt: skip
        x.observe(lambda _: self._moved(), ["min", "max"])

    @property
    def marks(self) -> list[Any]:
        """Right ones, then wrong ones."""
        return [*self.dots.values()]

    def show(self, forecasts: pd.DataFrame | None, timeframe: str, visible: bool) -> None:
        """Draw the forecasts that have been scored.

        Args:
            forecasts: frame with target_time, predicted and hit (missing where open); None for
                none.
            timeframe: of their candles.
            visible: whether any are drawn.
        """
        scored = None if forecasts is None else forecasts.loc[forecasts["hit"].notna()]
        self._shown = visible and scored is not None and len(scored) > 0
        if scored is not None:
            closes = pd.DatetimeIndex(scored["target_time"]) + timeframe_delta(timeframe)
            self._times = closes.as_unit("ms").asi8
            self._prices = scored["predicted"].to_numpy(np.float64)
            self._right = scored["hit"].to_numpy(np.bool_)
        self._window = None
        self._moved()
        for mark in self.marks:
            mark.visible = self._shown

    def _moved(self) -> None:
        """Draw other dots once the view leaves those that are drawn, or has become another."""
        if not self._shown:
            return
        start, end = self._view()
        if self._window is not None:
            low, high = self._window
            if low <= start and end <= high and (high - low) <= 4 * (end - start):
                return
        around = (end - start) / 2
        self._window = (start - around, end + around)
        self._draw(*self._window)

    def _view(self) -> tuple[float, float]:
        limits = getattr(self._x, "limits", None)
        if limits is not None:
            return float(limits[0]), float(limits[1])
        return (float(self._times[0]), float(self._times[-1])) if len(self._times) else (0.0, 1.0)

    def _draw(self, low: float, high: float) -> None:
        rows = np.flatnonzero((self._times >= low) & (self._times <= high))
        rows = rows[:: -(-len(rows) // MOST) or 1]
        for name, chosen in (("hit", self._right[rows]), ("miss", ~self._right[rows])):
            self._put(self.dots[name], rows[chosen])

    def _put(self, mark: Scatter, rows: NDArray[np.int64]) -> None:
        with mark.hold_sync():
            mark.x, mark.y = self._times[rows].view("datetime64[ms]"), self._prices[rows]

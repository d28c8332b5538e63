"""The bqplot side of a price chart: scales, axes, marks and the figure that holds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from bqplot import Axis, Figure, LinearScale
from numpy.typing import NDArray

from mlwidgets.components.chart.averages import AverageMarks
from mlwidgets.components.chart.marks import CandleMarks
from mlwidgets.components.chart.overlay import Overlay
from mlwidgets.components.chart.scales import TimeScale
from mlwidgets.components.chart.state import ChartState
from mlwidgets.components.formats import price_decimals

_PIXELS_A_DIGIT = 7
_TIME_AXIS = 28


class ChartCanvas:
    """Draws a chart's state.

    Everything is made with what it shows first: a widget that is filled in later costs the page
    a message and a redraw more.

    Args:
        state: what to draw.
        periods: of the moving averages.
        overlays: drawn over the candles.
        height: of the figure, in pixels.
    """

    def __init__(
        self, state: ChartState, periods: tuple[int, ...], overlays: Iterable[Overlay], height: int
    ) -> None:
        self.state = state
        self.x = TimeScale.over(state.start, state.end)
        self.y, self.volume = _first_limits(state)
        self.candles = CandleMarks(self.x, self.y, self.volume, state.drawn, state.step)
        self.averages = AverageMarks(self.x, self.y, periods)
        self.means = self._draw_averages()
        self.overlays = [*overlays]
        over = [mark for overlay in self.overlays for mark in overlay.attach(self.x, self.y)]
        self.time_axis = Axis(scale=self.x, side="bottom")
        self.price_axis = Axis(scale=self.y, side="right", tick_format=f",.{self.decimals}f")
        self.figure = Figure(
            marks=[*self.candles.marks, *self.averages.marks, *over],
            axes=[self.time_axis, self.price_axis], fig_margin=self.margin,
            padding_x=0, padding_y=0, display_toolbar=False,
            layout={"height": f"{height}px", "width": "100%"},
        )  # fmt: skip

    def add(self, overlay: Overlay) -> None:
        """Draw one more overlay."""
        marks = overlay.attach(self.x, self.y)
        self.overlays.append(overlay)
        self.figure.marks = [*self.figure.marks, *marks]

    def draw(self) -> None:
        """Draw the state's candles and their averages."""
        self.candles.draw(self.state.drawn, self.state.step)
        self.means = self._draw_averages()

    def measure(self) -> None:
        """Fit margin and axis to the size of the prices."""
        self.figure.fig_margin = self.margin
        self.price_axis.tick_format = f",.{self.decimals}f"

    @property
    def rows(self) -> NDArray[np.float64]:
        """Drawn candles and averages, one row each: times first, then open to volume."""
        drawn = self.state.drawn
        return np.stack([drawn.times.astype(np.float64), *drawn.values, *self.means])

    @property
    def decimals(self) -> int:
        """Of the prices."""
        return price_decimals(self.state.last_price or 0.0)

    @property
    def margin(self) -> dict[str, int]:
        """Pixels around the plot: room for the axes."""
        digits = len(f"{(self.state.last_price or 0.0) * 1.1:,.{self.decimals}f}")
        return {"left": 0, "right": 20 + digits * _PIXELS_A_DIGIT, "top": 8, "bottom": _TIME_AXIS}

    @property
    def parts(self) -> dict[str, Any]:
        """The widgets that the page moves by itself, by the names that it uses."""
        return {
            "x": self.x,
            "price": self.y,
            "volume": self.volume,
            "time_axis": self.time_axis,
            "live": [*self.candles.live.values()],
            "anchored": [mark for overlay in self.overlays for mark in overlay.anchored],
        }

    @property
    def reach(self) -> list[list[float]]:
        """What prices of the overlays must fit into the view."""
        return [piece for overlay in self.overlays for piece in overlay.reach()]

    def _draw_averages(self) -> list[NDArray[np.float64]]:
        lead = self.state.before(max(self.averages.periods, default=0))
        return self.averages.draw(lead, self.state.drawn, self.state.step)


def _first_limits(state: ChartState) -> tuple[LinearScale, LinearScale]:
    """Price and volume scale for the first picture; from then on the page fits them."""
    low, high, volume = 0.0, 1.0, 1.0
    if len(state.drawn):
        low, high = state.drawn.values[2].min(), state.drawn.values[1].max()
        volume = 6 * state.drawn.values[4].max() or 1.0
    limits = ((low, high), (0.0, volume))
    price, volumes = (LinearScale(min=a, max=b, allow_padding=False) for a, b in limits)
    return price, volumes

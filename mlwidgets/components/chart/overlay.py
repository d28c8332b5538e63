"""What a chart draws over its candles."""

from __future__ import annotations

from typing import Any, Protocol

from bqplot import Scale


class Overlay(Protocol):
    """Marks over the candles; a chart takes any number of them.

    A mark's times are naive UTC `datetime64`: a candle as a whole is at its middle, a price that
    it closes at where it ends.
    """

    def attach(self, x: Scale, y: Scale) -> list[Any]:
        """Make the marks on a chart's time and price scale, and return them."""

    @property
    def anchored(self) -> list[Any]:
        """Lines among the marks whose first point is the current price and moves with it."""

    def reach(self) -> list[list[float]]:
        """What prices must fit into the view: lists of from, to (epoch ms), lowest, highest."""

    def on_change(self, callback: Any) -> None:
        """Have a function called without arguments whenever `reach` or `anchored` may differ."""

"""A model's forecast over the candles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets as t
from bqplot import Label, Lines, Scale

from mlwidgets.components.formats import money
from mlwidgets.components.texts import text
from mlwidgets.components.theme import css_variable
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.timeframes import timeframe_delta

_COLOURS = {"up": ("up", "up_text"), "down": ("down", "down_text"), "flat": ("muted", "muted")}
"""Colour of the line and of the label by direction."""

_CONE_OPACITY = 0.14


class ForecastOverlay(t.HasTraits):
    """A dashed line from the current price to the predicted one at the target time.

    Green when the price is predicted to rise, red when to fall; the interval is a cone, and the
    label says the predicted price. Set `forecast` to another one, or to None, at any time.

    Args:
        forecast: what to show; None for nothing.
        visible: whether it is shown ("Show ML on Chart").
        interval: whether the cone is shown with it.

    >>> ForecastOverlay(None).reach()
    []
    """

    forecast = t.Instance(Forecast, allow_none=True)
    visible = t.Bool(True)
    interval = t.Bool(True)

    def __init__(
        self, forecast: Forecast | None = None, *, visible: bool = True, interval: bool = True
    ) -> None:
        super().__init__(forecast=forecast, visible=visible, interval=interval)
        self._marks: list[Any] = []
        self.observe(lambda _: self._draw(), ["forecast", "visible", "interval"])

    def attach(self, x: Scale, y: Scale) -> list[Any]:
        """Make cone, line and label on a chart's scales."""
        shared = {"scales": {"x": x, "y": y}, "enable_hover": False, "interactions": {}}
        self.cone = Lines(
            **shared, stroke_width=0, close_path=True, fill="inside", fill_opacities=[_CONE_OPACITY]
        )
        self.line = Lines(**shared, stroke_width=2, line_style="dashed")
        self.label = Label(
            **shared, default_size=13, font_weight="bold", align="start", x_offset=10
        )
        self._marks = [self.cone, self.line, self.label]
        self._draw()
        return self._marks

    @property
    def anchored(self) -> list[Any]:
        """Line and cone begin at the current price."""
        return [self.line, self.cone] if self.forecast is not None else []

    def reach(self) -> list[list[float]]:
        """The forecast's time and prices, its interval's where that is shown."""
        if self.forecast is None or not self.visible:
            return []
        seen = self.forecast
        prices = [seen.close, seen.price, *([seen.lower, seen.upper] if self.interval else [])]
        times = self._times(seen).astype("datetime64[ms]").astype(float)
        return [[times[0], times[1], min(prices), max(prices)]]

    def on_change(self, callback: Callable[[], None]) -> None:
        """Have a function called after the forecast or what is shown of it has changed."""
        self.observe(lambda _: callback(), ["forecast", "visible", "interval"])

    def _times(self, forecast: Forecast) -> np.ndarray:
        """The middles of the origin's and the target's candle."""
        half = timeframe_delta(forecast.timeframe) / 2
        ends = (forecast.origin, forecast.target_time)
        return np.array(
            [np.datetime64(int((end.timestamp() + half.total_seconds()) * 1000), "ms")
             for end in ends]
        )  # fmt: skip

    def _draw(self) -> None:
        if not self._marks:
            return
        if self.forecast is not None:
            self._draw_forecast(self.forecast)
        shown = self.visible and self.forecast is not None
        self.line.visible = self.label.visible = shown
        self.cone.visible = shown and self.interval

    def _draw_forecast(self, forecast: Forecast) -> None:
        start, end = self._times(forecast)
        colour, readable = ([css_variable(name)] for name in _COLOURS[forecast.direction])
        with self.cone.hold_sync():
            self.cone.x = np.array([start, end, end])
            self.cone.y = np.array([forecast.close, forecast.upper, forecast.lower])
            self.cone.fill_colors = self.cone.colors = colour
        with self.line.hold_sync():
            self.line.x = np.array([start, end])
            self.line.y = np.array([forecast.close, forecast.price])
            self.line.colors = colour
        with self.label.hold_sync():
            self.label.x, self.label.y = np.array([end]), np.array([forecast.price])
            self.label.text = [text("forecast.label", price=money(forecast.price, forecast.symbol))]
            self.label.colors = readable

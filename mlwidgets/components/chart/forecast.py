"""A model's forecast over the candles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import traitlets as t
from bqplot import Label, Lines, Scale

from mlwidgets.components.chart.past_forecasts import PastForecasts
from mlwidgets.components.formats import money
from mlwidgets.components.texts import text
from mlwidgets.components.theme import css_variable
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.timeframes import timeframe_delta

_COLOURS = {"up": ("up", "up_text"), "down": ("down", "down_text"), "flat": ("muted", "muted")}
"""Colour of the line and of the label by direction."""

_CONE_OPACITY = 0.14

_REACHING = ["forecast", "visible", "interval", "trusted"]
"""Traits that the line and its reach depend on."""


class ForecastOverlay(t.HasTraits):
    """A dashed line from the current price to the predicted one, at the target candle's close.

    Green when the price is predicted to rise, red when to fall; the interval is a cone, and the
    label says the predicted price. Where the forecast is not trusted the line is grey, says so,
    and shows neither price nor cone. Earlier forecasts are faint dots at their targets: those of
    a direction that was right are round, others are crosses. Set any trait at any time.

    Args:
        forecast: what to show; None for nothing.
        visible: whether it is shown ("Show ML on Chart").
        interval: whether the cone is shown with it.
        trusted: whether it is one to act on.
        past: earlier forecasts, a frame with target_time, predicted and hit, as in
            `TrackRecord.forecasts`.
        past_timeframe: the candles' length of those.

    >>> ForecastOverlay(None).reach()
    []
    """

    forecast = t.Instance(Forecast, allow_none=True)
    visible = t.Bool(True)
    interval = t.Bool(True)
    trusted = t.Bool(True)
    past = t.Instance(pd.DataFrame, allow_none=True)
    past_timeframe = t.Unicode("1h")

    def __init__(
        self, forecast: Forecast | None = None, *, visible: bool = True, interval: bool = True,
        trusted: bool = True, past: pd.DataFrame | None = None, past_timeframe: str = "1h",
    ) -> None:  # fmt: skip
        super().__init__(
            forecast=forecast, visible=visible, interval=interval, trusted=trusted, past=past,
            past_timeframe=past_timeframe,
        )  # fmt: skip
        self._marks: list[Any] = []
        self.observe(lambda _: self._draw(), _REACHING)
        self.observe(lambda _: self._draw_past(), ["past", "visible"])

    def attach(self, x: Scale, y: Scale) -> list[Any]:
        """Make dots, cone, line and label on a chart's scales."""
        self.dots = PastForecasts(x, y)
        shared = {"scales": {"x": x, "y": y}, "enable_hover": False, "interactions": {}}
        self.cone = Lines(
            **shared, stroke_width=0, close_path=True, fill="inside", fill_opacities=[_CONE_OPACITY]
        )
        self.line = Lines(**shared, stroke_width=2, line_style="dashed")
        self.label = Label(
            **shared, default_size=13, font_weight="bold", align="start", x_offset=10
        )
        self._marks = [*self.dots.marks, self.cone, self.line, self.label]
        self._draw()
        self._draw_past()
        return self._marks

    @property
    def anchored(self) -> list[Any]:
        """Line and cone begin at the current price."""
        return [self.line, self.cone] if self.forecast is not None else []

    @property
    def dotted(self) -> bool:
        """Whether there are earlier forecasts whose outcome is known."""
        return self.past is not None and bool(self.past["hit"].notna().any())

    def reach(self) -> list[list[float]]:
        """The forecast's time and prices, its interval's where that is shown."""
        if self.forecast is None or not self.visible:
            return []
        seen = self.forecast
        prices = [seen.close, seen.price, *([seen.lower, seen.upper] if self._coned else [])]
        times = self._times(seen).astype("datetime64[ms]").astype(float)
        return [[times[0], times[1], min(prices), max(prices)]]

    def on_change(self, callback: Callable[[], None]) -> None:
        """Have a function called after the forecast or what is shown of it has changed."""
        self.observe(lambda _: callback(), _REACHING)

    def _times(self, forecast: Forecast) -> np.ndarray:
        """When the origin's and the target's candle close."""
        opened = pd.DatetimeIndex([forecast.origin, forecast.target_time])
        closes = opened + timeframe_delta(forecast.timeframe)
        return closes.tz_convert(None).as_unit("ms").to_numpy()

    def _draw(self) -> None:
        if not self._marks:
            return
        if self.forecast is not None:
            self._draw_forecast(self.forecast)
        shown = self.visible and self.forecast is not None
        self.line.visible = self.label.visible = shown
        self.cone.visible = shown and self._coned

    def _draw_past(self) -> None:
        if self._marks:
            self.dots.show(self.past, self.past_timeframe, self.visible)

    @property
    def _coned(self) -> bool:
        return self.interval and self.trusted

    def _draw_forecast(self, forecast: Forecast) -> None:
        start, end = self._times(forecast)
        names = _COLOURS[forecast.direction if self.trusted else "flat"]
        colour, readable = ([css_variable(name)] for name in names)
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
            self.label.text = [self._words(forecast)]
            self.label.colors = readable

    def _words(self, forecast: Forecast) -> str:
        if not self.trusted:
            return text("forecast.label.not_trusted")
        return text("forecast.label", price=money(forecast.price, forecast.symbol))

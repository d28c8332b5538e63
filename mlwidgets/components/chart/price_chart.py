"""The price chart as a widget."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import traitlets as t
from bqplot import Figure
from ipywidgets import widget_serialization

from mlwidgets.components.chart.averages import MOST
from mlwidgets.components.chart.canvas import ChartCanvas
from mlwidgets.components.chart.overlay import Overlay
from mlwidgets.components.chart.state import ChartState
from mlwidgets.components.chart.words import chart_words, spans, step_name
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language
from mlwidgets.errors import SpecError

_LIBRARIES = ("time_ticks", "candles", "navigation", "read_out", "sessions")


class PriceChart(Piece):
    """Candles with volume: crosshair, wheel zoom, drag pan, however long the history.

    `state` is what it shows: `state.append(candles)`, `state.tick(...)`, `state.replace(...)`,
    `state.show(start, end)` move it.

    Args:
        candles: any frame of candles; only those in view travel to the page.
        symbol: what they are of; default: their label.
        timeframe: their length; default: their label.
        averages: periods of moving averages, three at most.
        overlays: what to draw over the candles, a `ForecastOverlay` for instance.
        height: of the plot, in pixels.

    Raises:
        CandleError: the candles break the contract.
        SpecError: no symbol or timeframe, or too many averages.

    >>> import mlwidgets as mw
    >>> chart = PriceChart(mw.simulate_market("1h", periods=3000).candles, averages=(20,))
    >>> chart.state.symbol, len(chart.state.drawn) <= 400
    ('SIMUSDT', True)
    """

    template = t.Unicode(component("price_chart", *_LIBRARIES)).tag(sync=True)
    figure = t.Instance(Figure).tag(sync=True, **widget_serialization)
    parts = t.Dict(help="widgets that the page moves").tag(sync=True, **widget_serialization)
    bars = t.Bytes(help="drawn candles and averages: rows of float64").tag(sync=True)
    live = t.List(t.Float(), help="the candle under way, empty without").tag(sync=True)
    step = t.Int(1, help="length of the drawn candles, ms").tag(sync=True)
    base = t.Int(1, help="length of the stored candles, ms").tag(sync=True)
    first = t.Float(help="open time of the oldest stored candle, 0 without").tag(sync=True)
    last = t.Float(help="open time of the newest candle").tag(sync=True)
    decimals = t.Int(2, help="of the prices").tag(sync=True)
    symbol = t.Unicode().tag(sync=True)
    timeframe = t.Unicode().tag(sync=True)
    step_name = t.Unicode(help="says that candles are longer than stored").tag(sync=True)
    averages = t.List(t.Int(), help="periods").tag(sync=True)
    averages_shown = t.Bool(True).tag(sync=True)
    sessions_shown = t.Bool(True, help="days and weekends, UTC").tag(sync=True)
    reach = t.List(t.List(t.Float()), help="prices that must fit").tag(sync=True)
    height = t.Int(480, help="pixels").tag(sync=True)
    margin = t.Dict(help="pixels around the plot").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)
    spans = t.List(t.Dict(), help="range buttons").tag(sync=True)
    language = t.Unicode("en").tag(sync=True)

    def __init__(
        self,
        candles: pd.DataFrame,
        *,
        symbol: str | None = None,
        timeframe: str | None = None,
        averages: Iterable[int] = (),
        overlays: Iterable[Overlay] = (),
        height: int = 480,
    ) -> None:
        periods = _checked(averages)
        self.state = ChartState(candles, *_label(candles, symbol, timeframe))
        self.canvas = ChartCanvas(self.state, periods, overlays, height)
        super().__init__(
            figure=self.canvas.figure, averages=[*periods], height=height,
            **self._market(), **self._drawn(), **self._newest(), **self._over(),
        )  # fmt: skip
        self._wire()

    def add(self, overlay: Overlay) -> None:
        """Draw an overlay over the candles."""
        self.canvas.add(overlay)
        overlay.on_change(self._overlays_changed)
        self._overlays_changed()

    def vue_show_span(self, length: float | None) -> None:
        """Show the newest candles: so many milliseconds, 0 for all, None for as many as now."""
        if length == 0:
            self.state.show_all()
        else:
            self.state.show_last(length)

    def _wire(self) -> None:
        for overlay in self.canvas.overlays:
            overlay.on_change(self._overlays_changed)
        self.state.observe(lambda _: self._move(), ["start", "end"])
        self.state.observe(lambda _: self._draw(), "drawn")
        self.state.observe(self._ticked, "live")
        self.state.observe(lambda _: self._say(), ["symbol", "timeframe"])
        self.canvas.x.observe(lambda _: self._moved(), ["min", "max"])
        self.observe(self._show_averages, "averages_shown")
        language.observe(lambda _: self._say(), "code")
        self._overlays_changed()

    def _move(self) -> None:
        self.canvas.x.limits = (self.state.start, self.state.end)

    def _moved(self) -> None:
        if self.canvas.x.limits is not None:
            self.state.show(*self.canvas.x.limits)

    def _draw(self) -> None:
        if self.canvas.margin != self.margin:  # prices have more or fewer digits than before
            self._say()
        self.canvas.draw()
        self._set({**self._drawn(), **self._newest()})

    def _ticked(self, change: dict[str, Any]) -> None:
        self._set(self._newest())
        if change["new"] is None:  # the page has moved their starts to the price under way
            for mark in self.canvas.parts["anchored"]:
                mark.send_state(["x", "y"])

    def _say(self) -> None:
        self.canvas.measure()
        self._set({**self._market(), "step_name": step_name(self.state.step, self.state.base)})

    def _overlays_changed(self) -> None:
        self._set(self._over())
        edge = self.state.last_time + self.state.base
        self.state.ahead = max([0.0, *(end - edge for _, end, _, _ in self.reach)])

    def _show_averages(self, _: object) -> None:
        self.canvas.averages.show(self.averages_shown)

    def _set(self, values: dict[str, Any]) -> None:
        """Several traits in one message."""
        with self.hold_sync():
            for name, value in values.items():
                setattr(self, name, value)

    def _market(self) -> dict[str, Any]:
        state = self.state
        return {
            "symbol": state.symbol, "timeframe": state.timeframe, "base": state.base,
            "language": language.code, "words": chart_words(state.symbol, state.timeframe),
            "spans": spans(), "decimals": self.canvas.decimals, "margin": self.canvas.margin,
        }  # fmt: skip

    def _drawn(self) -> dict[str, Any]:
        state = self.state
        return {
            "bars": self.canvas.rows.tobytes(), "step": state.step,
            "step_name": step_name(state.step, state.base),
            "first": float(state.history.times[0]) if len(state.history) else 0.0,
        }  # fmt: skip

    def _newest(self) -> dict[str, Any]:
        live = self.state.live
        return {"live": [] if live is None else live.tolist(), "last": self.state.last_time}

    def _over(self) -> dict[str, Any]:
        return {"parts": self.canvas.parts, "reach": self.canvas.reach}


def _checked(averages: Iterable[int]) -> tuple[int, ...]:
    periods = tuple(averages)
    if len(periods) > MOST or any(period < 1 for period in periods):
        raise SpecError(f"averages={periods}: give up to {MOST} periods of 1 candle or more.")
    return periods


def _label(candles: pd.DataFrame, symbol: str | None, timeframe: str | None) -> tuple[str, str]:
    found = [symbol or candles.attrs.get("symbol"), timeframe or candles.attrs.get("timeframe")]
    if None in found:
        raise SpecError("The candles carry no label; give PriceChart their symbol= and timeframe=.")
    return str(found[0]), str(found[1])

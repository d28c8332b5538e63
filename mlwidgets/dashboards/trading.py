"""The page /trading: the market, and what the production model says of it."""

from __future__ import annotations

import pandas as pd
from ipyvuetify import Html  # type: ignore[attr-defined]  # made at import
from ipywidgets import DOMWidget
from traitlets import default, link

from mlwidgets.components.background import in_thread
from mlwidgets.components.chart.forecast import ForecastOverlay
from mlwidgets.components.chart.price_chart import PriceChart
from mlwidgets.components.chart.state import EMPTY
from mlwidgets.components.forecasts.forecaster import Forecaster
from mlwidgets.components.forecasts.panel import ForecastPanel
from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.market.state import Series
from mlwidgets.components.market.words import market_notice
from mlwidgets.components.models.words import ahead_words
from mlwidgets.dashboards.frame import Dashboard
from mlwidgets.dashboards.sources import Sources
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.bars import frame_of
from mlwidgets.market.candles import label_candles

_HEIGHT = 568
"""Of the chart in pixels: with the bar it fills a laptop's screen."""


class TradingDashboard(Dashboard):
    """The market as a chart, the production model's forecast on it and in words beside it.

    Stored candles are there at once, the exchange's when it answers; a model that another
    process saves is picked up by itself.

    Args:
        symbol: the market; default: the page's address, or else what has a model.
        model_type: `LSTM` or `HYBRID`; default as for `symbol`.
        timeframe: the candles' length; default as for `symbol`.
        horizon: how far ahead models are to look that the links lead to; the forecast looks as
            far as its model does.
        sources: what the page reads; default: that of the settings.

    Raises:
        SpecError: the symbol is none.
    """

    def __init__(
        self, *, symbol: str | None = None, model_type: str | None = None,
        timeframe: str | None = None, horizon: str | None = None, sources: Sources | None = None,
    ) -> None:  # fmt: skip
        self._seen = ""
        super().__init__(
            sources, symbol=symbol, model_type=model_type, timeframe=timeframe, horizon=horizon
        )

    @default("page")
    def _page(self) -> str:
        return "trading"

    def make_body(self) -> DOMWidget:
        """The chart and the panel beside it."""
        sources, choice = self.sources, self.choice
        self.forecasts = ForecastState(
            sources.models, Forecaster(sources.models, sources.market),
            symbol=choice.symbol, model_type=choice.model_type,
        )  # fmt: skip
        self.overlay = ForecastOverlay()
        series = self._market.series
        self.chart = PriceChart(
            series.candles if series else self._no_candles(), height=_HEIGHT,
            symbol=choice.symbol, timeframe=choice.timeframe, overlays=[self.overlay],
        )  # fmt: skip
        self.panel = ForecastPanel(self.forecasts, self.overlay)
        self.panel.query = choice.query
        self._market.observe(lambda change: self._draw(change.new), "series")
        self.forecasts.observe(lambda change: self._forecast(change.new), "forecast")
        link((self.forecasts, "model_type"), (choice, "model_type"))
        chart = Html(tag="div", class_="mlw-trading__chart", children=[self.chart])
        return Html(tag="div", class_="mlw-trading", children=[chart, self.panel])

    async def look_after(self) -> None:
        """Look for models that were saved, candles that have closed, and what they mean."""
        seen = await in_thread(self.sources.models.fingerprint)
        if seen != self._seen:
            self._seen = seen
            self.forecasts.read_models()
            self.say()
        if self._market.due():
            await self._market.ask(self._since())
        await self.forecasts.look_ahead(self._market.series)

    def choose(self) -> None:
        """Show another market, or another model."""
        choice = self.choice
        with self.forecasts.hold_trait_notifications():
            self.forecasts.symbol, self.forecasts.model_type = choice.symbol, choice.model_type
        if (choice.symbol, choice.timeframe) != (self._market.symbol, self._market.timeframe):
            with self._market.hold_trait_notifications():
                self._market.symbol, self._market.timeframe = choice.symbol, choice.timeframe
        self.panel.query = choice.query

    def say_facts(self) -> list[str]:
        """How far ahead the model forecasts."""
        return [ahead_words(self.forecasts.meta)] if self.forecasts.meta else []

    def say_notices(self) -> list[dict[str, str]]:
        """Where the candles come from, unless it is the exchange."""
        notice = market_notice(self._market)
        return [notice] if notice else []

    def say_body(self) -> None:
        """Say the times again."""
        self.panel.say()

    def _since(self) -> pd.Timestamp | None:
        meta = self.forecasts.meta
        same = meta is not None and meta.timeframe == self.choice.timeframe
        return self.forecasts.since if same else None

    def _draw(self, series: Series | None) -> None:
        """Draw candles; where the chart shows that market already, the view stays."""
        state = self.chart.state
        if series is None:
            state.replace(self._no_candles(), self.choice.symbol, self.choice.timeframe)
        elif (series.symbol, series.timeframe) != (state.symbol, state.timeframe) or not len(
            state.history
        ):
            state.replace(series.candles, series.symbol, series.timeframe)
        else:
            state.append(series.candles)

    def _forecast(self, forecast: Forecast | None) -> None:
        self.overlay.forecast = forecast

    def _no_candles(self) -> pd.DataFrame:
        return label_candles(
            frame_of(EMPTY),
            symbol=self.choice.symbol,
            timeframe=self.choice.timeframe,
            source="store",
        )

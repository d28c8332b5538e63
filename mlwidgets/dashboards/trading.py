"""The page /trading: the market, and what the production model says of it."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
from ipyvuetify import Html  # type: ignore[attr-defined]  # made at import
from ipywidgets import DOMWidget
from traitlets import default, link

from mlwidgets.components.background import in_thread, start
from mlwidgets.components.chart.forecast import ForecastOverlay
from mlwidgets.components.chart.price_chart import PriceChart
from mlwidgets.components.forecasts.forecaster import Forecaster
from mlwidgets.components.forecasts.sidebar import TradingSidebar
from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.market.asking import ask_symbols
from mlwidgets.components.market.state import ASK_AGAIN, MarketState
from mlwidgets.components.market.words import market_notice
from mlwidgets.components.models.words import ahead_words
from mlwidgets.components.record.reader import LiveRecords
from mlwidgets.components.record.state import RecordState
from mlwidgets.components.replay.bar import ReplayBar
from mlwidgets.components.replay.records import ReplayRecords
from mlwidgets.components.replay.state import ReplayState
from mlwidgets.dashboards.frame import Dashboard
from mlwidgets.dashboards.market_view import MarketView, no_candles
from mlwidgets.dashboards.sources import Sources

_AVERAGES = (20, 50)
"""Candles that the moving averages are over, which a person may show."""

_HEIGHT = 568
"""Of the chart in pixels: with the bar it fills a laptop's screen."""

_STAGE = "mlw-trading__chart"


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
        self._seen, self._symbols_asked = "", -ASK_AGAIN
        super().__init__(
            sources, symbol=symbol, model_type=model_type, timeframe=timeframe, horizon=horizon
        )

    @default("page")
    def _page(self) -> str:
        return "trading"

    def make_body(self) -> DOMWidget:
        """The chart and the sidebar beside it."""
        sources, choice = self.sources, self.choice
        self._forecaster = Forecaster(sources.models, sources.market)
        self.forecasts = ForecastState(
            sources.models, self._forecaster, symbol=choice.symbol, model_type=choice.model_type
        )
        self._records = LiveRecords(sources.settings, sources.candidates)
        self.records = RecordState(self.forecasts, self._records)
        self.replay, self.overlay = ReplayState(choice, sources), ForecastOverlay()
        self.sidebar = TradingSidebar(
            self.forecasts, self.records, self.overlay, now=lambda: self.shown.clock.now()
        )
        self.panel, self.sidebar.query = self.sidebar.forecast, choice.query
        self.replay_bar = ReplayBar(self.replay)
        self._watch()
        parts = [self.replay_bar, self._make_chart()]
        self.stage = Html(tag="div", class_=_STAGE, children=parts)
        return Html(tag="div", class_="mlw-trading", children=[self.stage, self.sidebar])

    def _make_chart(self) -> PriceChart:
        choice, series = self.choice, self._market.series
        self.chart = PriceChart(
            series.candles if series else no_candles(choice.symbol, choice.timeframe),
            symbol=choice.symbol, timeframe=choice.timeframe, height=_HEIGHT,
            averages=_AVERAGES, overlays=[self.overlay],
        )  # fmt: skip
        self.chart.averages_shown = False
        self._view = MarketView(self.chart)
        return self.chart

    def _watch(self) -> None:
        for market in (self._market, self.replay):
            market.observe(self._drawn, "series")
            market.observe(self._ticked, "bar")
        self.replay.observe(lambda _: self._turn(), "active")
        self.replay.observe(lambda _: self._go_back(), "forgotten")
        self.replay.observe(lambda _: self.say(), "problem")
        self.forecasts.observe(
            lambda change: self.overlay.set_trait("forecast", change.new), "forecast"
        )
        link((self.forecasts, "model_type"), (self.choice, "model_type"))

    @property
    def shown(self) -> MarketState | ReplayState:
        """The market that the page is about: as it happens, or as it was."""
        return self.replay if self.replay.active else self._market

    async def look_after(self) -> None:
        """Look for models that were saved, candles that have closed, and what they mean."""
        await self._look_at_market()
        try:
            await self._look_at_models()
        finally:  # what is known of the models is shown, though they cannot be listed now
            await self._look_ahead()
            await self.sidebar.look(self.shown.series)

    async def _look_at_models(self) -> None:
        seen = await in_thread(self.sources.models.fingerprint)
        if seen != self._seen:
            self._seen = seen
            self.forecasts.read_models()
            self.say()

    async def _look_ahead(self) -> None:
        await self.forecasts.look_ahead(self.shown.series, self.shown.clock.now())

    async def _look_at_market(self) -> None:
        shown = self.shown
        shown.advance()
        if shown.due():
            await shown.ask(self._since())
        if self.attention.paid:
            self.shown.follow()
        if self._symbols_wanted:
            self._symbols_asked = time.monotonic()
            start(self._learn_symbols)

    @property
    def _symbols_wanted(self) -> bool:
        """Whether to ask what trades, now that the exchange has answered for the candles."""
        market = self._market
        if market.symbols or market.connection in ("asking", "unreachable", "offline"):
            return False
        return time.monotonic() - self._symbols_asked >= ASK_AGAIN

    async def _learn_symbols(self) -> None:
        """Offer what trades; of the connection the candles tell."""
        _, _, symbols = await in_thread(lambda: ask_symbols(self.sources.market))
        self._market.symbols = symbols or self._market.symbols

    def vue_look(self, data: dict[str, Any]) -> None:
        """A view has come into sight or gone; a market that nobody sees is not followed."""
        super().vue_look(data)
        if self.attention.paid:
            self.panel.say()  # a forecast may have passed out of sight
        else:
            self.shown.rest()

    def close(self) -> None:
        """Stop looking after the page, and following its market."""
        if hasattr(self, "replay"):  # what was never made is closed too
            self._market.rest()
            self.replay.rest()
        super().close()

    def choose(self) -> None:
        """Show another market, or another model."""
        choice = self.choice
        with self.forecasts.hold_trait_notifications():
            self.forecasts.symbol, self.forecasts.model_type = choice.symbol, choice.model_type
        if (choice.symbol, choice.timeframe) != (self._market.symbol, self._market.timeframe):
            with self._market.hold_trait_notifications():
                self._market.symbol, self._market.timeframe = choice.symbol, choice.timeframe
        self.sidebar.query = choice.query

    def say_facts(self) -> list[str]:
        """How far ahead the model forecasts."""
        return [ahead_words(self.forecasts.meta)] if self.forecasts.meta else []

    def say_notices(self) -> list[dict[str, str]]:
        """Where the candles come from, unless it is the exchange."""
        notice = None if self.replay.active else market_notice(self._market)
        return [notice] if notice else []

    def say_body(self) -> None:
        """Say the times again."""
        self.sidebar.say()

    def _since(self) -> pd.Timestamp | None:
        meta = self.forecasts.meta
        same = meta is not None and meta.timeframe == self.choice.timeframe
        return self.forecasts.since if same else None

    def _turn(self) -> None:
        """Go into the past, or back to the market as it happens."""
        active = self.replay.active
        self._market.rest()
        self.stage.class_ = f"{_STAGE} {_STAGE}--replay" if active else _STAGE
        self.forecasts.ask(self.replay.forecaster if active else self._forecaster)
        self.records.ask(ReplayRecords(self.replay, self._records) if active else self._records)
        self.sidebar.replay = active
        if not active:
            self._draw()
        self.say()

    def _go_back(self) -> None:
        """What was said later than a replay's now is said no more."""
        self.records.forget()
        if self.replay.active:
            self.forecasts.ask(self.replay.forecaster)

    def _drawn(self, change: Any) -> None:
        if change.owner is self.shown:
            self._draw()
            if self._market.following.on or self.replay.active:  # need not wait for the next beat
                start(self._look_ahead)

    def _draw(self) -> None:
        self._view.draw(self.shown.series, self.choice.symbol, self.choice.timeframe)
        self._view.tick(self.shown.bar, self.shown.series)

    def _ticked(self, change: Any) -> None:
        if change.owner is self.shown:
            self._view.tick(change.new, self.shown.series)

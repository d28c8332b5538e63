"""The market of a page and where its candles come from, kept without widgets."""

from __future__ import annotations

import time
from functools import partial

import pandas as pd
from traitlets import Enum, Float, HasTraits, Instance, Tuple, Unicode, observe

from mlwidgets.components.background import in_thread
from mlwidgets.components.market.access import SIMULATED_SYMBOL, MarketAccess
from mlwidgets.components.market.asking import ask_candles, ask_symbols
from mlwidgets.components.market.clock import Clock
from mlwidgets.components.market.following import Following
from mlwidgets.components.market.series import Origin, Series
from mlwidgets.errors import MlwidgetsError
from mlwidgets.market.live import Bar, FeedState, FeedStatus
from mlwidgets.market.timeframes import timeframe_delta

__all__ = ["ASK_AGAIN", "CONNECTIONS", "FOLLOWED", "MarketState", "Origin", "Series"]

ASK_AGAIN = 30.0
"""Seconds after which an exchange that did not answer is asked again."""

FOLLOWED = ("live", "delayed", "polling", "reconnecting")
"""Connections on which the exchange tells the market as it happens, or did a moment ago."""

CONNECTIONS = (
    "asking", *FOLLOWED, "exchange", "unreachable", "offline", "simulated", "replay",
)  # fmt: skip

_LATE = 5.0
"""Seconds after which a candle that should have closed is asked for again."""

_CONNECTION_OF = {
    FeedState.LIVE: "live",
    FeedState.DELAYED: "delayed",
    FeedState.POLLING: "polling",
    FeedState.RECONNECTING: "reconnecting",
    FeedState.OFFLINE: "unreachable",
}

Chosen = tuple[str, str]
"""Symbol and timeframe."""


class MarketState(HasTraits):
    """The market of the chosen symbol: what the store has at once, the exchange's answer later.

    Args:
        access: store, exchange and simulator.
        symbol: the chosen one.
        timeframe: the candles' length.
        clock: tells the page's time.
    """

    symbol = Unicode()
    timeframe = Unicode("1h")
    connection = Enum(CONNECTIONS, "asking", help="what is known of the exchange")
    status = Instance(FeedStatus, allow_none=True, help="how the feed stands, where one runs")
    problem = Unicode(help="why the exchange or the store gave no candles")
    series = Instance(Series, allow_none=True, help="closed candles; replaced at each close")
    bar = Instance(Bar, allow_none=True, help="the candle under way, of the same market as they")
    updated = Float(None, allow_none=True, help="the exchange's last word, epoch milliseconds")
    symbols = Tuple(help="what trades, as far as it is known")

    def __init__(
        self, access: MarketAccess, *, symbol: str, timeframe: str = "1h",
        clock: Clock | None = None,
    ) -> None:  # fmt: skip
        super().__init__(symbol=symbol, timeframe=timeframe)
        self.clock = clock or Clock()
        self.following = Following(self._refused)
        self._access, self._asked, self._answered = access, -ASK_AGAIN, False
        self.read_store()

    @property
    def exchange(self) -> str:
        """ccxt's id of the exchange."""
        return self._access.id

    def read_store(self) -> None:
        """Show what the store has; a moment's work."""
        self._asked, self._answered = -ASK_AGAIN, False
        simulated = self.symbol == SIMULATED_SYMBOL
        try:
            stored, problem = self._access.stored(self.symbol, self.timeframe), ""
        except MlwidgetsError as error:
            stored, problem = None, error.message
        with self.hold_trait_notifications():
            self.bar, self.status, self.updated = None, None, None
            self.series = None if simulated or stored is None else Series(stored, "store")
            self.problem = problem
            self.connection = "simulated" if simulated else "asking"

    def due(self) -> bool:
        """Whether it is time to ask for candles."""
        since = time.monotonic() - self._asked
        whole = self.series is not None and self.series.origin == "exchange"
        if self.following.on:  # it brings what is new; the rest of the history may be lacking
            return self.connection in FOLLOWED and not whole and since >= _LATE
        closed = self.series.closed_at if self.series else None
        if self.connection in ("asking", "unreachable", "offline") or closed is None:
            return since >= ASK_AGAIN
        return since >= _LATE and closed + timeframe_delta(self.timeframe) <= self.clock.now()

    async def ask(self, since: pd.Timestamp | None = None) -> None:
        """Get the candles that are missing; the page goes on meanwhile.

        Args:
            since: from where on nothing may be lacking, as in `MarketAccess.fetched`.
        """
        self._asked, chosen = time.monotonic(), self._chosen
        now = self.clock.now()
        answer = await in_thread(lambda: ask_candles(self._access, *chosen, since, now))
        if chosen == self._chosen:
            self._answered = True
            self._take(*answer)

    async def ask_symbols(self) -> None:
        """Learn what trades, and with it whether the exchange answers."""
        self._asked = time.monotonic()
        connection, problem, symbols = await in_thread(lambda: ask_symbols(self._access))
        with self.hold_trait_notifications():
            self.symbols = symbols or self.symbols
            self.problem = problem
            self.connection = "simulated" if self.symbol == SIMULATED_SYMBOL else connection

    def follow(self) -> None:
        """Follow the market in the running event loop, once its history has been asked for.

        Nothing happens where it is followed already, and where there is nothing to follow.
        """
        refused = self.connection == "exchange" and self.problem
        if self.following.on or refused or not self._answered:
            return
        if self.connection not in ("offline", "simulated"):
            self.following.start(self._access.feed(
                *self._chosen,
                on_closed=partial(self._closed, self._chosen),
                on_tick=partial(self._ticked, self._chosen),
                on_status=partial(self._stands, self._chosen),
            ))  # fmt: skip

    def rest(self) -> None:
        """Follow the market no longer: nobody looks."""
        self.following.stop()
        with self.hold_trait_notifications():
            self.status = None
            if self.connection in FOLLOWED:
                self.connection = "asking"

    def advance(self) -> None:
        """Let what goes with time go on: a simulated market, the exchange's last word."""
        heard = self.following.last_update
        if heard is not None:
            self.updated = heard.timestamp() * 1000
        if self.series is not None and self.series.origin == "simulated":
            self._simulate(self.series)

    @property
    def _chosen(self) -> Chosen:
        return self.symbol, self.timeframe

    def _take(self, connection: str, problem: str, series: Series | None) -> None:
        shown = self.series
        same = series is not None and shown is not None and shown.symbol == series.symbol
        if series is not None and shown is not None and same and self.following.on:
            newer = shown.candles.index > series.candles.index[-1]  # closed since the question
            series = series.joined(shown.candles[newer])
        with self.hold_trait_notifications():
            if not self.following.on:
                self.connection, self.problem = connection, problem
            if series is not None:
                self.series, self.bar = series, self.bar if same else None

    @property
    def _stands_in(self) -> bool:
        """Whether the candles are of another market than the chosen one."""
        return self.series is None or self.series.symbol != self.symbol

    def _simulate(self, series: Series) -> None:
        now = self.clock.now()
        world = self._access.simulation(self.timeframe, now)
        closed = series.closed_at
        with self.hold_trait_notifications():
            if closed is None or closed + timeframe_delta(self.timeframe) <= now:
                self.series = Series(world.closed(now), "simulated")
            self.bar = world.bar(now)

    def _closed(self, chosen: Chosen, candles: pd.DataFrame) -> None:
        if chosen == self._chosen and self.series is not None and not self._stands_in:
            self.series = self.series.joined(candles)

    def _ticked(self, chosen: Chosen, bar: Bar) -> None:
        if chosen == self._chosen:
            self.updated = self.clock.now().timestamp() * 1000
            self.bar = self.bar if self._stands_in else bar

    def _stands(self, chosen: Chosen, status: FeedStatus) -> None:
        if chosen != self._chosen:
            return
        with self.hold_trait_notifications():
            self.status = status
            self.connection = _CONNECTION_OF.get(status.state, self.connection)
            self.problem = status.reason if status.state is FeedState.OFFLINE else ""

    def _refused(self, error: MlwidgetsError) -> None:
        with self.hold_trait_notifications():
            self.connection, self.problem = "exchange", error.message

    @observe("symbol", "timeframe")
    def _changed(self, _: object) -> None:
        if hasattr(self, "_access"):
            self.following.stop()
            self.read_store()

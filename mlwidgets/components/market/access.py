"""Candles for a page: the store at once, the exchange with little patience, the simulator."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from mlwidgets.components.market.simulation import Simulation
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.live import Bar, CandleFeed, FeedStatus
from mlwidgets.market.loading import load_candles
from mlwidgets.market.store import CandleStore
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.settings import Settings

if TYPE_CHECKING:  # ccxt takes a moment to import
    from mlwidgets.market.exchange import Exchange

__all__ = ["HISTORY", "SIMULATED_SYMBOL", "MarketAccess"]

HISTORY = 5000
"""Candles that are fetched for a chart where the store has none."""

_TIMEOUT, _ATTEMPTS = 5.0, 2
"""A page says within seconds that an exchange does not answer, and asks again later."""


class MarketAccess:
    """The settings' store and exchange, for one request to the exchange at a time.

    Args:
        settings: which exchange, whether it may be asked, and where candles are kept.
    """

    def __init__(self, settings: Settings) -> None:
        self.id = settings.exchange
        self.offline = settings.offline
        self._url = settings.exchange_url
        self._store = CandleStore(settings.candles_dir)
        self._line = threading.Lock()
        self._exchange: Exchange | None = None
        self._worlds: dict[str, Simulation] = {}

    def stored(self, symbol: str, timeframe: str) -> pd.DataFrame:
        """Every candle that the store has; no exchange is asked.

        Raises:
            BadMarketData, StorageError: the store cannot be read.
        """
        return self._store.read(self.id, symbol, timeframe)

    def stored_symbols(self) -> list[str]:
        """Symbols of this exchange that the store has candles of."""
        return sorted({kept.symbol for kept in self._store.list() if kept.exchange == self.id})

    def fetched(
        self, symbol: str, timeframe: str, since: pd.Timestamp | None = None
    ) -> pd.DataFrame:
        """Every candle that the store has, once the exchange has brought what it lacks.

        Args:
            symbol: without separators.
            timeframe: the candles' length.
            since: from where on nothing may be lacking; at the latest `HISTORY` candles ago.

        Raises:
            ExchangeUnavailable, UnknownSymbol, ...: as `load_candles`.
        """
        start = pd.Timestamp.now("UTC") - HISTORY * timeframe_delta(timeframe)
        start = start if since is None else min(start, since)
        load_candles(symbol, timeframe, start=start, exchange=self, store=self._store)
        return self.stored(symbol, timeframe)

    def feed(
        self, symbol: str, timeframe: str, *, on_closed: Callable[[pd.DataFrame], None],
        on_tick: Callable[[Bar], None], on_status: Callable[[FeedStatus], None],
    ) -> CandleFeed:  # fmt: skip
        """The market as it happens; the feed's closed candles go to the store."""
        return CandleFeed(
            lambda: self._open(attempts=1), symbol, timeframe, self._store,
            on_closed=on_closed, on_tick=on_tick, on_status=on_status,
        )  # fmt: skip

    def simulated(self, timeframe: str, now: pd.Timestamp | None = None) -> pd.DataFrame:
        """The closed candles of the simulated market; default: up to now."""
        now = pd.Timestamp.now("UTC") if now is None else now
        return self.simulation(timeframe, now).closed(now)

    def simulation(self, timeframe: str, now: pd.Timestamp) -> Simulation:
        """The simulated market at some time."""
        world = self._worlds.get(timeframe)
        if world is None or not world.covers(now):
            world = self._worlds[timeframe] = Simulation(timeframe, now)
        return world

    def symbols(self) -> list[str]:
        """The symbols that trade on the exchange.

        Raises:
            ExchangeUnavailable: it cannot be reached.
        """
        with self._line:
            return self._opened().symbols()

    def fetch_candles(
        self,
        symbol: str,
        timeframe: str,
        start: pd.Timestamp,
        end: pd.Timestamp,
        *,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> pd.DataFrame:
        """What `load_candles` asks for where the store lacks candles."""
        with self._line:
            exchange = self._opened()
            return exchange.fetch_candles(symbol, timeframe, start, end, on_progress=on_progress)

    def _opened(self) -> Exchange:
        if self._exchange is None:
            self._exchange = self._open(_ATTEMPTS)
        return self._exchange

    def _open(self, attempts: int) -> Exchange:
        from mlwidgets.market.exchange import Exchange

        return Exchange(self.id, base_url=self._url, timeout=_TIMEOUT, attempts=attempts)

"""Candles for a page: the store at once, the exchange with little patience, the simulator."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from mlwidgets.market.loading import load_candles
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.settings import Settings

if TYPE_CHECKING:  # ccxt takes a moment to import
    from mlwidgets.market.exchange import Exchange

SIMULATED_SYMBOL = "SIMUSDT"
"""What simulated candles are always called."""

HISTORY = 5000
"""Candles that are fetched for a chart where the store has none."""

_MOST_SIMULATED = 40_000
_TIMEOUT, _ATTEMPTS = 5.0, 2
"""A page says within seconds that an exchange does not answer, and asks again later."""

_SIMULATION_STARTS = pd.Timestamp("2024-01-01", tz="UTC")


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

    def simulated(self, timeframe: str) -> pd.DataFrame:
        """The simulated market up to now, of the same world as `mlwidgets train --simulated`."""
        step, now = timeframe_delta(timeframe), pd.Timestamp.now("UTC")
        start = max(_SIMULATION_STARTS, (now - _MOST_SIMULATED * step).floor("90D"))
        periods = int((now.floor(step) - start) // step)
        return simulate_market(
            timeframe, periods=periods, start=start, symbol=SIMULATED_SYMBOL
        ).candles

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
        from mlwidgets.market.exchange import Exchange

        if self._exchange is None:
            self._exchange = Exchange(
                self.id, base_url=self._url, timeout=_TIMEOUT, attempts=_ATTEMPTS
            )
        return self._exchange

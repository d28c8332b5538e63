"""Candles and symbols: from the store, and from the exchange what the store lacks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from mlwidgets.market.loading import load_candles
from mlwidgets.market.store import CandleStore
from mlwidgets.settings import Settings

if TYPE_CHECKING:  # ccxt takes a second to import
    from mlwidgets.market.exchange import Exchange

SYMBOLS_SECONDS = 3600.0
"""How long the exchange's list of symbols is good for."""


class Market:
    """The settings' exchange and its store, for one request to the exchange at a time.

    Args:
        settings: which exchange, whether it may be asked, and where candles are kept.
        clock: gives seconds that only grow.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.id = settings.exchange
        self._settings = settings
        self._store = CandleStore(settings.candles_dir)
        self._clock = clock
        self._line = threading.Lock()
        self._exchange: Exchange | None = None
        self._symbols: tuple[float, list[str]] | None = None

    def close(self) -> None:
        """Close the connections to the exchange."""
        with self._line:
            if self._exchange is not None:
                self._exchange.close()
            self._exchange = None

    def candles(
        self,
        symbol: str,
        timeframe: str,
        start: pd.Timestamp,
        end: pd.Timestamp,
        *,
        offline: bool = False,
    ) -> pd.DataFrame:
        """The closed candles that open in [start, end).

        Raises:
            As `load_candles`.
        """
        return load_candles(
            symbol, timeframe, start=start, end=end,
            exchange=self, store=self._store, offline=offline or self._settings.offline,
        )  # fmt: skip

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
            return self._opened().fetch_candles(
                symbol, timeframe, start, end, on_progress=on_progress
            )

    def symbols(self) -> list[str]:
        """The symbols that trade, as the exchange said within the last hour.

        Raises:
            ExchangeUnavailable: it cannot be reached, or must not be asked.
        """
        with self._line:
            if self._symbols is None or self._clock() - self._symbols[0] > SYMBOLS_SECONDS:
                self._symbols = (self._clock(), self._ask_for_symbols())
            return self._symbols[1]

    def _ask_for_symbols(self) -> list[str]:
        if self._settings.offline:
            return sorted({stored.symbol for stored in self._store.list()})
        return self._opened(fresh=True).symbols()

    def _opened(self, *, fresh: bool = False) -> Exchange:
        from mlwidgets.market.exchange import Exchange

        if fresh and self._exchange is not None:  # an exchange remembers its markets for good
            self._exchange.close()
            self._exchange = None
        if self._exchange is None:
            self._exchange = Exchange(self.id, base_url=self._settings.exchange_url)
        return self._exchange

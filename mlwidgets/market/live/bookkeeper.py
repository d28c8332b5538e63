"""The blocking half of a feed: REST and the store, one call at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from mlwidgets.market.dates import epoch_ms, from_epoch_ms
from mlwidgets.market.live.ledger import Ledger
from mlwidgets.market.store import CandleStore
from mlwidgets.market.store_layout import Series, series_of

if TYPE_CHECKING:  # ccxt takes a moment to import
    from mlwidgets.market.exchange import Exchange
    from mlwidgets.market.exchange.exchange import Latest
    from mlwidgets.market.exchange.stream import CandleStream


class Bookkeeper:
    """Asks the exchange and keeps the store; use it from one thread at a time.

    Args:
        open_exchange: opens the exchange to ask.
        symbol: as users write it.
        timeframe: of the candles.
        store: where closed candles go.
    """

    def __init__(
        self,
        open_exchange: Callable[[], Exchange],
        symbol: str,
        timeframe: str,
        store: CandleStore,
    ) -> None:
        self._open_exchange = open_exchange
        self._wanted = (symbol, timeframe)
        self._store = store
        self._opened: Exchange | None = None

    def open(self, lookback: int) -> tuple[Ledger, CandleStream | None]:
        """The first candle that the store lacks among the latest ones, and the stream.

        Args:
            lookback: how many candles back the store is to be whole.

        Raises:
            MarketError: the exchange cannot be asked.
            StorageError, BadMarketData: the store cannot be read.
        """
        exchange, series = self._exchange, self._series
        stream = exchange.watch(*self._wanted)
        now = exchange.fetch_time()
        until = epoch_ms(now) // series.step * series.step
        start = from_epoch_ms(until - lookback * series.step)
        where = (series.exchange, series.symbol, series.timeframe)
        missing = self._store.at(now).missing(*where, start, from_epoch_ms(until))
        first = epoch_ms(missing[0][0]) if missing else until
        return Ledger(first, series.step), stream

    def latest(self, first: int) -> Latest:
        """The candles from an open time on (epoch milliseconds), and the one under way.

        Raises:
            MarketError: the exchange cannot be asked, or tells nonsense.
        """
        return self._exchange.fetch_latest(*self._wanted, from_epoch_ms(first))

    def keep(self, candles: pd.DataFrame, now: int) -> None:
        """Store the candles that are not there yet.

        Args:
            candles: closed ones, canonical and labelled.
            now: the exchange's time, epoch milliseconds.

        Raises:
            StorageError, BadMarketData: the store cannot be read or written.
        """
        series = self._series
        where = (series.exchange, series.symbol, series.timeframe)
        known = self._store.read(*where, candles.index[0]).index
        self._store.at(from_epoch_ms(now)).write(*where, candles[~candles.index.isin(known)])

    def close(self) -> None:
        """Close the connections to the exchange."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @property
    def _exchange(self) -> Exchange:
        if self._opened is None:
            self._opened = self._open_exchange()
        return self._opened

    @property
    def _series(self) -> Series:
        symbol, timeframe = self._wanted
        return series_of(self._exchange.id, symbol, timeframe)

"""Where the candles that a backtest can have come to an end."""

from __future__ import annotations

import time
from typing import Protocol

import pandas as pd

from mlwidgets.components.background import in_thread
from mlwidgets.components.choice import Choice
from mlwidgets.jobs.requests import SimulatedCandles
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.timeframes import timeframe_delta

_LOOK_AGAIN = 60.0
"""Seconds for which it is believed where the stored candles end."""


class Market(Protocol):
    """What is asked of a `MarketAccess`."""

    offline: bool

    def stored(self, symbol: str, timeframe: str) -> pd.DataFrame:
        """Every candle that the store has."""


class KnownEnd:
    """Where the candles of a choice end: at once where that is plain, else looked up at times.

    Args:
        market: what is known of it.
        choice: symbol and timeframe.
    """

    def __init__(self, market: Market, choice: Choice) -> None:
        self._market, self._choice = market, choice
        self._looked: tuple[object, float] = (None, 0.0)
        self._found: pd.Timestamp | None = None

    @property
    def known(self) -> pd.Timestamp | None:
        """When the last closed candle ends; None where there is none, or nobody has looked yet."""
        if self._asks_exchange:
            return pd.Timestamp.now("UTC").floor(timeframe_delta(self._choice.timeframe))
        return self._found if self._looked[0] == self._series else None

    @property
    def due(self) -> bool:
        """Whether somebody has to look."""
        looked, until = self._looked
        late = looked != self._series or time.monotonic() >= until
        return late and not self._asks_exchange

    async def look(self) -> None:
        """Read or make the candles.

        Raises:
            BadMarketData, StorageError: the store cannot be read.
        """
        series = symbol, timeframe = self._series
        if self._looked[0] != series:
            self._found = None
        self._looked = (series, time.monotonic() + _LOOK_AGAIN)
        end = await in_thread(lambda: known_end(self._market, symbol, timeframe))
        if self._looked[0] == series:
            self._found = end

    @property
    def _asks_exchange(self) -> bool:
        return self._choice.symbol != SIMULATED_SYMBOL and not self._market.offline

    @property
    def _series(self) -> tuple[str, str]:
        return self._choice.symbol, self._choice.timeframe


def known_end(market: Market, symbol: str, timeframe: str) -> pd.Timestamp | None:
    """When the last candle ends of the store, or of the simulated market; None where none is.

    Raises:
        BadMarketData, StorageError: the store cannot be read.
    """
    candles = (
        simulate_market(timeframe, periods=SimulatedCandles().periods).candles
        if symbol == SIMULATED_SYMBOL else market.stored(symbol, timeframe)
    )  # fmt: skip
    return candles.index[-1] + timeframe_delta(timeframe) if len(candles) else None

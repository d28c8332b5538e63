"""Where the candles that a backtest can have come to an end."""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from mlwidgets.components.choice import Choice
from mlwidgets.jobs.requests import SimulatedCandles
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.timeframes import timeframe_delta


class Market(Protocol):
    """What is asked of a `MarketAccess`."""

    offline: bool

    def stored(self, symbol: str, timeframe: str) -> pd.DataFrame:
        """Every candle that the store has."""


def known_end(market: Market, choice: Choice, *, quick: bool = False) -> pd.Timestamp | None:
    """When the last closed candle ends; None where there is none.

    Args:
        market: what is known of it.
        choice: symbol and timeframe.
        quick: None, too, where candles would have to be read or made for the answer.

    Raises:
        BadMarketData, StorageError: the store cannot be read.
    """
    step = timeframe_delta(choice.timeframe)
    simulated = choice.symbol == SIMULATED_SYMBOL
    if not simulated and not market.offline:
        return pd.Timestamp.now("UTC").floor(step)
    if quick:
        return None
    candles = (
        simulate_market(choice.timeframe, periods=SimulatedCandles().periods).candles
        if simulated else market.stored(choice.symbol, choice.timeframe)
    )  # fmt: skip
    return candles.index[-1] + step if len(candles) else None

"""What a market is asked at once: its candles, and what trades."""

from __future__ import annotations

import pandas as pd

from mlwidgets.components.market.access import SIMULATED_SYMBOL, MarketAccess
from mlwidgets.components.market.series import Series
from mlwidgets.errors import ExchangeUnavailable, MlwidgetsError


def ask_candles(
    access: MarketAccess,
    symbol: str,
    timeframe: str,
    since: pd.Timestamp | None,
    now: pd.Timestamp,
) -> tuple[str, str, Series | None]:
    """Connection, problem, and the best candles that can be had."""
    if symbol == SIMULATED_SYMBOL:
        return "simulated", "", Series(access.simulated(timeframe, now), "simulated")
    connection, problem = "offline", ""
    try:
        if not access.offline:
            fetched = access.fetched(symbol, timeframe, since)
            return "exchange", "", Series(fetched, "exchange")
    except ExchangeUnavailable as error:
        connection, problem = "unreachable", _first_sentences(error.message)
    except MlwidgetsError as error:  # it answered: there is no such symbol, or no such candles
        return "exchange", error.message, None
    try:
        stored = access.stored(symbol, timeframe)
    except MlwidgetsError as error:
        return connection, error.message, None
    if stored.empty:
        return connection, problem, Series(access.simulated(timeframe, now), "simulated")
    return connection, problem, Series(stored, "store")


def ask_symbols(access: MarketAccess) -> tuple[str, str, tuple[str, ...]]:
    """Connection, problem, and the symbols that trade."""
    if access.offline:
        return "offline", "", ()
    try:
        return "exchange", "", tuple(access.symbols())
    except ExchangeUnavailable as error:
        return "unreachable", _first_sentences(error.message), ()
    except MlwidgetsError as error:
        return "exchange", error.message, ()


def _first_sentences(message: str) -> str:
    """What is wrong, without what scripts can do about it."""
    return message.partition(" Missing are ")[0].partition(" Check the network")[0]

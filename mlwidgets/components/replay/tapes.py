"""What a replay reads before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from mlwidgets.components.market.series import Origin
from mlwidgets.components.replay.sources import StoredMarket
from mlwidgets.components.replay.tape import Tape
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.timeframes import timeframe_delta

_FINEST = "1m"
"""The candle under way grows by candles of this length, where they are stored."""


@dataclass(frozen=True, slots=True)
class Tapes:
    """The tapes of a replay.

    Attributes:
        shown: the candles on the page.
        model: those that the model forecasts from; the same where it is of their timeframe.
    """

    shown: Tape
    model: Tape


def read_tapes(market: StoredMarket, symbol: str, timeframe: str, meta: ModelMeta | None) -> Tapes:
    """Read what is stored; no exchange is asked.

    Args:
        market: the store.
        symbol: the chosen one.
        timeframe: the candles' length.
        meta: of the model that forecasts.

    Raises:
        BadMarketData, StorageError: the store cannot be read.
    """
    shown = _tape(market, symbol, timeframe)
    if meta is None or meta.timeframe == timeframe:
        return Tapes(shown, shown)
    return Tapes(shown, _tape(market, symbol, meta.timeframe))


def _tape(market: StoredMarket, symbol: str, timeframe: str) -> Tape:
    if symbol == SIMULATED_SYMBOL:  # its timeframes are markets of their own
        return Tape(market.simulated(timeframe), "simulated")
    origin: Origin = "store"
    finer = None if timeframe == _FINEST else market.stored(symbol, _FINEST)
    return Tape(market.stored(symbol, timeframe), origin, finer)


def first_fair(meta: ModelMeta) -> int:
    """From when on a model forecasts what it was not trained on, epoch milliseconds.

    Args:
        meta: of the model.

    Returns:
        When the last candle of its training data closed.
    """
    return meta.trained_until + int(timeframe_delta(meta.timeframe).total_seconds() * 1000)

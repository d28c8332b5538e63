"""What a replay reads before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from mlwidgets.components.market.series import Origin
from mlwidgets.components.replay.sources import ReplaySources, StoredMarket
from mlwidgets.components.replay.tape import Tape
from mlwidgets.errors import ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.timeframes import timeframe_delta

_FINEST = "1m"
"""The candle under way grows by candles of this length, where they are stored."""

_RUN_UP = 200
"""Candles before the end from which a replay starts where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Tapes:
    """The tapes of a replay.

    Attributes:
        shown: the candles on the page.
        model: those that the model forecasts from; the same where it is of their timeframe.
        meta: of the model that forecasts; None without one.
    """

    shown: Tape
    model: Tape
    meta: ModelMeta | None

    @property
    def fair(self) -> int | None:
        """From when on the model forecasts what it was not trained on; None without one."""
        return None if self.meta is None else first_fair(self.meta)

    @property
    def first_now(self) -> int:
        """Where a replay starts: some candles before the end, none that the model has seen."""
        shown, fair = self.shown, self.fair
        usual = shown.end - _RUN_UP * shown.step
        start = usual if fair is None or fair >= shown.end else max(usual, fair)
        return max(shown.start, start)


def read_tapes(sources: ReplaySources, symbol: str, timeframe: str, model_type: str) -> Tapes:
    """Read what is stored; no exchange is asked.

    Args:
        sources: the store and the registry.
        symbol: the chosen one.
        timeframe: the candles' length.
        model_type: of the model that forecasts, if there is one.

    Raises:
        BadMarketData, StorageError: the store cannot be read.
        ModelFileError: the model's files are damaged.
    """
    market, meta = sources.market, _meta(sources, symbol, model_type)
    shown = _tape(market, symbol, timeframe)
    if meta is None or meta.timeframe == timeframe:
        return Tapes(shown, shown, meta)
    return Tapes(shown, _tape(market, symbol, meta.timeframe), meta)


def _meta(sources: ReplaySources, symbol: str, model_type: str) -> ModelMeta | None:
    try:
        return sources.models.get_meta(symbol, model_type)
    except ModelNotFound:
        return None


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

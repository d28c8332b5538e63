"""Market data: candles, symbols, and the models' forecasts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field

from mlwidgets.errors import (
    BadMarketData,
    ExchangeUnavailable,
    MarketError,
    ModelFileError,
    ModelMismatch,
    ModelNotFound,
    NotEnoughCandles,
    SpecError,
    UnknownSymbol,
)
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.forecast.spec import Value
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.server.api.inputs import (
    Moment,
    SlotPath,
    SymbolPath,
    Truth,
    Version,
    Whole,
    limited,
)
from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.services import Services

_EXCHANGE = (MarketError, BadMarketData, ExchangeUnavailable, UnknownSymbol)


class CandlesQuery(Value):
    """Which candles; without a start the last ones before the end."""

    timeframe: Literal["1m", "5m", "15m", "30m", "1h", "4h", "1d"] = "1h"
    start: Moment = None
    """First open time; `next` of the page before."""
    end: Moment = None
    """First open time after the range; default: now."""
    limit: Whole = limited(5000, 500)
    """At most so many timeframes; candles may be missing among them."""
    offline: Truth = False
    """What the store has, without asking the exchange."""


class Candle(Value):
    """One closed bar; `time` is its open time in epoch milliseconds."""

    time: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class CandlesPage(Value):
    """Some candles by time, and the next page's start; null where there are no more."""

    symbol: str
    timeframe: str
    exchange: str
    items: tuple[Candle, ...]
    next: int | None


class SymbolsQuery(Value):
    """Which symbols."""

    query: Annotated[str, Field(max_length=20)] = ""
    """Letters that the symbol holds; those that begin with them come first."""
    limit: Whole = limited(5000, 100)


class Symbols(Value):
    """Symbols that trade on the exchange, and how many of them match."""

    exchange: str
    items: tuple[str, ...]
    matching: int


class ForecastQuery(Value):
    """Which version, and from which candles."""

    version: Version | None = None
    """Default: production."""
    offline: Truth = False
    """From the last stored candle, without asking the exchange."""


def candles(services: Services, path: SymbolPath, query: CandlesQuery) -> CandlesPage:
    """A range of closed candles, a page at a time."""
    start, stop, end = _range(query)
    try:
        frame = services.market.candles(
            path.symbol, query.timeframe, start, stop, offline=query.offline
        )
    except NotEnoughCandles:  # a gap as long as the page
        frame = pd.DataFrame(columns=["open", "high", "low", "close", "volume"])
    return CandlesPage(
        symbol=path.symbol, timeframe=query.timeframe, exchange=services.market.id,
        items=tuple(map(_candle, frame.index, frame.to_dict("records"))),
        next=epoch_ms(stop) if stop < end else None,
    )  # fmt: skip


def symbols(services: Services, query: SymbolsQuery) -> Symbols:
    """Symbols of the exchange that hold some letters."""
    wanted = query.query.upper().replace("/", "").replace("-", "")
    found = [symbol for symbol in services.market.symbols() if wanted in symbol]
    found.sort(key=lambda symbol: (not symbol.startswith(wanted), symbol))
    return Symbols(
        exchange=services.market.id, items=tuple(found[: query.limit]), matching=len(found)
    )


def forecast(services: Services, path: SlotPath, query: ForecastQuery) -> Forecast:
    """What a saved model says of the price, from the last closed candle."""
    return services.forecaster.forecast(
        path.symbol, path.model_type, query.version, offline=query.offline
    )


def _range(query: CandlesQuery) -> tuple[pd.Timestamp, pd.Timestamp, pd.Timestamp]:
    """First open time of the page, of the page after it, and of what lies after the range."""
    step = timeframe_delta(query.timeframe)
    now = pd.Timestamp.now("UTC").floor(step)
    end = now if query.end is None else min(now, query.end.ceil(step))
    try:
        start = end - query.limit * step if query.start is None else query.start.ceil(step)
    except (OverflowError, pd.errors.OutOfBoundsDatetime):
        raise SpecError("start lies before all time; choose a later one.", field="start") from None
    return start, min(end, start + query.limit * step), end


def _candle(time: Any, row: dict[Any, Any]) -> Candle:
    return Candle(time=epoch_ms(time), **row)


OPERATIONS = (
    Operation(
        "GET", "/candles/{symbol}", "getCandles",
        "Closed candles of a range, from the store and, where it lacks some, the exchange.",
        candles, CandlesPage, path_model=SymbolPath, query=CandlesQuery, errors=_EXCHANGE,
        lane="market",
    ),
    Operation(
        "GET", "/symbols", "listSymbols", "Symbols that trade on the exchange.",
        symbols, Symbols, query=SymbolsQuery, errors=_EXCHANGE, lane="market",
    ),
    Operation(
        "GET", "/forecasts/{symbol}/{modelType}", "getForecast",
        "The current forecast of a saved model.",
        forecast, Forecast, path_model=SlotPath, query=ForecastQuery, lane="market",
        errors=(*_EXCHANGE, ModelNotFound, ModelFileError, ModelMismatch, NotEnoughCandles),
    ),
)  # fmt: skip

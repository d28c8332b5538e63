"""Where the store keeps which candles: `{exchange}/{symbol}/{timeframe}/{period}.parquet`.

A period is a year, for minute candles a month: small enough that a range does not read
everything and one more candle does not rewrite much, large enough that files stay few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlwidgets.errors import SpecError, UnknownExchange
from mlwidgets.market.bars import Bars
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import MINUTES, timeframe_minutes

ABSENT = "absent"
"""Name, beside the periods, of the file that remembers what the exchange does not have."""

_EXCHANGE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PERIOD_FILE = re.compile(r"(\d{4}(?:-\d{2})?)\.parquet")


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One exchange's candles of one symbol and timeframe; build it with `series_of`."""

    exchange: str
    symbol: str
    timeframe: str

    def __str__(self) -> str:
        return f"{self.exchange} {self.symbol} {self.timeframe}"

    @property
    def folder(self) -> str:
        """Folder of the series' files, relative to the store's root."""
        return f"{self.exchange}/{self.symbol}/{self.timeframe}"

    @property
    def step(self) -> int:
        """Length of a candle in milliseconds."""
        return timeframe_minutes(self.timeframe) * 60_000

    def file(self, period: str) -> str:
        """Name of a period's file, relative to the store's root."""
        return f"{self.folder}/{period}.parquet"


def series_of(exchange: str, symbol: str, timeframe: str) -> Series:
    """The series of these names, once they are known to be safe in a path.

    Raises:
        UnknownExchange: the exchange is no ccxt id.
        SpecError: the symbol is none, or a derivative's.
        UnknownTimeframe: the timeframe is not known.

    >>> series_of("binance", "btc/usdt", "1h").folder
    'binance/BTCUSDT/1h'
    """
    if not isinstance(exchange, str) or not _EXCHANGE.fullmatch(exchange):
        raise UnknownExchange(
            f"{str(exchange)[:40]!r} is no exchange id; write ccxt's, e.g. 'binance'.",
            exchange=str(exchange),
        )
    if isinstance(symbol, str) and ":" in symbol:
        raise SpecError(
            f"{symbol[:40]!r} is a derivative; only spot candles are kept: drop the part from ':'.",
            field="symbol",
        )
    timeframe_minutes(timeframe)
    return Series(exchange, plain_symbol(symbol), timeframe)


def is_series(exchange: str, symbol: str, timeframe: str) -> bool:
    """Whether three folder names are a series' as this store writes them."""
    return (
        bool(_EXCHANGE.fullmatch(exchange))
        and bool(re.fullmatch(r"[A-Z0-9]{2,20}", symbol))
        and timeframe in MINUTES
    )


def periods_among(
    names: Iterable[str], series: Series, start: int | None, end: int | None
) -> tuple[str, ...]:
    """The periods, oldest first, that files of these names hold and [start, end) touches."""
    periods = sorted(match[1] for name in names if (match := _PERIOD_FILE.fullmatch(name)))
    first = None if start is None else period_of(series, start)
    last = None if end is None else period_of(series, end - 1)
    return tuple(
        p for p in periods if (first is None or p >= first) and (last is None or p <= last)
    )


def period_of(series: Series, time: int) -> str:
    """Name of the period that an open time in epoch milliseconds falls into."""
    return str(np.datetime64(time, "ms").astype(_period_unit(series)))


def by_period(series: Series, bars: Bars) -> Iterator[tuple[str, Bars]]:
    """Cut bars at the edges of periods."""
    if not len(bars):
        return
    periods: NDArray[np.int64] = (
        bars.times.view("M8[ms]").astype(_period_unit(series)).view(np.int64)
    )
    edges = np.flatnonzero(np.diff(periods)) + 1
    for first, last in zip([0, *edges.tolist()], [*edges.tolist(), len(bars)], strict=True):
        yield period_of(series, int(bars.times[first])), bars[first:last]


def _period_unit(series: Series) -> str:
    return "M8[M]" if series.timeframe == "1m" else "M8[Y]"

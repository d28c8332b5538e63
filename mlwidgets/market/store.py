"""The candle store: Parquet files for each exchange, symbol and timeframe."""

from __future__ import annotations

import os
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import pandas as pd

from mlwidgets.errors import SpecError
from mlwidgets.market.absences import missing_ranges, remember_absences
from mlwidgets.market.bars import Bars, bars_of, frame_of
from mlwidgets.market.candles import label_candles
from mlwidgets.market.dates import Instant, epoch_ms, from_epoch_ms, utc_timestamp
from mlwidgets.market.parquet import count_bars, decode_bars, decode_times, encode_bars
from mlwidgets.market.storage import storage_at
from mlwidgets.market.store_layout import (
    Series,
    by_period,
    is_series,
    periods_among,
    series_of,
)  # fmt: skip
from mlwidgets.market.store_rules import Changes, acceptable_candles, merged_or_refused

Range = tuple[pd.Timestamp, pd.Timestamp]
"""Open time of the first candle, and of the first one after the range."""

Ranges = list[Range]


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """What the store has of one series.

    Attributes:
        exchange: the exchange's id.
        symbol: the symbol without separators.
        timeframe: the candles' length.
        first: open time of the first candle.
        last: open time of the last one.
        candles: how many there are.
    """

    exchange: str
    symbol: str
    timeframe: str
    first: pd.Timestamp
    last: pd.Timestamp
    candles: int


Listing = list[StoredSeries]


def _utc_now() -> pd.Timestamp:
    return pd.Timestamp.now("UTC")


class CandleStore:
    """Closed candles on disk, safe with several readers and writers.

    In every method `exchange` is the exchange's id, `symbol` is as users write it and
    `timeframe` the candles' length; names that are none raise UnknownExchange, SpecError or
    UnknownTimeframe. A damaged file raises BadMarketData, which names it.

    Args:
        root: folder, or fsspec URL of an object store (`s3://bucket/candles`).
        clock: gives the current UTC time.

    >>> import tempfile
    >>> time = pd.DatetimeIndex(["2025-01-01 00:00"], tz="UTC", name="time")
    >>> bar = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 3.0}
    >>> store = CandleStore(tempfile.mkdtemp())
    >>> store.write("binance", "BTCUSDT", "1h", pd.DataFrame(bar, index=time))
    1
    >>> store.read("binance", "BTCUSDT", "1h").close.item()
    11.0
    """

    def __init__(
        self, root: str | os.PathLike[str], *, clock: Callable[[], pd.Timestamp] = _utc_now
    ) -> None:
        self._storage = storage_at(root)
        self._clock = clock

    def at(self, now: pd.Timestamp) -> CandleStore:
        """The same store at a time that an exchange tells, by which its candles are closed."""
        store = copy(self)
        store._clock = lambda: now
        return store

    def read(
        self,
        exchange: str,
        symbol: str,
        timeframe: str,
        start: Instant | None = None,
        end: Instant | None = None,
    ) -> pd.DataFrame:
        """The stored candles that open in [start, end); a side that is None is open.

        Returns:
            Canonical candles, labelled with the exchange's id as source; empty where nothing
            is stored.
        """
        series = series_of(exchange, symbol, timeframe)
        first = None if start is None else _ceil(utc_timestamp(start, "start"), series)
        last = None if end is None else _ceil(utc_timestamp(end, "end"), series)
        periods = self._periods(series, first, last)
        bars = decode_bars(self._storage, series, periods, first, last)
        return label_candles(
            frame_of(bars), symbol=series.symbol, timeframe=timeframe, source=exchange
        )

    def write(
        self,
        exchange: str,
        symbol: str,
        timeframe: str,
        candles: pd.DataFrame,
        *,
        replace: bool = False,
    ) -> int:
        """Add candles, wherever in time they belong: all of them or, on an error, none.

        Args:
            exchange: the exchange's id.
            symbol: as users write it.
            timeframe: the candles' length.
            candles: closed candles; those stored already with the same values are left alone.
            replace: let candles that differ from stored ones take their place.

        Returns:
            How many candles were added or replaced.

        Raises:
            CandleError: candles break the contract, are not closed, are labelled as another
                series', or differ from stored ones.
            BadMarketData: a file that they belong to is damaged.
            StorageError: the disk refused.
        """
        series = series_of(exchange, symbol, timeframe)
        bars = bars_of(acceptable_candles(candles, series, self._clock()))
        if not len(bars):
            return 0
        with self._storage.lock(series.folder):
            changes = self._changes(series, bars, replace=replace)
            if changes.periods:
                self._storage.write(
                    {series.file(p): encode_bars(series, p, b) for p, b in changes.periods.items()}
                )
        return changes.count

    def span(self, exchange: str, symbol: str, timeframe: str) -> Range | None:
        """Open times of the first and the last stored candle, or None where there is none."""
        stored = self._describe(series_of(exchange, symbol, timeframe))
        return (stored.first, stored.last) if stored else None

    def list(self) -> Listing:
        """What is stored, sorted by exchange, symbol and timeframe."""
        names = self._storage.names
        found = [
            Series(exchange, symbol, timeframe)
            for exchange in names("")
            for symbol in names(exchange)
            for timeframe in names(f"{exchange}/{symbol}")
            if is_series(exchange, symbol, timeframe)
        ]
        return [stored for series in sorted(found) if (stored := self._describe(series))]

    def missing(
        self, exchange: str, symbol: str, timeframe: str, start: Instant, end: Instant
    ) -> Ranges:
        """The ranges within [start, end) to fetch, oldest first, as long as can be.

        They hold neither stored candles nor absences that `remember_absent` was told of.
        """
        series = series_of(exchange, symbol, timeframe)
        first, last = _grid_range(series, start, end)
        ranges = missing_ranges(self._storage, series, first, last, self._clock())
        return [(from_epoch_ms(a), from_epoch_ms(b)) for a, b in ranges.tolist()]

    def remember_absent(
        self, exchange: str, symbol: str, timeframe: str, start: Instant, end: Instant
    ) -> None:
        """Remember that the exchange, asked for [start, end), has no more than is stored.

        Absences younger than a day are not remembered (exchanges fill them in after an
        outage), and all are forgotten after 30 days, so that a wrong one heals.

        Raises:
            StorageError: the disk refused.
        """
        series = series_of(exchange, symbol, timeframe)
        first, last = _grid_range(series, start, end)
        remember_absences(self._storage, series, first, last, self._clock())

    def _changes(self, series: Series, bars: Bars, *, replace: bool) -> Changes:
        arrivals = dict(by_period(series, bars))
        known = set(self._periods(series, None, None))
        stored = {
            period: decode_bars(self._storage, series, [period] if period in known else [])
            for period in arrivals
        }
        return merged_or_refused(series, stored, arrivals, replace=replace)

    def _periods(self, series: Series, start: int | None, end: int | None) -> tuple[str, ...]:
        return periods_among(self._storage.names(series.folder), series, start, end)

    def _describe(self, series: Series) -> StoredSeries | None:
        periods = self._periods(series, None, None)
        if not periods:
            return None
        return StoredSeries(
            series.exchange,
            series.symbol,
            series.timeframe,
            first=from_epoch_ms(int(decode_times(self._storage, series, periods[0])[0])),
            last=from_epoch_ms(int(decode_times(self._storage, series, periods[-1])[-1])),
            candles=sum(count_bars(self._storage, series, period) for period in periods),
        )


def _grid_range(series: Series, start: Instant, end: Instant) -> tuple[int, int]:
    first, last = utc_timestamp(start, "start"), utc_timestamp(end, "end")
    if last < first:
        raise SpecError(
            f"The range ends at {last}, before it starts at {first}; swap start and end.",
            field="end",
        )
    return _ceil(first, series), _ceil(last, series)


def _ceil(instant: pd.Timestamp, series: Series) -> int:
    return -(-epoch_ms(instant) // series.step) * series.step

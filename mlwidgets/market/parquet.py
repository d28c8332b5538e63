"""The store's Parquet files: how bars and absences are written, and what is refused on reading.

Plain pages with LZ4 and no dictionary decode fastest; a CRC on each page tells damage from
data; the footer says whose candles they are, so that a file moved elsewhere is not believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mlwidgets.errors import BadMarketData, StorageError
from mlwidgets.market.bars import Bars, between
from mlwidgets.market.candles import COLUMNS
from mlwidgets.market.storage import Storage
from mlwidgets.market.store_layout import ABSENT, Series

_FOOTER_KEY = b"mlwidgets"
_FORMAT = 1
_TIME = pa.timestamp("ms", "UTC")
_READERS = 4
_ABSENT_COLUMNS = ("start", "end", "asked")


def encode_bars(series: Series, period: str, bars: Bars) -> bytes:
    """The Parquet file of a period's bars."""
    columns = {"time": pa.array(bars.times).cast(_TIME)}
    columns.update(zip(COLUMNS, map(pa.array, bars.values), strict=True))
    return _encode(series, period, columns, times=["time"])


def decode_bars(
    storage: Storage,
    series: Series,
    periods: Sequence[str],
    start: int | None = None,
    end: int | None = None,
) -> Bars:
    """The bars of periods that follow one another, those that open in [start, end).

    Raises:
        BadMarketData: a file is damaged or another's.
        StorageError: the disk refused.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(_open(storage, series, period)) for period in periods]
        edges = np.cumsum([0, *(file.metadata.num_rows for file in files)]).tolist()
        bars = Bars(np.empty(edges[-1], np.int64), np.empty((len(COLUMNS), edges[-1])))

        # Each file is decoded straight into its place: held side by side, the tables of a
        # million candles would double the memory, and touching fresh memory is the slow part.
        def fill(number: int) -> None:
            with _blame(storage, series.file(periods[number])):
                _fill(bars, slice(edges[number], edges[number + 1]), files[number])

        with ThreadPoolExecutor(max_workers=_READERS) as readers:
            for _ in readers.map(fill, range(len(files))):
                pass
    return bars[between(bars.times, start, end)]


def decode_times(storage: Storage, series: Series, period: str) -> NDArray[np.int64]:
    """A period's open times, shape (N,), epoch milliseconds; raises like `decode_bars`."""
    with _open(storage, series, period) as file, _blame(storage, series.file(period)):
        return _increasing(file.read(columns=["time"]).column("time"))


def count_bars(storage: Storage, series: Series, period: str) -> int:
    """How many bars a period holds, from its footer alone; raises like `decode_bars`."""
    with _open(storage, series, period) as file:
        return int(file.metadata.num_rows)


def encode_absent(series: Series, absent: NDArray[np.int64]) -> bytes:
    """The Parquet file of absences, shape (K, 3): start, end and when asked, epoch ms."""
    columns = {
        name: pa.array(column).cast(_TIME)
        for name, column in zip(_ABSENT_COLUMNS, absent.T, strict=True)
    }
    return _encode(series, ABSENT, columns, times=list(_ABSENT_COLUMNS))


def decode_absent(storage: Storage, series: Series) -> NDArray[np.int64]:
    """The absences, shape (K, 3); raises like `decode_bars`."""
    with _open(storage, series, ABSENT) as file, _blame(storage, series.file(ABSENT)):
        table = file.read(columns=list(_ABSENT_COLUMNS))
        return np.stack([_int64(table.column(name)) for name in _ABSENT_COLUMNS], axis=1)


def _fill(bars: Bars, here: slice, file: pq.ParquetFile) -> None:
    table = file.read(columns=["time", *COLUMNS])
    bars.times[here] = _increasing(table.column("time"))
    for row, name in enumerate(COLUMNS):
        bars.values[row, here] = table.column(name).to_numpy()


def _encode(series: Series, period: str, columns: dict[str, pa.Array], times: list[str]) -> bytes:
    footer = {_FOOTER_KEY: json.dumps(_identity(series, period))}
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.table(columns).replace_schema_metadata(footer),
        sink,
        compression="lz4",
        use_dictionary=False,
        column_encoding=dict.fromkeys(times, "DELTA_BINARY_PACKED"),
        write_page_checksum=True,
    )
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _identity(series: Series, period: str) -> dict[str, str | int]:
    return {
        "format": _FORMAT,
        "exchange": series.exchange,
        "symbol": series.symbol,
        "timeframe": series.timeframe,
        "period": period,
    }


@contextmanager
def _open(storage: Storage, series: Series, period: str) -> Iterator[pq.ParquetFile]:
    name = series.file(period)
    with ExitStack() as stack:
        with _blame(storage, name):
            raw = stack.enter_context(storage.open(name))
            file = stack.enter_context(pq.ParquetFile(raw, page_checksum_verification=True))
            footer = (file.schema_arrow.metadata or {}).get(_FOOTER_KEY)
            if footer is None or json.loads(footer) != _identity(series, period):
                raise ValueError(f"its footer does not say {series} {period}, format {_FORMAT}")
        yield file


@contextmanager
def _blame(storage: Storage, name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno is None:  # pyarrow says OSError where a checksum or a page is wrong
            raise _damaged(storage, name, error) from error
        raise StorageError(
            f"The candle file {storage.locate(name)} cannot be read: {error.strerror}.",
            file=storage.locate(name),
        ) from error
    except (pa.ArrowException, ValueError, KeyError) as error:
        raise _damaged(storage, name, error) from error


def _damaged(storage: Storage, name: str, error: Exception) -> BadMarketData:
    reason = str(error).split("\n", 1)[0].rstrip(".")
    return BadMarketData(
        f"The candle file {storage.locate(name)} is damaged or not this store's ({reason}); "
        "move it away and load again to fetch its candles anew.",
        file=storage.locate(name),
    )


def _increasing(column: pa.ChunkedArray) -> NDArray[np.int64]:
    times = _int64(column)
    if (np.diff(times) <= 0).any():
        raise ValueError("its times do not increase")
    return times


def _int64(column: pa.ChunkedArray) -> NDArray[np.int64]:
    values: NDArray[np.int64] = column.cast(pa.int64()).to_numpy()
    return values

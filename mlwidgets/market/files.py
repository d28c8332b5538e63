"""Candles out of files: this project's CSV, Binance Vision's, Parquet, freqtrade's feather."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from mlwidgets.errors import BadMarketData, CandleError, SpecError
from mlwidgets.market.candles import COLUMNS, SIMULATED, label_candles, validate_candles
from mlwidgets.market.file_formats import TableOf, read_table, stored_label
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import MINUTES, timeframe_delta, timeframe_minutes

_TIME_NAMES = ("timestamp", "time", "date", "datetime", "open_time", "open time", "opentime")
_FILE_NAME = re.compile(
    rf"(?P<symbol>[A-Za-z0-9]+(?:_[A-Za-z0-9]+)?)[-_](?P<timeframe>{'|'.join(MINUTES)})(?:[-_.].*)?"
)
_EARLIEST = pd.Timestamp("2000-01-01", tz="UTC").value // 1_000_000
"""Epoch milliseconds before which no candle is believed; seconds look like 1970."""


def read_candles(
    path: str | os.PathLike[str], *, symbol: str | None = None, timeframe: str | None = None
) -> pd.DataFrame:
    """Read candles from a CSV, CSV.gz, zipped CSV, Parquet or feather file.

    Understood are files with a header (`timestamp,open,high,low,close,volume`, times in epoch
    milliseconds or ISO text, naive meaning UTC), Binance Vision's without one (milliseconds or,
    from 2025 on, microseconds) and freqtrade's feather (column `date`).

    Args:
        path: the file.
        symbol: what the candles are of; default: from a name like `BTCUSDT_1h.csv.gz`,
            `BTCUSDT-1h-2024-01.zip` or `BTC_USDT-1h.feather`, else unknown.
        timeframe: the candles' length; default: from the name, else the smallest step.

    Returns:
        Canonical candles; `attrs` hold symbol (None where unknown), timeframe and, as source,
        the file's name.

    Raises:
        BadMarketData: no such file, unreadable, columns missing, times that make no sense.
        CandleError: the candles break the contract; names the file and the first bad rows.
        SpecError: the symbol is none.
        UnknownTimeframe: the timeframe is not known.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "BTCUSDT-1h-2025-01.csv"
    >>> _ = file.write_text("1735689600000000,10,12,9,11,3\\n")
    >>> read_candles(file).attrs
    {'symbol': 'BTCUSDT', 'timeframe': '1h', 'source': 'BTCUSDT-1h-2025-01.csv'}
    """
    path = Path(path)
    if timeframe is not None:
        timeframe_minutes(timeframe)
    label = None if symbol is None else plain_symbol(symbol)
    table = read_table(path)
    frame = _frame(table, path)
    named_symbol, named_timeframe = _from_name(path.name)
    length = timeframe or _length(frame, named_timeframe, path)
    try:
        candles = validate_candles(frame, length)
    except CandleError as error:
        raise CandleError(f"{path.name}: {error.message}", **error.details) from None
    simulated = stored_label(table).get("source") == SIMULATED
    return label_candles(
        candles,
        symbol=label or named_symbol,
        timeframe=length,
        source=SIMULATED if simulated else path.name,
    )


def _from_name(name: str) -> tuple[str | None, str | None]:
    """Symbol and timeframe that a file's name tells."""
    match = _FILE_NAME.fullmatch(name)
    if match is None:
        return None, None
    try:
        return plain_symbol(match["symbol"]), match["timeframe"]
    except SpecError:
        return None, match["timeframe"]


def _frame(table: TableOf, path: Path) -> pd.DataFrame:
    """The table's candle columns, indexed by time."""
    names = {str(name).strip().lower(): name for name in table.column_names}
    time = next((names[name] for name in _TIME_NAMES if name in names), None)
    missing = [] if time is not None else ["timestamp"]
    missing += [name for name in COLUMNS if name not in names]
    if missing:
        raise BadMarketData(
            f"{path} lacks the column(s) {', '.join(missing)}; it has "
            f"{', '.join(map(str, table.column_names)) or 'none'}.",
            file=str(path), missing=missing,
        )  # fmt: skip
    if table.num_rows == 0:
        raise BadMarketData(f"{path} holds no candles; download it again.", file=str(path))
    columns = {name: table.column(names[name]).to_pandas() for name in COLUMNS}
    return pd.DataFrame(columns).set_axis(_times(table.column(time), str(time), path), axis=0)


def _times(column: pa.ChunkedArray, name: str, path: Path) -> pd.DatetimeIndex:
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return _epoch_times(column, name, path)
    try:
        times = pd.DatetimeIndex(pd.to_datetime(column.to_pandas(), utc=True))
    except (ValueError, TypeError, OverflowError) as error:
        raise BadMarketData(
            f"Column {name!r} of {path} holds no times ({error}); use epoch milliseconds.",
            file=str(path),
        ) from None
    return times.rename("time")


def _epoch_times(column: pa.ChunkedArray, name: str, path: Path) -> pd.DatetimeIndex:
    numbers = column.to_numpy()
    if column.null_count or not np.isfinite(numbers).all() or (numbers % 1 != 0).any():
        raise BadMarketData(
            f"Column {name!r} of {path} has rows without a time; download it again.",
            file=str(path),
        )
    epoch = numbers.astype(np.int64)
    # A year in microseconds is beyond the year 30000 in milliseconds; files put together from
    # several of Binance's hold both.
    micro = np.where(np.abs(epoch) >= _EARLIEST * 1000, epoch, epoch * 1000)
    wrong = (micro < _EARLIEST * 1000) | (micro >= _EARLIEST * 1_000_000)
    if wrong.any():
        value = int(epoch[wrong][0])
        unit = "seconds; multiply it by 1000" if 0 < value < _EARLIEST else "another unit"
        raise BadMarketData(
            f"Column {name!r} of {path} holds {value}, which is no time in epoch milliseconds or "
            f"microseconds: it looks like {unit}.",
            file=str(path), value=value,
        )  # fmt: skip
    return pd.DatetimeIndex(micro.view("M8[us]"), name="time").tz_localize("UTC")


def _length(frame: pd.DataFrame, named: str | None, path: Path) -> str:
    """The candles' length: what the name says if the candles agree, else their smallest step."""
    steps = np.diff(pd.DatetimeIndex(frame.index).as_unit("ns").asi8)
    smallest = pd.Timedelta(int(steps[steps > 0].min())) if (steps > 0).any() else None
    if named is not None:
        if smallest is not None and len(frame) > 2 and smallest > timeframe_delta(named):
            raise BadMarketData(
                f"{path} is named {named}, but its candles are {smallest} apart; "
                "rename it or pass timeframe=.",
                file=str(path),
            )
        return named
    found = next((name for name in MINUTES if smallest == timeframe_delta(name)), None)
    if found is None:
        raise BadMarketData(
            f"The timeframe of {path} cannot be told: its smallest step is {smallest}. "
            f"Pass timeframe= as one of {', '.join(MINUTES)}.",
            file=str(path),
        )
    return found

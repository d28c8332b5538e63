"""Tables out of candle files, whoever wrote them: CSV, zipped CSV, Parquet, feather."""

from __future__ import annotations

import gzip
import json
import zipfile
import zlib
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from mlwidgets.errors import BadMarketData

BINANCE_COLUMNS = (
    "timestamp", "open", "high", "low", "close", "volume",
    "close_time", "quote_volume", "trades", "taker_base", "taker_quote", "ignore",
)  # fmt: skip
"""The columns of Binance Vision's kline files, which have no header."""

SUFFIXES = (".csv", ".csv.gz", ".zip", ".parquet", ".feather")
"""The file types that can be read."""

TableOf: TypeAlias = "pa.Table"


def read_table(path: Path) -> TableOf:
    """A file's content as an Arrow table, columns as the file names them.

    Raises:
        BadMarketData: no such file, another type, truncated or damaged.
    """
    name = path.name.lower()
    try:
        if name.endswith(".parquet"):
            import pyarrow.parquet as pq

            with path.open("rb") as file:
                return pq.read_table(file)
        if name.endswith(".feather"):
            import pyarrow.feather

            with path.open("rb") as file:
                return pyarrow.feather.read_table(file)
        if name.endswith((".csv", ".csv.gz", ".zip")):
            return _csv_table(_csv_bytes(path), path)
    except OSError as error:
        raise _unreadable(path, error) from error
    except (pa.ArrowException, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
        raise _damaged(path, error) from error
    raise BadMarketData(
        f"{path} is no candle file that can be read; use one of {', '.join(SUFFIXES)}.",
        file=str(path),
    )


def stored_label(table: TableOf) -> dict[str, object]:
    """The labels (`DataFrame.attrs`) that pandas wrote into a Parquet file, if any."""
    try:
        attrs = json.loads((table.schema.metadata or {}).get(b"PANDAS_ATTRS", b"{}"))
    except ValueError:
        return {}
    return attrs if isinstance(attrs, dict) else {}


def _csv_bytes(path: Path) -> bytes:
    name = path.name.lower()
    if name.endswith(".gz"):
        # Python's gzip checks the trailer; Arrow's takes a truncated file for a short one.
        with gzip.open(path) as file:
            return file.read()
    if not name.endswith(".zip"):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        inside = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        if len(inside) != 1:
            raise BadMarketData(
                f"{path} holds {len(inside)} CSV files instead of one; unpack it and read one.",
                file=str(path),
            )
        return archive.read(inside[0])


def _csv_table(data: bytes, path: Path) -> TableOf:
    import pyarrow.csv

    first_line = data.lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0].strip()
    if not first_line:
        raise BadMarketData(f"{path} is empty; download it again.", file=str(path))
    cells = first_line.decode("utf-8", "replace").split(",")
    return pyarrow.csv.read_csv(
        pa.BufferReader(data),
        read_options=pyarrow.csv.ReadOptions(column_names=_names_without_header(cells, path)),
    )


def _names_without_header(cells: list[str], path: Path) -> list[str] | None:
    """Column names where the first line is a candle, None where it is the header."""
    try:
        float(cells[0])
    except ValueError:
        return None
    if len(cells) in (6, len(BINANCE_COLUMNS)):
        return list(BINANCE_COLUMNS[: len(cells)])
    raise BadMarketData(
        f"{path} has no header and {len(cells)} columns; Binance's files have 12. "
        "Add the header timestamp,open,high,low,close,volume.",
        file=str(path),
    )


def _unreadable(path: Path, error: OSError) -> BadMarketData:
    if isinstance(error, FileNotFoundError):
        return BadMarketData(
            f"There is no file {path}; check the name and the folder ({Path.cwd()}).",
            file=str(path),
        )
    if error.errno is None:  # pyarrow and gzip report damage as an OSError without a number
        return _damaged(path, error)
    return BadMarketData(f"{path} cannot be read: {error.strerror}.", file=str(path))


def _damaged(path: Path, error: Exception) -> BadMarketData:
    reason = str(error).split("\n", 1)[0].rstrip(".")
    return BadMarketData(
        f"{path} is truncated, damaged or not what its name says ({reason}); download it again.",
        file=str(path),
    )

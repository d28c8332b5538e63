"""The candles that a loopback exchange serves, as far as its clock has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mlwidgets.errors import BadMarketData
from mlwidgets.market.candles import COLUMNS, validate_candles
from mlwidgets.market.files import read_candles
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import MINUTES, timeframe_minutes

_SUFFIX = ".csv.gz"


@dataclass(frozen=True)
class Bars:
    """Candles as arrays.

    Attributes:
        times: (N,) int64 open times, epoch milliseconds.
        values: (N, 5) float64 open, high, low, close, volume.
        step: the candles' length in milliseconds.
    """

    times: np.ndarray
    values: np.ndarray
    step: int

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, rows: slice) -> Bars:
        return Bars(self.times[rows], self.values[rows], self.step)

    def until(self, now: int) -> Bars:
        """The bars that exist at `now` (epoch ms), the one that contains it unfinished."""
        seen = self[: int(np.searchsorted(self.times, now, side="right"))]
        passed = (now - int(seen.times[-1])) / self.step if len(seen) else 1.0
        if passed >= 1.0:
            return seen
        partial = unfinished(seen.values[-1], passed)
        return Bars(seen.times, np.vstack([seen.values[:-1], partial]), self.step)


class History:
    """Candles by symbol and timeframe; a timeframe that is not given is built from a finer one.

    Args:
        candles: frames by (symbol, timeframe), or a folder of `SYMBOL_TIMEFRAME.csv.gz`
            files, read when asked for.
    """

    def __init__(self, candles: Mapping[tuple[str, str], pd.DataFrame] | Path) -> None:
        self._given: dict[tuple[str, str], pd.DataFrame | Path]
        if isinstance(candles, Path):
            self._given = {_key(*_parts(path)): path for path in _files(candles)}
        else:
            self._given = {_key(*key): frame for key, frame in candles.items()}
        self._bars: dict[tuple[str, str], Bars] = {}
        self.symbols: list[str] = sorted({symbol for symbol, _ in self._given})

    def bars(self, symbol: str, timeframe: str) -> Bars:
        """All bars of a symbol, also those the clock has not reached; none where unknown."""
        key = (symbol, timeframe)
        if key not in self._bars:
            self._bars[key] = _to_bars(self._frame(symbol, timeframe), timeframe)
        return self._bars[key]

    def _frame(self, symbol: str, timeframe: str) -> pd.DataFrame:
        finer = [
            name for name in MINUTES
            if (symbol, name) in self._given and MINUTES[timeframe] % MINUTES[name] == 0
        ]  # fmt: skip
        if not finer:
            return pd.DataFrame(columns=list(COLUMNS), index=pd.DatetimeIndex([], tz="UTC"))
        nearest = max(finer, key=timeframe_minutes)
        frame = _read(self._given[symbol, nearest], nearest)
        return frame if nearest == timeframe else resample(frame, timeframe)


def resample(candles: pd.DataFrame, timeframe: str) -> pd.DataFrame:
    """Join finer candles into candles of `timeframe`; stretches without any stay gaps."""
    how = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    rule = pd.Timedelta(minutes=timeframe_minutes(timeframe))
    joined: pd.DataFrame = candles.resample(rule, origin="epoch").agg(how)
    return joined.dropna(subset="open")


def unfinished(bar: np.ndarray, passed: float) -> np.ndarray:
    """What a bar looks like when a part of its time has passed.

    The price is taken to walk straight from the open to the extreme against the bar's
    direction, to the other extreme, to the close; volume grows evenly.

    Args:
        bar: (5,) open, high, low, close, volume of the finished bar.
        passed: the part of its time that has passed, 0 to 1.

    Returns:
        (5,) the unfinished bar.

    >>> unfinished(np.array([10.0, 16.0, 8.0, 12.0, 6.0]), 0.5).tolist()
    [10.0, 12.0, 8.0, 12.0, 3.0]
    """
    open_, high, low, close, volume = bar.tolist()
    turns = [low, high] if close >= open_ else [high, low]
    corners = np.array([0.0, 1 / 3, 2 / 3, 1.0])
    path = np.array([open_, *turns, close])
    price = float(np.interp(passed, corners, path))
    seen = np.append(path[corners <= passed], price)
    return np.array([open_, seen.max(), seen.min(), price, volume * passed])


def _files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.glob(f"*_*{_SUFFIX}") if _parts(path)[1] in MINUTES)
    if not found:
        raise BadMarketData(
            f"{folder} holds no candle files; they are named like BTCUSDT_1h{_SUFFIX}.",
            folder=str(folder),
        )  # fmt: skip
    return found


def _parts(path: Path) -> tuple[str, str]:
    symbol, _, timeframe = path.name.removesuffix(_SUFFIX).rpartition("_")
    return symbol, timeframe


def _key(symbol: str, timeframe: str) -> tuple[str, str]:
    timeframe_minutes(timeframe)
    return plain_symbol(symbol), timeframe


def _read(given: pd.DataFrame | Path, timeframe: str) -> pd.DataFrame:
    if isinstance(given, pd.DataFrame):
        return validate_candles(given, timeframe)
    return read_candles(given, timeframe=timeframe)


def _to_bars(frame: pd.DataFrame, timeframe: str) -> Bars:
    times = pd.DatetimeIndex(frame.index).as_unit("ms").asi8
    return Bars(times, frame.to_numpy(dtype=np.float64), timeframe_minutes(timeframe) * 60_000)

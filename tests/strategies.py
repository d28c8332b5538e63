"""Hypothesis strategies for candles: valid ones with gaps, and the ways in which they break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from mlwidgets.market.candles import COLUMNS
from mlwidgets.market.timeframes import timeframe_delta

EPOCH = pd.Timestamp("2023-12-30", tz="UTC")
"""Where drawn candles start; a year's edge is near."""

SPAN = pd.Timedelta(days=700)
"""How far drawn candles reach at most, up to 200 of them."""


def candles_at(times: pd.DatetimeIndex, *, seed: int = 0) -> pd.DataFrame:
    """A valid random walk at these open times, in canonical form; the same for the same seed."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, len(times))))
    open_ = np.concatenate([[100.0], close[:-1]])[: len(times)]
    high = np.maximum(open_, close) * (1 + random.uniform(0, 0.01, len(times)))
    low = np.minimum(open_, close) * (1 - random.uniform(0, 0.01, len(times)))
    values = np.stack([open_, high, low, close, random.uniform(0, 1e6, len(times))], axis=1)
    return pd.DataFrame(values, index=times.as_unit("ms").rename("time"), columns=list(COLUMNS))


def regular_candles(
    start: str, periods: int, timeframe: str = "1h", *, seed: int = 0
) -> pd.DataFrame:
    """Valid candles without a gap."""
    step = timeframe_delta(timeframe)
    times = pd.date_range(start, periods=periods, freq=step, tz="UTC", unit="ms")
    return candles_at(pd.DatetimeIndex(times.to_numpy(), tz="UTC"), seed=seed)


@st.composite
def candle_frames(
    draw: st.DrawFn,
    timeframe: str = "1h",
    *,
    min_size: int = 1,
    max_size: int = 60,
    gaps: bool = True,
) -> pd.DataFrame:
    """Valid canonical candles of a timeframe, with short and long gaps, before 2026."""
    size = draw(st.integers(min_size, max_size))
    longest = max(3, SPAN // timeframe_delta(timeframe) // max_size)
    longest = draw(st.sampled_from([1, 3, longest])) if gaps else 1
    steps = draw(st.lists(st.integers(1, longest), min_size=size, max_size=size))
    times = EPOCH + timeframe_delta(timeframe) * np.cumsum(steps)
    return candles_at(pd.DatetimeIndex(times), seed=draw(st.integers(0, 2**16)))


@dataclass(frozen=True)
class Breakage:
    """A way to break a candle, and what the error says of it."""

    name: str
    message: str
    apply: Callable[[pd.DataFrame, int], pd.DataFrame]

    def __repr__(self) -> str:
        return self.name


def _set(column: str, value: float) -> Callable[[pd.DataFrame, int], pd.DataFrame]:
    def change(candles: pd.DataFrame, row: int) -> pd.DataFrame:
        changed = candles.copy()
        changed.iloc[row, COLUMNS.index(column)] = value
        return changed

    return change


def _shift_time(candles: pd.DataFrame, row: int) -> pd.DataFrame:
    times = candles.index.to_series()
    times.iloc[row] += pd.Timedelta(seconds=1)
    return candles.set_axis(pd.DatetimeIndex(times, name="time"))


def _repeat(candles: pd.DataFrame, row: int) -> pd.DataFrame:
    rows = [*range(row + 1), *range(row, len(candles))]
    return candles.iloc[rows]


def _swap(candles: pd.DataFrame, row: int) -> pd.DataFrame:
    rows = list(range(len(candles)))
    rows[row], rows[row - 1] = rows[row - 1], rows[row]
    return candles.iloc[rows]


BREAKAGES = (
    Breakage("nan_close", "NaN or infinite", _set("close", np.nan)),
    Breakage("infinite_volume", "NaN or infinite", _set("volume", np.inf)),
    Breakage("negative_volume", "negative volume", _set("volume", -1.0)),
    Breakage("zero_low", "price that is not positive", _set("low", 0.0)),
    Breakage("negative_price", "price that is not positive", _set("open", -3.0)),
    Breakage("high_too_low", "high below open or close", _set("high", 1e-9)),
    Breakage("low_too_high", "low above open or close", _set("low", 1e9)),
    Breakage("time_off_grid", "off the", _shift_time),
    Breakage("repeated_time", "repeat the time", _repeat),
    Breakage("unsorted", "go back in time", _swap),
)
"""Breakages that apply to any row but the first of a frame of at least two candles."""


@st.composite
def broken_candles(
    draw: st.DrawFn, timeframe: str = "1h", *, max_size: int = 30
) -> tuple[pd.DataFrame, int, Breakage]:
    """Candles with one broken row, that row's number and how it is broken."""
    candles = draw(candle_frames(timeframe, min_size=2, max_size=max_size))
    row = draw(st.integers(1, len(candles) - 1))
    breakage = draw(st.sampled_from(BREAKAGES))
    return breakage.apply(candles, row), row, breakage

"""The causal series that features are built from: returns, volatility, volume, runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mlwidgets.market.timeframes import timeframe_delta

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

FAST_SPAN = 48
"""Span, in candles, of the volatility that returns are scaled by."""

SLOW_SPAN = 168
"""Span, in candles, of the slow levels of volatility and volume; also the warm-up."""

_FLOOR = 1e-6


@dataclass(frozen=True)
class CandleSeries:
    """Candles with the causal series that several features share.

    The value at row t depends on rows up to t only. A return across a gap is NaN and is
    left out of the averages, so that slow levels live through a gap.

    Args:
        candles: canonical candles, n rows.
        timeframe: their length.
    """

    candles: pd.DataFrame
    timeframe: str

    def column(self, name: str) -> FloatArray:
        """One column of the candles, shape (n,)."""
        return self.candles[name].to_numpy(dtype=np.float64)

    @cached_property
    def time(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Open times, epoch ms, shape (n,)."""
        return np.asarray(pd.DatetimeIndex(self.candles.index).as_unit("ms").asi8)

    @cached_property
    def run(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """How many candles without a gap end at each row, itself included, shape (n,)."""
        times = self.time
        step = timeframe_delta(self.timeframe) // pd.Timedelta(milliseconds=1)
        row = np.arange(len(times))
        starts = np.where(np.diff(times, prepend=times[:1] - 2 * step) != step, row, 0)
        return row - np.maximum.accumulate(starts) + 1

    @cached_property
    def log_close(self) -> FloatArray:
        """Log of the close, shape (n,)."""
        return np.log(self.column("close"))

    @cached_property
    def log_return(self) -> FloatArray:
        """Log return since the candle before, NaN after a gap, shape (n,)."""
        return self.log_return_over(1)

    def log_return_over(self, candles: int) -> FloatArray:
        """Log return over the last `candles` candles, NaN where a gap lies between, shape (n,)."""
        change = np.full(len(self.candles), np.nan)
        change[candles:] = self.log_close[candles:] - self.log_close[:-candles]
        change[self.run <= candles] = np.nan
        return change

    @cached_property
    def log_range(self) -> FloatArray:
        """Log of high over low, shape (n,)."""
        return np.log(self.column("high") / self.column("low"))

    @cached_property
    def volatility(self) -> FloatArray:
        """Fast volatility: standard deviation of a one-candle log return, shape (n,)."""
        return self._volatility(FAST_SPAN)

    @cached_property
    def slow_volatility(self) -> FloatArray:
        """Slow volatility: the same over `SLOW_SPAN`, shape (n,)."""
        return self._volatility(SLOW_SPAN)

    @cached_property
    def relative_volume(self) -> FloatArray:
        """Log of the volume over its slow average, shape (n,)."""
        volume = self.column("volume")
        level = ewm_mean(volume, SLOW_SPAN)
        return np.log((volume + _FLOOR * level + 1e-12) / (level + 1e-12))

    @cached_property
    def close_location(self) -> FloatArray:
        """Where the close lies in the candle's range: -1 at the low, 1 at the high, shape (n,)."""
        high, low = self.column("high"), self.column("low")
        spread = high - low
        middle = np.where(spread > 0, 2 * self.column("close") - high - low, 0.0)
        return np.divide(middle, spread, out=np.zeros_like(spread), where=spread > 0)

    def _volatility(self, span: int) -> FloatArray:
        return np.sqrt(ewm_mean(self.log_return**2, span) + _FLOOR**2)


def ewm_mean(values: FloatArray, span: int) -> FloatArray:
    """Exponentially weighted mean of values up to each row; NaN values are left out.

    Args:
        values: shape (n,).
        span: as in `pandas.Series.ewm`.

    Returns:
        Shape (n,); 0 before the first value that is there.
    """
    mean = pd.Series(values).ewm(span=span, ignore_na=True).mean().to_numpy(dtype=np.float64)
    return np.asarray(np.nan_to_num(mean, nan=0.0), dtype=np.float64)

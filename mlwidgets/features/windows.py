"""Samples for a network: feature windows as views over one tensor, and their targets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from mlwidgets.errors import NotEnoughCandles
from mlwidgets.features.registry import LOOKBACK, WARM_UP, feature_values
from mlwidgets.features.series import CandleSeries, FloatArray

if TYPE_CHECKING:
    import torch

IntArray = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Samples:
    """Everything that training and forecasting need of n candles, one row a candle.

    Attributes:
        time: open times, shape (n,), epoch ms.
        close: closes, shape (n,).
        features: shape (n, features), NaN rows where they lack candles.
        volatility: standard deviation of a one-candle log return, shape (n,).
        run: candles without a gap that end at each row, shape (n,).
        target: log return from the row's close to the close `steps` candles later,
            shape (n,); NaN where that candle is not there or a gap lies between.
        steps: the horizon in candles.
    """

    time: IntArray
    close: FloatArray
    features: FloatArray
    volatility: FloatArray
    run: IntArray
    target: FloatArray
    steps: int

    @classmethod
    def build(cls, candles: pd.DataFrame, timeframe: str, steps: int) -> Self:
        """Compute features and targets of canonical candles.

        Args:
            candles: canonical candles, n rows.
            timeframe: their length.
            steps: the horizon in candles.
        """
        return cls.of(CandleSeries(candles, timeframe), steps)

    @classmethod
    def of(cls, series: CandleSeries, steps: int) -> Self:
        """Compute features and targets of a series, for a horizon of `steps` candles."""
        return cls(
            time=series.time,
            close=series.column("close"),
            features=feature_values(series),
            volatility=series.volatility,
            run=series.run,
            target=returns_ahead(series, steps),
            steps=steps,
        )

    def __len__(self) -> int:
        return len(self.time)

    @cached_property
    def _clean_rows(self) -> IntArray:
        """Rows with features that end at each row without a break, shape (n,)."""
        good = np.isfinite(self.features).all(axis=1)
        row = np.arange(len(self))
        last_bad = np.maximum.accumulate(np.where(good, -1, row))
        return np.minimum(row - last_bad, self.run)

    def origins(self, sequence_length: int) -> IntArray:
        """Rows that a forecast may start from: a whole window of features ends there."""
        return np.flatnonzero(self._clean_rows >= sequence_length)

    def labelled_origins(self, sequence_length: int) -> IntArray:
        """Origins whose target is known."""
        rows = self.origins(sequence_length)
        return rows[np.isfinite(self.target[rows])]

    @property
    def horizon_volatility(self) -> FloatArray:
        """Standard deviation of a log return over the horizon, shape (n,)."""
        return np.asarray(self.volatility * np.sqrt(self.steps))

    @property
    def scaled_target(self) -> FloatArray:
        """Targets in units of the horizon's volatility at the origin, shape (n,)."""
        return np.asarray(self.target / self.horizon_volatility)


def returns_ahead(series: CandleSeries, steps: int) -> FloatArray:
    """Log return from each row's close to the close `steps` candles later.

    Returns:
        Shape (n,); NaN where that candle is not there or a gap lies between.
    """
    ahead = np.full(len(series.candles), np.nan)
    if len(ahead) > steps:
        ahead[:-steps] = series.log_return_over(steps)[steps:]
    return ahead


def candles_needed(sequence_length: int) -> int:
    """Candles that one forecast needs at least: warm-up or look-back, and the window."""
    return max(WARM_UP, LOOKBACK) + sequence_length


def require_origins(rows: IntArray, candles: int, sequence_length: int, steps: int = 0) -> None:
    """Refuse candles in which no whole window fits, with a target `steps` candles later.

    Raises:
        NotEnoughCandles: `rows` is empty.
    """
    if len(rows) == 0:
        needed = candles_needed(sequence_length) + steps
        target = f" and a target {steps} candles later" if steps else ""
        raise NotEnoughCandles(
            f"{candles} candles hold no window of {sequence_length} candles after the warm-up"
            f"{target}; give at least {needed} candles without a gap at the end.",
            candles=candles, needed=needed,
        )  # fmt: skip


def windows(scaled: torch.Tensor, sequence_length: int) -> torch.Tensor:
    """All windows of a feature tensor as one view, nothing copied.

    Args:
        scaled: shape (n, features).
        sequence_length: candles a window.

    Returns:
        View of shape (n - sequence_length + 1, features, sequence_length); window i ends at
        row i + sequence_length - 1.
    """
    return scaled.unfold(0, sequence_length, 1)

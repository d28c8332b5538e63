"""The features that models see: one registry, each causal, with a fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlwidgets.features.series import SLOW_SPAN, CandleSeries, FloatArray

VERSION = 1
"""Raised whenever the numbers that a feature gives for the same candles change."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One causal feature.

    Attributes:
        name: unique name.
        lookback: candles without a gap that must lie before a row for its value to count.
        compute: series of n candles to values of shape (n,); the value at row t depends on
            rows up to t only.
    """

    name: str
    lookback: int
    compute: Callable[[CandleSeries], FloatArray]


def _scaled_return(span: int) -> Feature:
    def compute(series: CandleSeries) -> FloatArray:
        return np.asarray(series.log_return_over(span) / (series.volatility * np.sqrt(span)))

    return Feature(f"return_{span}", span, compute)


def _rsi(series: CandleSeries) -> FloatArray:
    import talib

    close = series.column("close")
    if len(close) <= 14:
        return np.zeros_like(close)
    rsi = np.nan_to_num(talib.RSI(close, timeperiod=14), nan=50.0)
    # TA-Lib calls a price that stands still oversold.
    still = (rsi == 0) & (series.log_return_over(14) == 0)
    return np.where(still, 50.0, rsi) / 50.0 - 1.0


def _cycle(
    name: str, minutes: int, wave: Callable[[FloatArray], FloatArray], origin: int = 0
) -> Feature:
    def compute(series: CandleSeries) -> FloatArray:
        times = series.time / 60_000.0
        return wave(2 * np.pi * ((times - origin) % minutes) / minutes)

    return Feature(name, 0, compute)


_DAY, _WEEK = 1440, 10_080

FEATURES: tuple[Feature, ...] = (
    *(_scaled_return(span) for span in (1, 3, 6, 12, 24)),
    Feature("range", 0, lambda s: s.log_range / s.volatility),
    Feature("close_location", 0, lambda s: s.close_location),
    Feature("volume", 0, lambda s: s.relative_volume),
    Feature(
        "signed_volume", 0, lambda s: s.close_location * np.exp(np.minimum(s.relative_volume, 3.0))
    ),
    Feature("volatility_change", 0, lambda s: np.log(s.volatility / s.slow_volatility)),
    Feature("volatility_level", 0, lambda s: np.log(s.slow_volatility)),
    Feature("rsi_14", 14, _rsi),
    _cycle("day_sin", _DAY, np.sin),
    _cycle("day_cos", _DAY, np.cos),
    _cycle("week_sin", _WEEK, np.sin),
    _cycle("week_cos", _WEEK, np.cos),
)
"""Every feature, in the order of the model's input columns."""

LOOKBACK = max(feature.lookback for feature in FEATURES)
"""Candles without a gap that a row of features needs before it."""

WARM_UP = SLOW_SPAN
"""Rows at the start of a frame whose slow averages do not count yet."""


def feature_names() -> list[str]:
    """Names of the features, in column order."""
    return [feature.name for feature in FEATURES]


def compute_features(candles: pd.DataFrame, timeframe: str) -> pd.DataFrame:
    """Compute every feature at every candle.

    Causal: candles added later change no earlier row.

    Args:
        candles: canonical candles, n rows.
        timeframe: their length.

    Returns:
        float64 frame of shape (n, features) on the candles' index; a row is NaN as a whole
        where a feature lacks candles: in the warm-up and shortly after a gap.

    >>> import pandas as pd
    >>> time = pd.date_range("2025-01-01", periods=200, freq="h", tz="UTC", name="time")
    >>> bar = {"open": 1.0, "high": 1.0, "low": 1.0, "close": 1.0, "volume": 1.0}
    >>> bars = pd.DataFrame(bar, index=time)
    >>> features = compute_features(bars, "1h")
    >>> int(features.isna().any(axis=1).sum()), features["return_1"].iloc[-1].item()
    (168, 0.0)
    """
    values = feature_values(CandleSeries(candles, timeframe))
    return pd.DataFrame(values, index=candles.index, columns=feature_names())


def feature_values(series: CandleSeries) -> FloatArray:
    """The numbers of `compute_features`, shape (n, features)."""
    values = np.column_stack([feature.compute(series) for feature in FEATURES])
    values[series.run <= LOOKBACK] = np.nan
    values[:WARM_UP] = np.nan
    return values


def features_fingerprint() -> str:
    """SHA-256 of the features' names, lookbacks and version: what a model was trained on."""
    parts = [f"version {VERSION}", f"warm-up {WARM_UP}"]
    parts += [f"{feature.name} {feature.lookback}" for feature in FEATURES]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()

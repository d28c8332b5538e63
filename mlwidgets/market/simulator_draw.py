"""What a simulated market draws before any return: regimes, volatility, volume, shocks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlwidgets.market.timeframes import timeframe_minutes

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

MEAN_DAYS = (20.0, 15.0, 20.0)
"""Mean duration of a spell of each regime."""
DRIFT = (0.3, -0.3, 0.0)
"""Mean log return a day in each regime at trend 1, in daily standard deviations."""
_REGIME_VOLATILITY = (1.0, 1.2, 0.8)
_DAILY_VOLATILITY = 0.03
TAIL = 6.0
"""Degrees of freedom of the Student-t innovations."""
_VOLATILITY_WAVES = ((20.0, 0.25), (0.5, 0.25))
"""Half-life in days and standard deviation of each autoregressive part of log volatility."""
_VOLUME_PER_MINUTE = 20.0


@dataclass(frozen=True)
class Draw:
    """All that is drawn before any return; arrays of shape (n,).

    Attributes:
        regime: index into `mlwidgets.market.regimes.REGIMES`.
        drift: mean standardised return that the regime adds.
        volatility: standard deviation of each candle's log return.
        mixing: the part of the candle's variance that nobody can know before it, mean 1.
        shock: standard normal; sqrt(mixing) * shock is a Student-t innovation.
        volume: in units of the base currency.
    """

    regime: np.ndarray[tuple[int], np.dtype[np.int64]]
    drift: FloatArray
    volatility: FloatArray
    mixing: FloatArray
    shock: FloatArray
    volume: FloatArray

    @classmethod
    def of(cls, timeframe: str, time: pd.DatetimeIndex, seed: int, trend: float) -> Draw:
        """Draw everything for candles that open at these times.

        Args:
            timeframe: length of the candles.
            time: their open times, (n,).
            seed: seed of the random numbers.
            trend: multiplies the regimes' drift.
        """
        # Every ingredient has a stream of its own, so that more periods change no earlier one.
        stream = streams(seed)
        n, days = len(time), timeframe_minutes(timeframe) / 1440
        regime = _regime_path(n, days, next(stream))
        season = _season(time, days)
        waves = [_wave(n, days / half, sd, next(stream)) for half, sd in _VOLATILITY_WAVES]
        level = np.log(_REGIME_VOLATILITY)[regime] + season + np.sum(waves, axis=0)
        mixing = np.divide(TAIL / 2 - 1, next(stream).standard_gamma(TAIL / 2, n))
        chatter = _wave(n, 0.25, 0.2, next(stream)) + 0.2 * next(stream).standard_normal(n)
        volume = 1.2 * level + 0.4 * season + 0.5 * np.log(mixing) + chatter
        return cls(
            regime=regime,
            drift=trend * math.sqrt(days) * np.array(DRIFT)[regime],
            volatility=_DAILY_VOLATILITY * math.sqrt(days) * np.exp(level),
            mixing=mixing,
            shock=next(stream).standard_normal(n),
            volume=_VOLUME_PER_MINUTE * 1440 * days * np.exp(volume),
        )


def streams(seed: int, purpose: int = 0) -> Iterator[np.random.Generator]:
    """Independent streams of random numbers without end, the same for the same arguments."""
    root = np.random.SeedSequence([purpose, seed])
    while True:
        yield np.random.default_rng(root.spawn(1)[0])


def _regime_path(
    n: int, days: float, rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    path = np.empty(n, dtype=np.int64)
    row, regime = 0, int(rng.choice(3, p=np.array(MEAN_DAYS) / sum(MEAN_DAYS)))
    while row < n:
        spell = int(rng.geometric(min(1.0, days / MEAN_DAYS[regime])))
        path[row : row + spell] = regime
        row, regime = row + spell, (regime + int(rng.integers(1, 3))) % 3
    return path


def _season(time: pd.DatetimeIndex, days: float) -> FloatArray:
    """Log of the daily and weekly pattern of volatility at each candle's middle."""
    clock = time.as_unit("ms").asi8 / 86_400_000 + days / 2
    # The epoch was a Thursday; the quiet of a weekend is centred on Sunday 00:00 UTC.
    from_weekend = np.abs((clock - 3.0 + 3.5) % 7 - 3.5)
    weekend = -0.25 / (1 + np.exp((from_weekend - 1.0) * 8))
    if days >= 1:
        return weekend
    angle = 2 * np.pi * (clock % 1 - 15 / 24)
    return weekend + 0.25 * np.cos(angle) + 0.08 * np.cos(2 * angle)


def _wave(n: int, rate: float, sd: float, rng: np.random.Generator) -> FloatArray:
    """A stationary first-order autoregression that loses half its level in 1 / rate candles."""
    keep = 0.5**rate
    push = rng.standard_normal(n)
    push[1:] *= math.sqrt((1 + keep) / (1 - keep))
    wave = pd.Series(push).ewm(alpha=1 - keep, adjust=False).mean()
    return sd * wave.to_numpy(dtype=np.float64)

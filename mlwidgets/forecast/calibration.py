"""Intervals and confidence: calibrated on candles the network never saw, adapted over time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from mlwidgets.errors import ModelFileError, NotEnoughCandles
from mlwidgets.features.series import FloatArray
from mlwidgets.features.windows import IntArray
from mlwidgets.forecast.arguments import check_coverage

RATE = 0.01
"""How far a miss moves the logarithm of the half-width."""

FORGETTING = 0.9995
"""Weight that an older outcome keeps per outcome when the confidence adapts."""

FEWEST = 50
"""Outcomes that a calibration needs."""

_NARROWEST = 1e-3
_RANGE = 10.0
_SUREST = 30.0

_DOUBT = 100.0
"""Coin tosses that the confidence starts from: no skill until outcomes show some."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Forecasts of m origins in time order, and what became of them.

    Attributes:
        time: open time of each origin, epoch ms, shape (m,).
        known: open time of the candle whose close reveals the outcome, epoch ms, shape (m,).
        signal: expected log return over its scale, shape (m,).
        result: actual log return over its scale, shape (m,); NaN where it is not known.
        steps: the horizon in candles; outcomes that overlap count for less.
    """

    time: IntArray
    known: IntArray
    signal: FloatArray
    result: FloatArray
    steps: int = 1


@dataclass(frozen=True, slots=True)
class Calibration:
    """Half-width of the interval and slope of the confidence, as they stood at `until`.

    The interval is conformal on errors scaled by volatility. Its half-width then follows
    the quantile tracker of Angelopoulos, Candès and Tibshirani (2023, "Conformal PID
    control", the P term; Gibbs and Candès, 2021), on a logarithmic scale: a miss widens it,
    a hit narrows it, in the proportion that keeps the coverage whatever the market does.

    The confidence is a logistic regression of the direction on the signal, with one slope
    that is never negative, updated with each outcome (recursive, with forgetting).

    Attributes:
        coverage: share of outcomes that the interval shall hold, in (0, 1).
        half_width: in scales.
        slope: of the log odds of up on the signal.
        information: how much the slope rests on (Fisher information).
        until: open time of the last candle that was used, epoch ms.
    """

    coverage: float
    half_width: float
    slope: float
    information: float
    until: int

    @classmethod
    def fit(cls, outcomes: Outcomes, coverage: float, until: int) -> Self:
        """Calibrate on known outcomes.

        Raises:
            SpecError: a coverage outside 0.5 to 0.99.
            NotEnoughCandles: fewer than 50 outcomes.
        """
        check_coverage(coverage)
        count = len(outcomes.result)
        if count < FEWEST:
            raise NotEnoughCandles(
                f"{count} outcomes are too few to calibrate on; at least {FEWEST} are needed.",
                outcomes=count, needed=FEWEST,
            )  # fmt: skip
        errors = np.abs(outcomes.result - outcomes.signal)
        rank = min(count, math.ceil((count + 1) * coverage - 1e-9))
        slope, information = _fit_slope(outcomes.signal, outcomes.result, 1 / outcomes.steps)
        half_width = max(float(np.sort(errors)[rank - 1]), _NARROWEST)
        return cls(coverage, half_width, slope, information, until)

    def track(self, outcomes: Outcomes) -> tuple[FloatArray, FloatArray]:
        """Half-width and slope at each origin, from the outcomes known by then.

        Args:
            outcomes: origins after `until`, in time order, shape (m,).

        Returns:
            Half-widths in scales and slopes, each shape (m,); row i depends on outcomes whose
            `known` is not after `time[i]`.
        """
        # Plain floats: a loop over numpy scalars takes three times as long.
        half_width, slope, information = self.half_width, self.slope, self.information
        narrowest, widest = half_width / _RANGE, half_width * _RANGE
        widen, narrow = math.exp(RATE * self.coverage), math.exp(-RATE * (1 - self.coverage))
        weight, next_known = 1 / outcomes.steps, 0
        time, known = outcomes.time.tolist(), outcomes.known.tolist()
        signal, result = outcomes.signal.tolist(), outcomes.result.tolist()
        half_widths: list[float] = []
        slopes: list[float] = []
        for i, now in enumerate(time):
            while next_known < i and known[next_known] <= now:
                j, next_known = next_known, next_known + 1
                if math.isnan(result[j]):
                    continue
                half_width *= widen if abs(result[j] - signal[j]) > half_widths[j] else narrow
                half_width = min(max(half_width, narrowest), widest)
                if result[j] != 0:
                    slope, information = _update_slope(
                        slope, information, signal[j], result[j] > 0, weight
                    )
            half_widths.append(half_width)
            slopes.append(slope)
        return np.array(half_widths), np.array(slopes)

    def to_array(self) -> FloatArray:
        """The numbers that a model file keeps, shape (4,); `until` is in the meta."""
        return np.array([self.coverage, self.half_width, self.slope, self.information])

    @classmethod
    def from_array(cls, numbers: FloatArray, until: int) -> Self:
        """Back from `to_array`.

        Raises:
            ModelFileError: not four numbers that make a calibration.
        """
        if numbers.shape != (4,) or not 0 < numbers[0] < 1 or numbers.min() < 0:
            raise ModelFileError("The calibration is not one: four numbers, coverage first.")
        coverage, half_width, slope, information = numbers.tolist()
        return cls(coverage, half_width, slope, information, until)


def probability_up(slope: FloatArray, signal: FloatArray) -> FloatArray:
    """Probability that the price ends above the origin's close, shape (m,).

    >>> probability_up(np.array([2.0]), np.array([0.0]))
    array([0.5])
    """
    odds = np.exp(-np.clip(slope * signal, -_SUREST, _SUREST))
    return np.asarray(1 / (1 + odds), dtype=np.float64)


def _fit_slope(signal: FloatArray, result: FloatArray, weight: float) -> tuple[float, float]:
    """Penalised logistic regression through the origin, by Newton's method."""
    moved = result != 0
    signal, up = signal[moved], (result[moved] > 0).astype(np.float64)
    doubt = 0.25 * _DOUBT * float(np.mean(signal**2)) + 1e-9 if len(signal) else 1e-9
    slope = 0.0
    for _ in range(25):
        chance = probability_up(np.asarray(slope), signal)
        information = weight * float(np.sum(chance * (1 - chance) * signal**2)) + doubt
        score = weight * float(np.sum((up - chance) * signal))
        slope += (score - doubt * slope) / information
    return max(0.0, slope), information


def _update_slope(
    slope: float, information: float, signal: float, up: bool, weight: float
) -> tuple[float, float]:
    chance = 1 / (1 + math.exp(-min(max(slope * signal, -_SUREST), _SUREST)))
    information *= FORGETTING**weight
    information += weight * chance * (1 - chance) * signal**2
    return max(0.0, slope + weight * (up - chance) * signal / information), information

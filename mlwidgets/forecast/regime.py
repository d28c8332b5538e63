"""The market regime, filtered: what the candles so far say of a bull, bear or sideways market."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from itertools import pairwise
from typing import Self

import numpy as np
import pandas as pd

from mlwidgets.errors import ModelFileError, NotEnoughCandles, SpecError
from mlwidgets.features.series import FloatArray
from mlwidgets.market.candles import validate_candles
from mlwidgets.market.regimes import REGIMES

Returns = list[tuple[float, float]]
"""Pairs of a return, raw or standardised, and the days that it spans."""

Probabilities = tuple[float, float, float]
"""Of a bull, a bear and a sideways market."""

SWITCH_MARGIN = 0.1
"""How much likelier another regime must be before the market is called by its name."""

_DAY_MS = 86_400_000
_BLOCK_MS = _DAY_MS // 6
"""The likelihood adds returns up to this span: minutes say no more of a trend of weeks."""
_LONGEST_DAYS = 1000.0
_LEAST_VARIANCE = 1e-12

_DRIFTS = (0.15, 0.2, 0.25, 0.3, 0.36, 0.43, 0.5)
_DURATIONS = (8.0, 11.0, 15.0, 20.0, 27.0, 36.0)
_TYPICAL_DRIFT, _TYPICAL_DURATION, _DOUBT = 0.3, 20.0, 0.35
_DOUBTED_DAYS = 20
_MOST = {"drift": 1.0, "clip": 20.0}


@dataclass(frozen=True, slots=True)
class FilterState:
    """What a filter knows at a candle; later ones are read from here as from the beginning.

    Attributes:
        probabilities: of each regime; at first a third each.
        variance: of a day's log return; None where the filter starts.
    """

    probabilities: Probabilities = (1 / 3, 1 / 3, 1 / 3)
    variance: float | None = None


@dataclass(frozen=True, slots=True)
class RegimeFilter:
    """A hidden Markov filter with a bull, a bear and a sideways state (Hamilton 1989).

    A return over d days, divided by a volatility known before it, is taken as normal with
    variance 1 and mean `drift` * sqrt(d) in a bull market, minus that in a bear market, 0 in
    a sideways one. Signs and symmetry fix the names, so labels never switch. A regime ends
    at a constant rate and either other one follows; time is counted in days, so gaps only
    make the filter less sure. Probabilities at a candle use candles up to it only.

    Attributes:
        drift: mean return a day of a bull market, in standard deviations of a day's return.
        duration_days: mean duration of a regime, days.
        volatility: standard deviation of a day's log return, where its estimate starts.
        noise_ratio: standard deviation of a day's return over that of a sum of independent
            candles; below 1 where candles revert.
        volatility_days: time constant of the volatility estimate, days.
        clip: standardised returns are cut off at minus and plus this: a jump is no trend.

    Raises:
        SpecError: a value is not positive and finite, drift > 1 or clip > 20.

    >>> time = pd.date_range("2025-01-01", periods=60, freq="D", tz="UTC", name="time")
    >>> close = [100 * 1.01**day for day in range(60)]
    >>> rising = pd.DataFrame({"close": close}, index=time)
    >>> probabilities = RegimeFilter().filter(rising)
    >>> RegimeFilter.label(probabilities).iloc[-1]
    'Bull'
    """

    drift: float = _TYPICAL_DRIFT
    duration_days: float = _TYPICAL_DURATION
    volatility: float = 0.03
    noise_ratio: float = 1.0
    volatility_days: float = 10.0
    clip: float = 4.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value, most = getattr(self, field.name), _MOST.get(field.name, 1e12)
            if not 1e-12 <= value <= most:
                raise SpecError(
                    f"RegimeFilter: {field.name}={value!r} must be positive and at most {most:g}.",
                    field=field.name,
                )

    @classmethod
    def fit(cls, candles: pd.DataFrame, timeframe: str) -> Self:
        """Estimate the filter on training candles.

        Drift and duration maximise the likelihood times a log-normal prior around 0.3 standard
        deviations a day and 20 days, over a grid. Some years of candles tell little about
        them, and few candles nothing: then the prior's centre is the estimate.

        Args:
            candles: candles of the training span, at least two.
            timeframe: their length; the filter is for candles of the same.

        Raises:
            CandleError: the candles break the contract.
            NotEnoughCandles: fewer than two candles.
        """
        candles = validate_candles(candles, timeframe)
        if len(candles) < 2:
            raise NotEnoughCandles(
                f"{len(candles)} candle(s) hold no return; fit the regime on two or more.",
                candles=len(candles), needed=2,
            )  # fmt: skip
        returns = _log_returns(candles)
        square, days = np.sum(np.square(returns), axis=0)[0], sum(days for _, days in returns)
        volatility = max(float(np.sqrt(square / days)), 1e-6)
        scores, _ = cls(volatility=volatility)._standardised(returns)
        ratio = _noise_ratio(_added(scores, candles, _DAY_MS))
        blocks = [(score / ratio, days) for score, days in _added(scores, candles, _BLOCK_MS)]
        grid = [
            cls(drift=drift, duration_days=duration, volatility=volatility, noise_ratio=ratio)
            for drift in _DRIFTS
            for duration in _DURATIONS
        ]
        return max(grid, key=lambda one: one._evidence(blocks) + one._log_prior())

    def filter(self, candles: pd.DataFrame) -> pd.DataFrame:
        """Probability of each regime at each candle, given the candles up to it.

        Args:
            candles: canonical candles, n rows; only the closes are read. About 60 days let
                the filter forget where they start.

        Returns:
            float64 frame of shape (n, 3) on the candles' index, columns `REGIMES`; rows sum
            to 1. The first row knows nothing: a third each.
        """
        values, _ = self.advance(FilterState(), candles)
        return pd.DataFrame(values, index=candles.index, columns=list(REGIMES))

    def advance(self, state: FilterState, candles: pd.DataFrame) -> tuple[FloatArray, FilterState]:
        """Go on from a candle that has been read.

        Args:
            state: what is known at the first of the candles.
            candles: canonical candles, n rows.

        Returns:
            As the values of `filter`, the first row those of `state`; and what is known at the
            last candle.
        """
        scores, variance = self._standardised(_log_returns(candles), state.variance)
        rows = [row[:3] for row in self._states(scores, state.probabilities)]
        values = np.array([state.probabilities, *rows][: len(candles)], dtype=np.float64)
        last = rows[-1] if rows else state.probabilities
        return values.reshape(-1, 3), FilterState(last, variance)

    @staticmethod
    def label(probabilities: pd.DataFrame, named: str = "Sideways") -> pd.Series:
        """Name the regime at each candle.

        The market is called by another name than before once that regime is likelier than the
        named one by `SWITCH_MARGIN`; so names do not flicker.

        Args:
            probabilities: what `filter` returns, n rows.
            named: the market's name before them.

        Returns:
            Names of shape (n,) on the same index.
        """
        rows = probabilities[list(REGIMES)].to_numpy()
        names = [REGIMES[at] for at in named_regimes(rows, REGIMES.index(named))]
        return pd.Series(names, index=probabilities.index, name="regime", dtype="str")

    def log_likelihood(self, candles: pd.DataFrame) -> float:
        """Log-likelihood of candles, relative to a market without drift in any regime.

        Args:
            candles: canonical candles, n rows.
        """
        scores, _ = self._standardised(_log_returns(candles))
        return self._evidence(scores)

    def to_array(self) -> FloatArray:
        """The filter as float64 numbers for a model file, shape (6,)."""
        return np.array(astuple(self), dtype=np.float64)

    @classmethod
    def from_array(cls, values: FloatArray) -> Self:
        """The filter that `to_array` wrote.

        Raises:
            ModelFileError: the numbers are not a filter's.
        """
        numbers = np.asarray(values, dtype=np.float64)
        if numbers.shape != (len(fields(cls)),):
            raise ModelFileError(
                f"The regime filter needs {len(fields(cls))} numbers, the model file holds an "
                f"array of shape {numbers.shape}; train the model again."
            )
        try:
            return cls(*numbers.tolist())
        except SpecError as error:
            raise ModelFileError(f"{error.message} The model file was changed.") from None

    def _standardised(
        self, returns: Returns, variance: float | None = None
    ) -> tuple[Returns, float]:
        """Returns in standard deviations, and the variance of a day's after the last of them."""
        variance = self.volatility**2 if variance is None else variance
        scores = []
        for change, days in returns:
            score = change / math.sqrt(variance * days)
            score = max(-self.clip, min(self.clip, score))
            scores.append((score / self.noise_ratio, days))
            keep = math.exp(-days / self.volatility_days)
            variance = max(variance * (keep + (1 - keep) * score * score), _LEAST_VARIANCE)
        return scores, variance

    def _states(
        self, scores: Returns, before: Probabilities = FilterState().probabilities
    ) -> Iterator[tuple[float, float, float, float]]:
        """Bull, bear, sideways after each return, and its likelihood ratio to no drift."""
        bull, bear, flat = before
        for score, days in scores:
            # Two equal ways out of each of three states: all forget at 3/2 the rate of leaving.
            stay = math.exp(-1.5 * days / self.duration_days)
            come = (1 - stay) / 3
            mean = self.drift * math.sqrt(days)
            bull = (stay * bull + come) * math.exp(mean * (score - mean / 2))
            bear = (stay * bear + come) * math.exp(-mean * (score + mean / 2))
            flat = stay * flat + come
            ratio = bull + bear + flat
            bull, bear, flat = bull / ratio, bear / ratio, flat / ratio
            yield bull, bear, flat, ratio

    def _evidence(self, scores: Returns) -> float:
        return sum(math.log(state[3]) for state in self._states(scores))

    def _log_prior(self) -> float:
        drift = math.log(self.drift / _TYPICAL_DRIFT) / _DOUBT
        duration = math.log(self.duration_days / _TYPICAL_DURATION) / _DOUBT
        return -(drift**2 + duration**2) / 2


def named_regimes(probabilities: FloatArray, named: int) -> list[int]:
    """The regimes' names as places in `REGIMES`, as `RegimeFilter.label` gives them.

    Args:
        probabilities: shape (n, 3).
        named: the market's name before them.
    """
    names = []
    for row in probabilities.tolist():
        best = row.index(max(row))
        if row[best] > row[named] + SWITCH_MARGIN:
            named = best
        names.append(named)
    return names


def _log_returns(candles: pd.DataFrame) -> Returns:
    # Plain floats all the way: a vectorised log may round the last rows differently when
    # candles are appended, and earlier probabilities must not change by a bit.
    close = candles["close"].tolist()
    time = pd.DatetimeIndex(candles.index).as_unit("ms").asi8.tolist()
    return [
        (math.log(after / before), min((end - start) / _DAY_MS, _LONGEST_DAYS))
        for (before, after), (start, end) in zip(pairwise(close), pairwise(time), strict=True)
    ]


def _added(scores: Returns, candles: pd.DataFrame, span_ms: int) -> Returns:
    """Standardised returns of consecutive candles added up within each span of time."""
    block = pd.DatetimeIndex(candles.index).as_unit("ms").asi8[1:] // span_ms
    block = np.cumsum(np.diff(block, prepend=block[:1]) > 0)
    score, days = np.array(scores).T
    spanned = np.bincount(block, days)
    added = np.bincount(block, score * np.sqrt(days)) / np.sqrt(spanned)
    return list(zip(added.tolist(), spanned.tolist(), strict=True))


def _noise_ratio(days: Returns) -> float:
    """Standard deviation of standardised daily returns, drawn to 1 where days are few."""
    squares = sum(score**2 for score, _ in days)
    return max(math.sqrt((_DOUBTED_DAYS + squares) / (_DOUBTED_DAYS + len(days))), 0.1)

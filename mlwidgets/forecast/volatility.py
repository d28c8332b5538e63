"""How large the next return will be: a causal scale for intervals and confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from mlwidgets.errors import NotEnoughCandles
from mlwidgets.features.series import SLOW_SPAN, CandleSeries, FloatArray, ewm_mean
from mlwidgets.features.windows import IntArray

SPANS = (2, 6, 24, 96, 384)
"""Spans, in candles, of the range-based volatilities that are combined."""

_DAY_WAVES, _WEEK_WAVES = 4, 3
INPUT_COLUMNS = 1 + len(SPANS) + 2 * (_DAY_WAVES + _WEEK_WAVES)
"""Columns of `volatility_inputs`."""

BOUNDS = (0.15, 6.0)
"""Least and largest scale, in plain standard deviations of the last candles' returns."""

WICK = 8.0
"""Candle ranges count up to this many times the slow level before them."""

_FEWEST = 200
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class VolatilityModel:
    """A heterogeneous autoregression of the size of returns, with a daily and a weekly pattern.

    In the spirit of Corsi's HAR (2009): volatilities over several spans, estimated from
    candle ranges (Parkinson, 1980), combined log-linearly with weights that are not negative.
    The coefficients maximise the Laplace likelihood of the horizon's returns, which is convex
    in them and barely minds outliers.

    Attributes:
        coefficients: shape (columns,).
        centre: mean of each input column, shape (columns,).
    """

    coefficients: FloatArray
    centre: FloatArray

    @classmethod
    def fit(cls, inputs: FloatArray, returns: FloatArray) -> Self:
        """Fit to origins whose return is known.

        Args:
            inputs: rows of `volatility_inputs`, shape (n, columns).
            returns: log returns over the horizon from the same origins, shape (n,).

        Raises:
            NotEnoughCandles: fewer than 200 origins.
        """
        if len(returns) < _FEWEST:
            raise NotEnoughCandles(
                f"{len(returns)} origins are too few to fit a volatility model; give {_FEWEST}.",
                origins=len(returns), needed=_FEWEST,
            )  # fmt: skip
        centre = inputs.mean(axis=0)
        centre[0] = 0.0  # the constant column
        return cls(_maximise_likelihood(inputs - centre, np.abs(returns)), centre)

    def scale(self, inputs: FloatArray, volatility: FloatArray) -> FloatArray:
        """Expected absolute log return over the horizon.

        Args:
            inputs: rows of `volatility_inputs`, shape (n, columns).
            volatility: plain standard deviation of returns over the horizon, shape (n,); the
                scale stays within `BOUNDS` of it, however unlike the training data a market is.

        Returns:
            Shape (n,).
        """
        # A sum a row, not a matrix product, whose rounding depends on how many rows there are.
        log_scale = ((inputs - self.centre) * self.coefficients).sum(axis=1)
        bounded = np.clip(
            np.exp(np.clip(log_scale, -30.0, 5.0)), *np.multiply.outer(BOUNDS, volatility)
        )
        return np.asarray(bounded, dtype=np.float64)


def volatility_inputs(series: CandleSeries, rows: IntArray | None = None) -> FloatArray:
    """Inputs of the volatility model, causal.

    Args:
        series: of candles.
        rows: the candles to give them at, shape (n,); default: every one.

    Returns:
        Shape (n, columns): a constant, log volatilities over `SPANS`, the day's and the
        week's waves.
    """
    chosen = slice(None) if rows is None else rows
    variance = _without_wicks(series.log_range) ** 2 / (4 * np.log(2))
    levels = [0.5 * np.log(ewm_mean(variance, span)[chosen] + 1e-12) for span in SPANS]
    minutes = series.time[chosen] / 60_000.0
    waves = [
        wave(2 * np.pi * k * minutes / period)
        for period, count in ((1440, _DAY_WAVES), (10_080, _WEEK_WAVES))
        for k in range(1, count + 1)
        for wave in (np.sin, np.cos)
    ]
    return np.column_stack([np.ones(len(minutes)), *levels, *waves])


def _without_wicks(log_range: FloatArray) -> FloatArray:
    """Ranges held at `WICK` times their slow level before: one wick is no change of volatility."""
    level = ewm_mean(log_range, SLOW_SPAN)
    before = np.concatenate([log_range[:1], level[:-1]])
    return np.where(before > 0, np.minimum(log_range, WICK * before), log_range)


def _maximise_likelihood(inputs: FloatArray, sizes: FloatArray) -> FloatArray:
    """Minimise mean(log s + |r| / s) + ridge, s = exp(inputs @ b), volatilities' b >= 0.

    Collinear volatilities would otherwise cancel each other, and a wick could lower the scale.
    """
    from scipy.optimize import minimize

    columns = inputs.shape[1]
    penalty = np.full(columns, _RIDGE)
    penalty[0] = 0.0

    # einsum, not @: BLAS adds long columns up in another order where it has more threads, and a
    # worker, which has one, must find the same numbers as a notebook.
    def loss(coefficients: FloatArray) -> tuple[float, FloatArray]:
        log_scale = np.clip(np.einsum("nc,c->n", inputs, coefficients), -30.0, 30.0)
        ratio = sizes * np.exp(-log_scale)
        value = np.mean(log_scale + ratio) + 0.5 * np.sum(penalty * coefficients**2)
        slope = np.einsum("nc,n->c", inputs, 1 - ratio) / len(sizes)
        return float(value), slope + penalty * coefficients

    start = np.zeros(columns)
    start[0] = np.log(sizes.mean() + 1e-9)
    bounds = [(None, None)] + [(0.0, None)] * len(SPANS)
    bounds += [(None, None)] * (columns - len(bounds))
    options = {"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return np.asarray(found.x, dtype=np.float64)

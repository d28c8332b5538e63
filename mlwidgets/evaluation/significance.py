"""Is it luck? Tests of directional accuracy.

Forecasts of h candles from consecutive origins share h - 1 candles, so their hits move
together and n of them tell less than n independent ones. Every test here takes the horizon in
candles and allows for that. A p-value that cannot be computed is NaN.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.metrics import Floats, aligned, direction_scores

NAN = float("nan")

COIN_VARIANCE = 0.25
"""Variance of a coin's hit."""


@dataclass(frozen=True, slots=True)
class DirectionTest:
    """Directional accuracy against a coin.

    Attributes:
        accuracy: share of directions called right; NaN if none was called.
        lower: lower end of the accuracy's two-sided confidence interval.
        upper: its upper end.
        p_value: chance that a coin does as well or better (one-sided).
        origins: origins that count: those whose price moved.
        effective_origins: how many independent origins tell as much.
    """

    accuracy: float
    lower: float
    upper: float
    p_value: float
    origins: int
    effective_origins: float


@dataclass(frozen=True, slots=True)
class Significance:
    """A statistic and its p-value; both NaN where the test cannot be computed."""

    statistic: float
    p_value: float


def direction_test(
    close: ArrayLike,
    actual: ArrayLike,
    predicted: ArrayLike,
    *,
    horizon: int = 1,
    confidence: float = 0.95,
) -> DirectionTest:
    """Test whether directions are called better than by a coin.

    One candle ahead: the exact binomial (sign) test over the directions that were called.
    Further ahead, where hits overlap: a t-test on the mean score whose long-run variance is
    the equal-weighted cosine estimate with ν = min(0.4 n^(2/3), n / 2h) terms, on Student's t
    with ν degrees of freedom (Lazarus, Lewis, Stock & Watson 2018), never below a coin's own
    variance. The confidence interval is Wilson's (1927) at the effective number of origins.

    Args:
        close: prices at the origins, (n,), by increasing time.
        actual: prices at the targets, (n,).
        predicted: predicted prices, (n,).
        horizon: in candles.
        confidence: of the interval.

    Returns:
        The accuracy as `directional_accuracy` measures it, its interval and p-value.

    >>> test = direction_test([1.0] * 10, [2.0] * 10, [2.0] * 9 + [0.5])
    >>> test.accuracy, round(test.p_value, 4)
    (0.9, 0.0107)
    """
    from scipy import special

    checked_horizon(horizon)
    scores = direction_scores(close, actual, predicted)
    called = scores[scores != 0.5]
    n = scores.size
    if not called.size:
        return DirectionTest(NAN, NAN, NAN, NAN, n, NAN)
    accuracy = float(scores.mean())
    if horizon > 1:
        return _overlapping_direction_test(scores, horizon, confidence)
    p_value = float(special.bdtrc(called.sum() - 1, called.size, 0.5))
    accuracy, critical = float(scores.mean()), float(special.ndtri((1 + confidence) / 2))
    return DirectionTest(accuracy, *wilson_interval(accuracy, n, critical), p_value, n, float(n))


def wilson_interval(share: float, n: float, critical: float = 1.959964) -> tuple[float, float]:
    """Wilson's (1927) score interval for a share measured over n independent origins.

    Args:
        share: the measured share.
        n: independent origins; need not be whole.
        critical: two-sided quantile of the reference distribution; 1.96 for 95 %.

    Returns:
        Lower and upper end, within [0, 1].

    >>> lower, upper = wilson_interval(0.5, 100)
    >>> round(lower, 4), round(upper, 4)
    (0.4038, 0.5962)
    """
    square = critical**2 / n
    middle = (share + square / 2) / (1 + square)
    reach = critical / (1 + square) * math.sqrt(share * (1 - share) / n + square / (4 * n))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def needed_observations(accuracy: float, *, alpha: float = 0.05) -> int | None:
    """How many independent origins make this accuracy significant against a coin.

    By the normal approximation, one-sided: n = (z / (2 a - 1))². Overlapping origins count
    for less than independent ones.

    Args:
        accuracy: the accuracy, as a share.
        alpha: significance level.

    Returns:
        The number, or None where accuracy <= 0.5: no number will do.

    Raises:
        SpecError: accuracy outside [0, 1] or alpha outside (0, 0.5).

    >>> needed_observations(0.531), needed_observations(0.509), needed_observations(0.5)
    (704, 8351, None)
    """
    from scipy import special

    if not 0.0 <= accuracy <= 1.0:
        raise SpecError(f"accuracy must lie in [0, 1], not {accuracy}.", value=accuracy)
    edge = 2.0 * accuracy - 1.0
    critical = -float(special.ndtri(_checked_alpha(alpha)))
    return math.ceil((critical / edge) ** 2) if edge > 0 else None


def significant_accuracy(n: int, *, alpha: float = 0.05) -> float:
    """The accuracy over n independent origins from which a coin is beaten.

    The inverse of `needed_observations`: a = 1/2 + z / (2 √n), one-sided.

    Returns:
        A share; above 1 where even n hits of n are no proof.

    Raises:
        SpecError: n below 1 or alpha outside (0, 0.5).

    >>> round(significant_accuracy(720), 3), round(significant_accuracy(8760), 3)
    (0.531, 0.509)
    """
    from scipy import special

    if n < 1:
        raise SpecError(f"n must be at least 1, not {n}.", field="n", value=n)
    return 0.5 - float(special.ndtri(_checked_alpha(alpha))) / (2.0 * math.sqrt(n))


def pesaran_timmermann(
    close: ArrayLike, actual: ArrayLike, predicted: ArrayLike, *, horizon: int = 1
) -> Significance:
    """Test whether called and actual directions depend on each other, whatever their drift.

    In a rising market always calling "up" beats a coin but knows nothing; this test sees the
    difference. One candle ahead: Pesaran & Timmermann (1992). Further ahead: the covariance of
    the two directions with a long-run variance, as in `direction_test` (in the spirit of
    Blaskowitz & Herwartz 2014).

    Args:
        close: prices at the origins, (n,), by increasing time.
        actual: prices at the targets, (n,).
        predicted: predicted prices, (n,); origins without a move or a call are left out.
        horizon: in candles.

    Returns:
        The statistic and its one-sided p-value; NaN where one direction never occurs.

    >>> pesaran_timmermann([1.0] * 4, [2.0, 2.0, 0.5, 0.5], [2.0, 2.0, 2.0, 2.0])
    Significance(statistic=nan, p_value=nan)
    """
    from scipy import special

    checked_horizon(horizon)
    c, y, p = aligned(close=close, actual=actual, predicted=predicted)
    counts = (y != c) & (p != c)
    up, called = (y > c)[counts], (p > c)[counts]
    n = up.size
    if n <= horizon or up.all() or not up.any() or called.all() or not called.any():
        return Significance(NAN, NAN)
    if horizon > 1:
        products = (up - up.mean()) * (called - called.mean())
        variance, freedom = _cosine_variance(products, horizon)
        if variance <= 0:
            return Significance(NAN, NAN)
        statistic = float(products.mean() * math.sqrt(n / variance))
        return Significance(statistic, float(special.stdtr(freedom, -statistic)))
    hit = float((up == called).mean())
    statistic = _pt_statistic(hit, float(up.mean()), float(called.mean()), n)
    return Significance(statistic, float(special.ndtr(-statistic)))


def _overlapping_direction_test(scores: Floats, horizon: int, confidence: float) -> DirectionTest:
    from scipy import special

    n, accuracy = scores.size, float(scores.mean())
    if n <= horizon:
        return DirectionTest(accuracy, NAN, NAN, NAN, n, NAN)
    variance, freedom = _cosine_variance(scores, horizon)
    variance = max(variance, COIN_VARIANCE)
    p_value = float(special.stdtr(freedom, (0.5 - accuracy) * math.sqrt(n / variance)))
    effective = n * COIN_VARIANCE / variance
    critical = float(special.stdtrit(freedom, (1 + confidence) / 2))
    lower, upper = wilson_interval(accuracy, effective, critical)
    return DirectionTest(accuracy, lower, upper, p_value, n, effective)


def _pt_statistic(hit: float, up: float, called: float, n: int) -> float:
    chance = up * called + (1 - up) * (1 - called)
    spread_up, spread_called = up * (1 - up) / n, called * (1 - called) / n
    variance = chance * (1 - chance) / n - (
        (2 * up - 1) ** 2 * spread_called
        + (2 * called - 1) ** 2 * spread_up
        + 4 * spread_up * spread_called
    )
    return (hit - chance) / math.sqrt(variance) if variance > 0 else NAN


def _cosine_variance(series: Floats, horizon: int) -> tuple[float, int]:
    """Long-run variance of a series, and the degrees of freedom of its estimate."""
    from scipy import fft

    n = series.size
    terms = max(1, int(min(0.4 * n ** (2 / 3), n / (2 * horizon))))
    projections = fft.dct(series, type=2, norm="ortho")[1 : terms + 1]
    return float(np.mean(projections**2)), terms


def checked_horizon(horizon: int) -> None:
    """Refuse a horizon of less than one candle.

    Raises:
        SpecError: it is.
    """
    if horizon < 1:
        raise SpecError(f"horizon must be at least 1 candle, not {horizon}.", value=horizon)


def _checked_alpha(alpha: float) -> float:
    if not 0.0 < alpha < 0.5:
        raise SpecError(f"alpha must lie between 0 and 0.5, not {alpha}.", value=alpha)
    return alpha

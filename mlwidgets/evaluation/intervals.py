"""Interval metrics: how often intervals hold the target, how wide they are, and both at once.

`lower` and `upper` are prices, float64 of shape (n,), one row an origin; an actual price on
a bound counts as held.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.metrics import Floats, aligned


def interval_coverage(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> float:
    """Share of targets that their interval holds.

    >>> interval_coverage(actual=[10.0, 20.0], lower=[9.0, 9.0], upper=[11.0, 11.0])
    0.5
    """
    return float(_held(actual, lower, upper).mean())


def mean_width(lower: ArrayLike, upper: ArrayLike) -> float:
    """Mean distance of upper from lower bound, in the unit of price.

    >>> mean_width(lower=[9.0, 9.0], upper=[11.0, 13.0])
    3.0
    """
    low, high = _ordered(lower, upper)
    return float(np.mean(high - low))


def relative_width(close: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> float:
    """Mean width as a fraction of the origin's close: 0.02 is two per cent of the price.

    >>> relative_width(close=[100.0], lower=[99.0], upper=[101.0])
    0.02
    """
    (c,) = aligned(close=close)
    low, high = _ordered(lower, upper)
    aligned(close=c, lower=low)
    return float(np.mean((high - low) / c))


def winkler_scores(
    actual: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, coverage: float
) -> Floats:
    """Width plus 2/α times the miss of each interval, α = 1 - coverage; lower is better.

    A proper score (Winkler 1972; Gneiting & Raftery 2007, eq. 43): its expectation is lowest
    for the true α/2 and 1 - α/2 quantiles, so neither width nor coverage can be traded in.

    Args:
        actual: prices at the targets, (n,).
        lower: lower bounds, (n,).
        upper: upper bounds, (n,).
        coverage: the stated coverage, between 0 and 1.

    Returns:
        Scores in the unit of price, (n,).

    Raises:
        SpecError: a bound above the other, or a coverage outside (0, 1).

    >>> winkler_scores([10.0, 12.0], [9.0, 9.0], [11.0, 11.0], coverage=0.5).tolist()
    [2.0, 6.0]
    """
    alpha = 1.0 - checked_coverage(coverage)
    low, high = _ordered(lower, upper)
    y, low, high = aligned(actual=actual, lower=low, upper=high)
    miss = np.maximum(low - y, 0.0) + np.maximum(y - high, 0.0)
    scores: Floats = (high - low) + 2.0 / alpha * miss
    return scores


def winkler_score(
    actual: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, coverage: float
) -> float:
    """Mean of `winkler_scores`, in the unit of price.

    >>> winkler_score([10.0, 12.0], [9.0, 9.0], [11.0, 11.0], coverage=0.5)
    4.0
    """
    return float(winkler_scores(actual, lower, upper, coverage=coverage).mean())


def rolling_coverage(
    actual: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, window: int = 500
) -> Floats:
    """Coverage over each run of `window` consecutive origins.

    Returns:
        Shape (n - window + 1,), empty where n < window; entry i covers rows i to i + window.

    Raises:
        SpecError: a bound above the other, or a window below 1.

    >>> rolling_coverage([1.0, 5.0, 1.0], [0.0] * 3, [2.0] * 3, window=2).tolist()
    [0.5, 0.5]
    """
    if window < 1:
        raise SpecError(f"window must be at least 1, not {window}.", field="window", value=window)
    held = np.concatenate(([0], np.cumsum(_held(actual, lower, upper))))
    runs: Floats = (held[window:] - held[:-window]) / window
    return runs


def worst_rolling_coverage(
    actual: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, window: int = 500
) -> float:
    """The lowest `rolling_coverage`; NaN where there are fewer origins than one window.

    >>> worst_rolling_coverage([1.0, 5.0, 1.0, 1.0], [0.0] * 4, [2.0] * 4, window=2)
    0.5
    """
    runs = rolling_coverage(actual, lower, upper, window=window)
    return float(runs.min()) if runs.size else float("nan")


def checked_coverage(coverage: float) -> float:
    """The coverage, if it lies strictly between 0 and 1.

    Raises:
        SpecError: it does not.

    >>> checked_coverage(0.9)
    0.9
    """
    if not 0.0 < coverage < 1.0:
        raise SpecError(
            f"coverage must lie between 0 and 1, such as 0.9, not {coverage}.",
            field="coverage", value=coverage,
        )  # fmt: skip
    return coverage


def _ordered(lower: ArrayLike, upper: ArrayLike) -> tuple[Floats, Floats]:
    low, high = aligned(lower=lower, upper=upper)
    crossed = np.flatnonzero(low > high)
    if crossed.size:
        row = int(crossed[0])
        raise SpecError(
            f"{crossed.size} interval(s) have lower above upper; "
            f"the first, row {row}: {low[row]} > {high[row]}."
        )
    return low, high


def _held(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> np.ndarray:
    low, high = _ordered(lower, upper)
    y, low, high = aligned(actual=actual, lower=low, upper=high)
    return (low <= y) & (y <= high)

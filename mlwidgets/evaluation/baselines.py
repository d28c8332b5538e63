"""What any model must beat: four point forecasts and one interval, without any training."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.intervals import checked_coverage
from mlwidgets.evaluation.metrics import Floats, aligned

BASELINES = ("last_value", "momentum", "reversal", "always_up")
"""Names of the point baselines."""

LEAST_DRIFT = 1e-8
"""Log return that always-up predicts where the mean training return is not positive."""


def baseline_prices(
    close: ArrayLike, last_return: ArrayLike, mean_return: float
) -> dict[str, Floats]:
    """Predicted prices of the baselines, for the metric functions that models are measured by.

    `last_value` predicts the close (it calls no direction), `momentum` that the last horizon's
    return repeats, `reversal` that it is undone, `always_up` the mean training return, or
    `LEAST_DRIFT` where that is lower. Momentum and reversal are meant for the direction: as
    price forecasts they are not shrunk, and their errors are large.

    Args:
        close: prices at the origins, (n,).
        last_return: log return over the horizon that ends at each origin, (n,).
        mean_return: mean log return over the horizon in the training data.

    Returns:
        Name to predicted prices, (n,), with the keys `BASELINES`.

    Raises:
        SpecError: arrays of different lengths, or values that are not finite.

    >>> prices = baseline_prices([100.0], [np.log(1.1)], mean_return=-0.01)
    >>> {name: round(float(price[0]), 3) for name, price in prices.items()}
    {'last_value': 100.0, 'momentum': 110.0, 'reversal': 90.909, 'always_up': 100.0}
    """
    c, last = aligned(close=close, last_return=last_return)
    if not math.isfinite(mean_return):
        raise SpecError(f"mean_return must be a finite number, not {mean_return}.")
    drift = max(mean_return, LEAST_DRIFT)
    prices = (c.copy(), c * np.exp(last), c * np.exp(-last), c * math.exp(drift))
    return dict(zip(BASELINES, prices, strict=True))


def known_returns(origin_time: ArrayLike, target_time: ArrayLike) -> NDArray[np.int64]:
    """How many realised returns are known at each origin: those whose target is not later.

    Args:
        origin_time: times of the origins to forecast, (n,), in any unit.
        target_time: times of the targets of earlier and these origins, (m,), increasing.

    Returns:
        Counts, (n,): the first so many returns are known.

    >>> known_returns(origin_time=[3, 4, 5], target_time=[2, 3, 4, 5, 6]).tolist()
    [2, 3, 4]
    """
    known = np.searchsorted(np.asarray(target_time), np.asarray(origin_time), side="right")
    return known.astype(np.int64)


def conformal_half_widths(
    returns: ArrayLike, known: ArrayLike, *, coverage: float = 0.9, window: int = 1000
) -> Floats:
    """Half-widths of rolling split-conformal intervals around the last value.

    At each origin: the ceil((m + 1) c)-th smallest of the last m <= window absolute returns
    whose target was known by then (split conformal prediction, Lei et al. 2018, with the last
    value as the model). Later returns change no earlier half-width.

    Args:
        returns: realised log returns over the horizon, (m,), by increasing target time.
        known: how many of them are known at each origin, (n,), not decreasing.
        coverage: share of targets that the interval shall hold.
        window: how many known returns to use at most.

    Returns:
        Half-widths on log returns, (n,); infinite where too few returns are known for the
        coverage (fewer than 9 for 90 %).

    Raises:
        SpecError: coverage outside (0, 1), a window below 1, or `known` decreasing or beyond
            the returns.

    >>> conformal_half_widths([0.1, -0.3, 0.2], [2, 3], coverage=0.5).tolist()
    [0.3, 0.2]
    """
    checked_coverage(coverage)
    if window < 1:
        raise SpecError(f"window must be at least 1, not {window}.", field="window", value=window)
    (size,) = aligned(returns=returns)
    counts = _checked_counts(known, size.size)
    recent = _Recent(np.abs(size).tolist(), window)
    return np.array([recent.quantile(count, coverage) for count in counts], dtype=np.float64)


def conformal_intervals(
    close: ArrayLike,
    returns: ArrayLike,
    known: ArrayLike,
    *,
    coverage: float = 0.9,
    window: int = 1000,
) -> tuple[Floats, Floats]:
    """Lower and upper prices of the rolling split-conformal interval around the last value.

    Args:
        close: prices at the origins, (n,).
        returns: as `conformal_half_widths` takes them, (m,).
        known: as `conformal_half_widths` takes them, (n,).
        coverage: share of targets that the interval shall hold.
        window: how many known returns to use at most.

    Returns:
        Lower and upper prices, (n,) each; 0 and infinity where too few returns are known.

    >>> lower, upper = conformal_intervals([100.0], [0.01] * 10, [10])
    >>> round(float(lower[0]), 3), round(float(upper[0]), 3)
    (99.005, 101.005)
    """
    half = conformal_half_widths(returns, known, coverage=coverage, window=window)
    (c,) = aligned(close=close)
    if c.size != half.size:
        raise SpecError(f"close has {c.size} rows but known has {half.size}; pass one an origin.")
    return c * np.exp(-half), c * np.exp(half)


@dataclass(slots=True)
class _Recent:
    """The last `window` known sizes, kept sorted while more become known."""

    sizes: list[float]
    window: int
    added: int = 0
    ordered: list[float] = field(default_factory=list)

    def quantile(self, known: int, coverage: float) -> float:
        ordered = self.ordered
        for position in range(self.added, known):
            insort(ordered, self.sizes[position])
            if position >= self.window:
                del ordered[bisect_left(ordered, self.sizes[position - self.window])]
        self.added = max(self.added, known)
        # 1e-9 keeps a product such as 0.9 * 10 from being rounded up to the next rank.
        rank = math.ceil((len(ordered) + 1) * coverage - 1e-9)
        return ordered[rank - 1] if rank <= len(ordered) else math.inf


def _checked_counts(known: ArrayLike, available: int) -> list[int]:
    counts = np.asarray(known, dtype=np.int64)
    if counts.ndim != 1 or np.any(np.diff(counts) < 0) or np.any(counts < 0):
        raise SpecError("known must be counts of shape (n,) that never decrease.")
    if counts.size and counts[-1] > available:
        raise SpecError(f"known reaches {counts[-1]} but there are {available} returns.")
    return [int(count) for count in counts]

"""Metrics of the probability that the price rises, on plain arrays.

Prices: `close` is the origin's close, `actual` the close at the target, each float64 of shape
(n,), one row an origin; `probability_up` is the forecast probability of a rise. Origins whose
price ends unchanged are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.metrics import Floats, aligned


def brier_score(close: ArrayLike, actual: ArrayLike, probability_up: ArrayLike) -> float:
    """Mean squared error of the probability that the price rises (Brier 1950); 0.25 is a coin.

    Origins whose price ends unchanged are left out; NaN if none moved.

    >>> brier_score(close=[10.0, 10.0], actual=[11.0, 9.0], probability_up=[0.5, 0.5])
    0.25
    """
    up, probability = _outcomes(close, actual, probability_up)
    return float(np.mean((probability - up) ** 2)) if up.size else float("nan")


def log_loss(close: ArrayLike, actual: ArrayLike, probability_up: ArrayLike) -> float:
    """Mean negative log-likelihood of the directions, in nats; ln 2 is a coin.

    Probabilities are kept one float64 epsilon away from 0 and 1, as scikit-learn does.
    Origins whose price ends unchanged are left out; NaN if none moved.

    >>> round(log_loss(close=[10.0, 10.0], actual=[11.0, 9.0], probability_up=[0.5, 0.5]), 4)
    0.6931
    """
    up, probability = _outcomes(close, actual, probability_up)
    if not up.size:
        return float("nan")
    eps = np.finfo(np.float64).eps
    likelihood = np.where(up == 1.0, probability, 1.0 - probability)
    return float(-np.mean(np.log(np.clip(likelihood, eps, 1.0 - eps))))


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """What forecast probabilities promised and what came, one row a bin that is not empty.

    Attributes:
        mean_probability: mean probability of a rise in the bin, shape (bins,).
        observed_share: share of rises among the bin's origins, shape (bins,).
        count: origins in the bin, shape (bins,).
    """

    mean_probability: Floats
    observed_share: Floats
    count: NDArray[np.int64]

    @property
    def expected_calibration_error(self) -> float:
        """Mean distance of promise from outcome, weighted by count (Naeini et al. 2015)."""
        if not self.count.size:
            return float("nan")
        distance = np.abs(self.mean_probability - self.observed_share)
        return float(np.average(distance, weights=self.count))


def reliability(
    close: ArrayLike,
    actual: ArrayLike,
    probability_up: ArrayLike,
    *,
    bins: int = 10,
    strategy: Literal["quantile", "uniform"] = "quantile",
) -> Reliability:
    """Compare forecast probabilities with observed shares, bin by bin.

    Args:
        close: prices at the origins, (n,).
        actual: prices at the targets, (n,); unchanged prices are left out.
        probability_up: probabilities of a rise, (n,), each in [0, 1].
        bins: most bins to use.
        strategy: `quantile` fills the bins equally (hourly probabilities crowd around one
            half), `uniform` cuts [0, 1] into equally wide ones.

    Raises:
        SpecError: probabilities outside [0, 1], or fewer than one bin.

    >>> table = reliability([10, 10, 10, 10], [9, 11, 11, 11], [0.2, 0.3, 0.8, 0.9], bins=2)
    >>> table.observed_share.tolist(), table.count.tolist()
    ([0.5, 1.0], [2, 2])
    """
    if bins < 1:
        raise SpecError(f"bins must be at least 1, not {bins}.", field="bins", value=bins)
    up, probability = _outcomes(close, actual, probability_up)
    inner = np.linspace(0.0, 1.0, bins + 1)[1:-1]
    if strategy == "quantile" and up.size:
        inner = np.quantile(probability, inner)
    member = np.searchsorted(inner, probability)
    count = np.bincount(member, minlength=bins)
    full = count > 0
    promised = np.bincount(member, weights=probability, minlength=bins)[full] / count[full]
    came = np.bincount(member, weights=up, minlength=bins)[full] / count[full]
    return Reliability(promised, came, count[full])


def _outcomes(
    close: ArrayLike, actual: ArrayLike, probability_up: ArrayLike
) -> tuple[Floats, Floats]:
    c, y, probability = aligned(close=close, actual=actual, probability_up=probability_up)
    if probability.min() < 0 or probability.max() > 1:
        raise SpecError(
            "probability_up must lie in [0, 1]; "
            f"it spans {probability.min():g} to {probability.max():g}."
        )
    moved = y != c
    return (y > c)[moved].astype(np.float64), probability[moved]

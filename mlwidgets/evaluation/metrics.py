"""Metrics of predicted prices, returns and directions: one a function, on plain arrays.

Prices: `close` is the origin's close, `actual` the close at the target, `predicted` the
predicted price, each float64 of shape (n,), one row an origin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlwidgets.errors import SpecError

Floats = NDArray[np.float64]


def aligned(**arrays: ArrayLike) -> tuple[Floats, ...]:
    """The arrays as float64, checked to be finite, not empty and of one shape (n,).

    Raises:
        SpecError: an array is empty, not one-dimensional, not finite, or of another length.
    """
    checked = {name: np.asarray(values, dtype=np.float64) for name, values in arrays.items()}
    for name, values in checked.items():
        if values.ndim != 1 or values.size == 0:
            raise SpecError(f"{name} must have shape (n,), n > 0; its shape is {values.shape}.")
        if not np.isfinite(values).all():
            row = int(np.flatnonzero(~np.isfinite(values))[0])
            raise SpecError(f"{name} holds {values[row]} at row {row}; drop such rows first.")
    if len({values.size for values in checked.values()}) > 1:
        sizes = ", ".join(f"{name} {values.size}" for name, values in checked.items())
        raise SpecError(f"Arrays must be equally long; their lengths are {sizes}.")
    return tuple(checked.values())


def mae(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Mean absolute error, in the unit of price.

    >>> mae([100.0, 110.0], [101.0, 107.0])
    2.0
    """
    y, p = aligned(actual=actual, predicted=predicted)
    return float(np.mean(np.abs(y - p)))


def rmse(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Root mean squared error, in the unit of price.

    >>> rmse([100.0, 110.0], [101.0, 103.0])
    5.0
    """
    y, p = aligned(actual=actual, predicted=predicted)
    return float(np.sqrt(np.mean((y - p) ** 2)))


def mape(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Mean absolute percentage error as a fraction: 0.01 is one per cent.

    >>> mape([100.0, 200.0], [101.0, 206.0])
    0.02
    """
    y, p = aligned(actual=actual, predicted=predicted)
    return float(np.mean(np.abs(y - p) / np.maximum(np.abs(y), np.finfo(np.float64).eps)))


def r2_score(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Coefficient of determination; on prices it is near 1 for any forecast near the close.

    Returns:
        R², as scikit-learn defines it: for a constant `actual` 1.0 if every forecast is
        exact and 0.0 otherwise; NaN for a single row.

    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    y, p = aligned(actual=actual, predicted=predicted)
    if y.size < 2:
        return float("nan")
    residual = float(np.sum((y - p) ** 2))
    total = float(np.sum((y - y.mean()) ** 2))
    if total == 0.0:
        return 1.0 if residual == 0.0 else 0.0
    return 1.0 - residual / total


def r2_returns(close: ArrayLike, actual: ArrayLike, predicted: ArrayLike) -> float:
    """R² on log returns over the horizon: how much of the *move* a forecast explains.

    >>> round(r2_returns([100.0, 100.0], [110.0, 90.0], [110.0, 90.0]), 3)
    1.0
    """
    c, y, p = _positive(close, actual, predicted)
    return r2_score(np.log(y / c), np.log(p / c))


def skill(close: ArrayLike, actual: ArrayLike, predicted: ArrayLike) -> float:
    """Share of the last-value forecast's absolute error that a forecast removes.

    Returns:
        1 - MAE / MAE of predicting `close`: 0 for the last value itself, negative for worse;
        NaN where no price moved.

    >>> skill(close=[100.0, 100.0], actual=[102.0, 98.0], predicted=[101.0, 99.0])
    0.5
    """
    naive = mae(actual, close)
    return 1.0 - mae(actual, predicted) / naive if naive > 0 else float("nan")


def direction_scores(close: ArrayLike, actual: ArrayLike, predicted: ArrayLike) -> Floats:
    """1 for each direction called right, 0 for wrong, 1/2 for no call, in the origins' order.

    An origin whose price ends unchanged is left out: it proves no call right or wrong. A
    forecast equal to the close calls no direction and earns what a coin would, so that
    abstaining neither lifts nor lowers an accuracy beyond 50 %.

    Returns:
        Scores of shape (m,), m <= n: one for each origin whose price moved.

    >>> direction_scores([10, 10, 10, 10], [11, 9, 11, 10], [12, 12, 10, 12]).tolist()
    [1.0, 0.0, 0.5]
    """
    c, y, p = aligned(close=close, actual=actual, predicted=predicted)
    moved = y != c
    agreement: Floats = np.sign(y - c)[moved] * np.sign(p - c)[moved]
    return (agreement + 1.0) / 2.0


def directional_accuracy(close: ArrayLike, actual: ArrayLike, predicted: ArrayLike) -> float:
    """Share of origins whose direction was called right; see `direction_scores` for ties.

    Returns:
        A share between 0 and 1; NaN where no price moved, or where the forecast never calls
        a direction (the last value's direction is undefined, not 50 % right).

    >>> directional_accuracy([10.0, 10.0, 10.0], [11.0, 9.0, 10.0], [12.0, 12.0, 9.0])
    0.5
    """
    scores = direction_scores(close, actual, predicted)
    called = bool(np.any(scores != 0.5))
    return float(scores.mean()) if called else float("nan")


def _positive(
    close: ArrayLike, actual: ArrayLike, predicted: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    c, y, p = aligned(close=close, actual=actual, predicted=predicted)
    for name, values in (("close", c), ("actual", y), ("predicted", p)):
        if values.min() <= 0:
            raise SpecError(f"{name} must be positive prices; the lowest is {values.min()}.")
    return c, y, p

"""How often forecasts of some confidence were right: what a confidence was worth so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlwidgets.evaluation.metrics import Floats

FEWEST = 50
"""Forecasts from which a share is worth saying: the error is then about 7 points."""

_MOST = 200
_REACH = 0.05
"""How far another forecast's confidence may be away to count as the same."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of earlier forecasts with about the same confidence.

    Attributes:
        right: share of their directions that were right.
        count: how many there were.
        low: the least of their confidences.
        high: the greatest.
    """

    right: float
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """Directions that were called, and whether they came.

    Attributes:
        confidence: probability of the called side, shape (n,).
        right: whether the price ended there, shape (n,).
    """

    confidence: Floats
    right: NDArray[np.bool_]

    @classmethod
    def of(cls, forecasts: pd.DataFrame) -> Self:
        """The calls among forecasts that are known to be right or wrong.

        Args:
            forecasts: frame with close, predicted, actual (NaN where open), probability_up.

        >>> frame = pd.DataFrame({"close": [10.0, 10.0], "predicted": [11.0, 9.0],
        ...     "actual": [12.0, 12.0], "probability_up": [0.6, 0.3]})
        >>> calls = Calls.of(frame)
        >>> calls.confidence.tolist(), calls.right.tolist()
        ([0.6, 0.7], [True, False])
        """
        close, predicted, actual, up = (
            forecasts[name].to_numpy(np.float64)
            for name in ("close", "predicted", "actual", "probability_up")
        )
        known = np.isfinite(actual) & (actual != close) & (predicted != close)
        rises = predicted > close
        confidence, right = np.where(rises, up, 1 - up), (actual > close) == rises
        return cls(confidence[known], right[known])

    def near(self, confidence: float) -> Measured | None:
        """What became of calls of about this confidence; None where there are too few."""
        distance = np.abs(self.confidence - confidence)
        rows = np.argsort(distance, kind="stable")[:_MOST]
        rows = rows[distance[rows] <= _REACH]
        if len(rows) < FEWEST:
            return None
        near = self.confidence[rows]
        right = float(self.right[rows].mean())
        return Measured(right, len(rows), float(near.min()), float(near.max()))

"""Feature scaling, learnt from training rows only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from mlwidgets.features.series import FloatArray

CLIP = 6.0
"""Scaled features beyond this many standard deviations are held there."""


@dataclass(frozen=True, slots=True)
class Scaler:
    """Mean and standard deviation of each feature.

    Attributes:
        mean: shape (features,).
        deviation: shape (features,), positive.
    """

    mean: FloatArray
    deviation: FloatArray

    @classmethod
    def fit(cls, features: FloatArray) -> Self:
        """Learn from training rows, shape (n, features), NaN rows left out.

        >>> import numpy as np
        >>> Scaler.fit(np.array([[1.0, 5.0], [3.0, 5.0]])).transform(np.array([[3.0, 5.0]]))
        array([[1., 0.]], dtype=float32)
        """
        rows = features[np.isfinite(features).all(axis=1)]
        deviation = rows.std(axis=0)
        return cls(rows.mean(axis=0), np.where(deviation > 1e-9, deviation, 1.0))

    def transform(self, features: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        """Scaled features in float32, shape (n, features); NaN rows become 0."""
        scaled = np.clip((features - self.mean) / self.deviation, -CLIP, CLIP)
        return np.nan_to_num(scaled, nan=0.0).astype(np.float32)

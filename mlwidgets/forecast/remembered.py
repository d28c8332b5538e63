"""A network's last outputs, so that a forecast on one more candle runs one more window."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from torch import nn

from mlwidgets.features.series import FloatArray
from mlwidgets.features.windows import IntArray
from mlwidgets.forecast.inference import predict_network

Scaled = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class _Outputs:
    features: Scaled
    origins: IntArray
    values: FloatArray

    def still_true(self, features: Scaled, origins: IntArray) -> bool:
        """Whether rows were only added since: what an origin sees lies before it."""
        rows, count = len(self.features), len(self.origins)
        return (
            len(features) >= rows
            and np.array_equal(features[:rows], self.features)
            and np.array_equal(origins[:count], self.origins)
        )


@dataclass(slots=True)
class RememberedOutputs:
    """Outputs of one network on the features that it saw last.

    Candles that grow at their end, as a live market's do, cost one window each; others are
    computed anew. A copy in another process starts empty.
    """

    _last: _Outputs | None = field(default=None, repr=False)

    def predict(
        self, network: nn.Module, features: Scaled, origins: IntArray, sequence_length: int
    ) -> FloatArray:
        """As `predict_network`, always of the same network."""
        last = self._last
        if last is None or not last.still_true(features, origins):
            values = predict_network(network, features, origins, sequence_length)
        else:
            fresh = origins[len(last.origins) :]
            added = predict_network(network, features, fresh, sequence_length)
            values = np.concatenate([last.values, added])
        self._last = _Outputs(features, origins, values)
        return values

    def __reduce__(self) -> tuple[type[RememberedOutputs], tuple[()]]:
        return RememberedOutputs, ()

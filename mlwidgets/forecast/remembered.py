"""What a model said last, so that a forecast on one more candle costs one more candle.

Candles that grow at their end, as a live market's do, are gone on from; others are computed
anew. A copy in another process starts empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from torch import nn

from mlwidgets.features.series import FloatArray
from mlwidgets.features.windows import IntArray
from mlwidgets.forecast.inference import predict_network
from mlwidgets.forecast.regime import FilterState, RegimeFilter, named_regimes
from mlwidgets.market.regimes import REGIMES

StrArray = np.ndarray[tuple[int], np.dtype[np.str_]]
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
    """Outputs of one network on the features that it saw last."""

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


@dataclass(frozen=True, slots=True)
class Regimes:
    """Filtered regimes of n candles, and what those candles were.

    Attributes:
        time: open times, shape (n,), epoch ms.
        close: closes, shape (n,).
        probabilities: of each of `REGIMES`, shape (n, 3).
        named: the market's name at each candle, as its place in `REGIMES`, shape (n,).
        state: of the filter at the last candle.
    """

    time: IntArray
    close: FloatArray
    probabilities: FloatArray
    named: IntArray
    state: FilterState

    def still_true(self, time: IntArray, close: FloatArray) -> bool:
        """Whether candles were only added since."""
        count = len(self.time)
        return (
            0 < count <= len(time)
            and np.array_equal(time[:count], self.time)
            and np.array_equal(close[:count], self.close)
        )

    @property
    def last(self) -> tuple[str, float]:
        """The market's name at the last candle, and that regime's probability."""
        at = int(self.named[-1])
        return REGIMES[at], float(self.probabilities[-1, at])

    @property
    def names(self) -> StrArray:
        """The names themselves, shape (n,)."""
        return np.array(REGIMES)[self.named]


@dataclass(slots=True)
class RememberedRegimes:
    """Regimes that one filter saw in the candles that it was given last."""

    _last: Regimes | None = field(default=None, repr=False)

    def read(self, regime: RegimeFilter, candles: pd.DataFrame) -> Regimes:
        """As `regime.filter` and `regime.label`, always of the same filter."""
        time = pd.DatetimeIndex(candles.index).as_unit("ms").asi8
        close = candles["close"].to_numpy(np.float64, copy=True)
        last = self._last
        if last is None or not last.still_true(time, close):
            values, state = regime.advance(FilterState(), candles)
            named = np.array(named_regimes(values, REGIMES.index("Sideways")), np.int64)
        elif len(time) == len(last.time):
            return last
        else:
            known = len(last.time)
            fresh, state = regime.advance(last.state, candles.iloc[known - 1 :])
            values = np.concatenate([last.probabilities, fresh[1:]])
            named = np.append(last.named, named_regimes(fresh[1:], int(last.named[-1])))
        found = self._last = Regimes(time, close, values, named, state)
        return found

    def __reduce__(self) -> tuple[type[RememberedRegimes], tuple[()]]:
        return RememberedRegimes, ()

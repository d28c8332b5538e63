"""What a forecast stands on: the market's regime, and candles such as training has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mlwidgets.features.registry import WARM_UP, feature_names, feature_values
from mlwidgets.features.series import CandleSeries
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.forecast.scaler import CLIP

if TYPE_CHECKING:  # torch takes seconds to import
    from mlwidgets.forecast.model import TrainedModel

_SETTLED = 4 * WARM_UP
"""Candles after which the slow averages have forgotten where they started."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a forecast knew, apart from its numbers.

    Attributes:
        regime_since: open time of the first candle of the current run of the regime; None where
            the candles do not reach back to it.
        strange: share of the window's scaled features that lie beyond `CLIP` deviations of
            training, where the network no longer tells them apart.
        strange_features: names of those features, the most frequent first.
    """

    regime_since: pd.Timestamp | None = None
    strange: float = 0.0
    strange_features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A forecast and what it stands on."""

    forecast: Forecast
    grounds: Grounds


def grounds_of(model: TrainedModel, candles: pd.DataFrame) -> Grounds:
    """What a model's forecast from the last candle stands on.

    Args:
        model: the model.
        candles: canonical closed candles that it forecasts from.
    """
    labels = model.regime.label(model.regime.filter(candles))
    length = model.meta.config.sequence_length
    window = candles.iloc[-(_SETTLED + length) :]
    values = feature_values(CandleSeries(window, model.meta.timeframe))[-length:]
    scaled = np.abs((values - model.scaler.mean) / model.scaler.deviation)
    share, names = strange_features(scaled)
    return Grounds(run_start(labels), share, names)


def run_start(labels: pd.Series) -> pd.Timestamp | None:
    """Index of the first of the equal labels at the end; None where all are equal.

    >>> days = pd.date_range("2025-01-01", periods=3, tz="UTC")
    >>> str(run_start(pd.Series(["Bull", "Bear", "Bear"], index=days)))
    '2025-01-02 00:00:00+00:00'
    """
    other = np.flatnonzero(labels.to_numpy() != labels.iloc[-1])
    return None if other.size == 0 else labels.index[other[-1] + 1]


def strange_features(scaled: np.ndarray) -> tuple[float, tuple[str, ...]]:
    """Share of cells beyond `CLIP`, and the features among them, the most frequent first.

    Args:
        scaled: absolute deviations from training, shape (candles, features); NaN counts as none.
    """
    beyond = np.nan_to_num(scaled) > CLIP
    counts = beyond.sum(axis=0)
    order = [at for at in np.argsort(-counts, kind="stable") if counts[at]]
    names = feature_names()
    return float(beyond.mean()), tuple(names[at] for at in order)

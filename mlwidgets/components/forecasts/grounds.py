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
    since = run_start(model.regimes(candles).named)
    length = model.meta.config.sequence_length
    window = candles.iloc[-(_SETTLED + length) :]
    values = feature_values(CandleSeries(window, model.meta.timeframe))[-length:]
    scaled = np.abs((values - model.scaler.mean) / model.scaler.deviation)
    share, names = strange_features(scaled)
    return Grounds(None if since is None else candles.index[since], share, names)


def run_start(labels: np.ndarray) -> int | None:
    """Place of the first of the equal labels at the end; None where all are equal.

    >>> run_start(np.array([0, 1, 1]))
    1
    """
    other = np.flatnonzero(labels != labels[-1])
    return None if other.size == 0 else int(other[-1]) + 1


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

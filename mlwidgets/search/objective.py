"""What a fold of a trial computes: train on its first part, measure on its second."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from mlwidgets.errors import NotEnoughCandles
from mlwidgets.evaluation.splits import Fold
from mlwidgets.features import Samples, require_origins
from mlwidgets.features.windows import IntArray
from mlwidgets.forecast.fitting import before, training_data
from mlwidgets.forecast.inference import predict_network
from mlwidgets.forecast.networks import build_network
from mlwidgets.forecast.repeatable import seeded
from mlwidgets.forecast.scaler import Scaler
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.forecast.training import train_network
from mlwidgets.search.scores import FoldScore

FEWEST_TRAIN = 200
"""Origins that a fold trains on at least."""

FEWEST_VALIDATION = 50
"""Origins that a fold validates on at least."""

VERSION = 1
"""Raised whenever the score of the same fold under the same config changes."""

_STOPPING_SHARE = 0.1
_STILL = 0.01


@dataclass(frozen=True, slots=True)
class FoldData:
    """What every fold of a search needs; sent to each worker once.

    Attributes:
        samples: of the candles before the test window.
        origins: labelled origins that have a window under every config of the space, so that
            all trials are measured on the same ones; folds are positions in it.
    """

    samples: Samples
    origins: IntArray

    @classmethod
    def build(cls, candles: pd.DataFrame, spec: ModelSpec, longest_sequence: int) -> Self:
        """Samples of canonical candles, for sequences up to `longest_sequence`.

        Raises:
            NotEnoughCandles: no whole window of that length.
        """
        samples = Samples.build(candles, spec.timeframe, spec.steps)
        origins = samples.labelled_origins(longest_sequence)
        require_origins(origins, len(candles), longest_sequence)
        return cls(samples, origins)


def score_fold(
    data: FoldData, spec: ModelSpec, fold: Fold, seed: int, *,
    device: str = "cpu", should_stop: Callable[[], bool] | None = None,
) -> FoldScore:  # fmt: skip
    """Train on a fold's training origins and measure on its validation origins.

    The last tenth of the training origins decides when to stop: the validation origins are
    measured once and choose nothing within the trial.

    Args:
        data: samples and origins.
        spec: what to train.
        fold: positions in `data.origins`.
        seed: of the training.
        device: where the network is trained and measured: `cpu`, `cuda` or `mps`.
        should_stop: asked after each epoch.

    Returns:
        The loss is the mean absolute error of scaled returns over that of the last-value
        forecast on the same origins: 1 is no skill, lower is better.

    Raises:
        NotEnoughCandles: fewer than 200 training origins.
        TrainingDiverged: the loss exploded.
        Cancelled: `should_stop` said so.
    """
    started = time.perf_counter()
    samples, length = data.samples, spec.config.sequence_length
    train, stopping = _split(data.origins[fold.train], samples.steps)
    scaler = Scaler.fit(samples.features[: train[-1] + 1])
    arrays = training_data(samples, scaler, train, stopping)
    with seeded(seed):
        network = build_network(spec.model_type, spec.config)
    fit = train_network(
        network, arrays, spec.config, seed=seed, device=device, should_stop=should_stop
    )
    rows = data.origins[fold.validation]
    predicted = predict_network(network, arrays.features, rows, length)
    actual = samples.scaled_target[rows]
    loss, naive = float(np.abs(actual - predicted).mean()), float(np.abs(actual).mean())
    moved = actual != 0
    right = np.sign(actual[moved]) * np.sign(predicted[moved])
    return FoldScore(
        loss=loss / naive if naive > _STILL else 1.0,  # nothing to forecast: no skill either way
        metrics={"directional_accuracy": float((right.mean() + 1) / 2) if moved.any() else 0.5},
        epochs=fit.epochs,
        seconds=time.perf_counter() - started,
    )


def fewest_origins(steps: int) -> int:
    """Training origins that leave a fold enough to learn from, whatever it stops by."""
    return math.ceil((FEWEST_TRAIN + steps) / (1 - _STOPPING_SHARE)) + 2 * steps


def _split(origins: IntArray, steps: int) -> tuple[IntArray, IntArray]:
    size = max(int(len(origins) * _STOPPING_SHARE), 2 * steps, 1)
    stopping = origins[-size:]
    train = before(origins, int(stopping[0]), steps) if len(stopping) else origins
    if len(train) < FEWEST_TRAIN:
        raise NotEnoughCandles(
            f"A fold has {len(train)} origins to learn from; it needs {FEWEST_TRAIN}. Use fewer "
            "folds or more candles.", needed=FEWEST_TRAIN,
        )  # fmt: skip
    return train, stopping

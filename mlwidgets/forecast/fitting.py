"""From a spec and candles to a trained model."""

from __future__ import annotations

import hashlib
import math
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
import pandas as pd

from mlwidgets.errors import NotEnoughCandles
from mlwidgets.features import Samples, candles_needed, features_fingerprint, require_origins
from mlwidgets.features.series import CandleSeries
from mlwidgets.features.windows import IntArray
from mlwidgets.forecast.arguments import COVERAGE, check_arguments
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.calibration import Calibration
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.forecast.networks import build_network
from mlwidgets.forecast.regime import RegimeFilter
from mlwidgets.forecast.repeatable import seeded
from mlwidgets.forecast.scaler import Scaler
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.forecast.training import EpochEnd, Fit, TrainingData, train_network
from mlwidgets.forecast.volatility import VolatilityModel, volatility_inputs
from mlwidgets.market.candles import candles_of, is_simulated

FEWEST_TRAIN = 400
"""Origins that a network learns from at least."""

_SHARE = 0.1
_FEWEST_PART = 50


@dataclass(frozen=True, slots=True)
class Split:
    """Origins in time order: to learn from, to stop by, to calibrate on; a horizon apart."""

    train: IntArray
    validation: IntArray
    calibration: IntArray


def train_model(
    spec: ModelSpec,
    candles: pd.DataFrame,
    *,
    seed: int = 0,
    coverage: float = COVERAGE,
    device: str = "cpu",
    on_epoch: Callable[[EpochEnd], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> TrainedModel:
    """Train a model on all the candles given.

    The last tenth of the origins (two horizons at least) calibrates interval and confidence,
    the tenth before it decides when to stop; the network learns from the rest.

    Args:
        spec: what to train.
        candles: canonical closed candles of the spec's symbol and timeframe.
        seed: of weights, batch order and dropout.
        coverage: of the intervals.
        device: `cpu`, `cuda` or `mps`.
        on_epoch: called after each epoch.
        should_stop: asked after each epoch.

    Raises:
        SpecError: a seed, coverage or device that makes no sense here.
        CandleError: the candles break the contract.
        ModelMismatch: candles of another symbol or timeframe.
        NotEnoughCandles: fewer than 400 origins to learn from.
        TrainingDiverged: the loss stopped being finite.
        Cancelled: `should_stop` said so.
    """
    started = time.perf_counter()
    check_arguments(spec, seed=seed, coverage=coverage, device=device)
    candles = candles_of(candles, spec.symbol, spec.timeframe)
    series = CandleSeries(candles, spec.timeframe)
    samples = Samples.of(series, spec.steps)
    split = split_origins(samples, spec.config.sequence_length)
    scaler = Scaler.fit(samples.features[: split.train[-1] + 1])
    data = training_data(samples, scaler, split.train, split.validation)
    with seeded(seed):
        network = build_network(spec.model_type, spec.config)
    fit = train_network(
        network, data, spec.config,
        seed=seed, device=device, on_epoch=on_epoch, should_stop=should_stop,
    )  # fmt: skip
    inputs = volatility_inputs(series)
    learnt = np.concatenate([split.train, split.validation])
    volatility = VolatilityModel.fit(inputs[learnt], samples.target[learnt])
    model = TrainedModel(
        _meta(spec, candles, seed, fit),
        network.cpu().eval(),
        scaler,
        volatility,
        Calibration(coverage, 1.0, 0.0, 1.0, int(samples.time[-1])),
        RegimeFilter.fit(candles, spec.timeframe),
    )
    calibrated = _calibrate(model, samples, split.calibration, inputs, coverage)
    return _timed(model, calibrated, started)


def split_origins(samples: Samples, sequence_length: int) -> Split:
    """Split the labelled origins in time order; no target reaches into the next part.

    Validation and calibration get a tenth each, 50 origins and two horizons at least.

    Raises:
        NotEnoughCandles: fewer than 400 origins are left to learn from.
    """
    rows = samples.labelled_origins(sequence_length)
    require_origins(rows, len(samples), sequence_length, samples.steps)
    steps = samples.steps
    part = max(int(len(rows) * _SHARE), _FEWEST_PART, 2 * steps)
    calibration, earlier = rows[-part:], rows[:-part]
    validation = earlier[-(part + steps) :]
    train = before(earlier[: -(part + steps)], int(validation[0]) if len(validation) else 0, steps)
    if len(train) < FEWEST_TRAIN:
        needed = candles_needed(sequence_length) + steps + _origins_needed(steps)
        raise NotEnoughCandles(
            f"{len(samples)} candles leave {len(train)} origins to learn from; training needs "
            f"{FEWEST_TRAIN}: about {needed} candles without gaps at this horizon.",
            candles=len(samples), needed=needed,
        )  # fmt: skip
    return Split(train, before(validation, int(calibration[0]), steps), calibration)


def _origins_needed(steps: int) -> int:
    fixed = FEWEST_TRAIN + 2 * steps
    return max(math.ceil(fixed / (1 - 2 * _SHARE)), fixed + 2 * max(_FEWEST_PART, 2 * steps))


def before(origins: IntArray, row: int, steps: int) -> IntArray:
    """The origins whose target lies before a row."""
    return origins[origins + steps < row]


def training_data(
    samples: Samples, scaler: Scaler, train: IntArray, validation: IntArray
) -> TrainingData:
    """Scaled features and targets for the training loop."""
    target = np.nan_to_num(samples.scaled_target, nan=0.0).astype(np.float32)
    return TrainingData(scaler.transform(samples.features), target, train, validation)


def data_fingerprint(candles: pd.DataFrame) -> str:
    """SHA-256 of the candles' times and numbers."""
    sha = hashlib.sha256(pd.DatetimeIndex(candles.index).as_unit("ms").asi8.tobytes())
    sha.update(np.ascontiguousarray(candles.to_numpy(dtype=np.float64)).tobytes())
    return sha.hexdigest()


def _calibrate(
    model: TrainedModel, samples: Samples, origins: IntArray, inputs: np.ndarray, coverage: float
) -> Calibration:
    expected = model.expected_returns(samples, origins)
    scale = model.volatility.scale(inputs[origins], samples.horizon_volatility[origins])
    outcomes = model.outcomes(samples, origins, expected, scale)
    return Calibration.fit(outcomes, coverage, int(samples.time[-1]))


def _timed(model: TrainedModel, calibration: Calibration, started: float) -> TrainedModel:
    duration = round((time.perf_counter() - started) * 1000)
    return replace(
        model, calibration=calibration, meta=model.meta.replace(training_duration=duration)
    )


def _meta(spec: ModelSpec, candles: pd.DataFrame, seed: int, fit: Fit) -> ModelMeta:
    first, last = candles.index[[0, -1]]
    return ModelMeta(
        symbol=spec.symbol, model_type=spec.model_type, horizon=spec.horizon,
        timeframe=spec.timeframe, config=spec.config,
        trained_at=time.time_ns() // 1_000_000, training_duration=0, accuracy=None,
        data_points=len(candles), epochs_run=fit.epochs, best_epoch=fit.best_epoch,
        trained_from=first.value // 1_000_000, trained_until=last.value // 1_000_000,
        seed=seed, simulated=is_simulated(candles), features_fingerprint=features_fingerprint(),
        data_fingerprint=data_fingerprint(candles),
        libraries={
            "python": platform.python_version(),
            **{name: version(name) for name in ("mlwidgets", "numpy", "pandas", "torch")},
        },
    )  # fmt: skip

"""The trained model: forecasts from candles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd
from torch import nn

from mlwidgets.errors import ModelFileError, ModelMismatch, NotEnoughCandles
from mlwidgets.features import Samples, candles_needed, features_fingerprint
from mlwidgets.features.registry import FEATURES, LOOKBACK
from mlwidgets.features.series import CandleSeries, FloatArray
from mlwidgets.features.windows import IntArray
from mlwidgets.forecast.artifact import ModelArtifact, ModelMeta, TensorDict
from mlwidgets.forecast.calibration import Calibration, Outcomes, probability_up
from mlwidgets.forecast.networks import network_arrays, restore_network
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.forecast.regime import RegimeFilter
from mlwidgets.forecast.remembered import Regimes, RememberedOutputs, RememberedRegimes
from mlwidgets.forecast.scaler import Scaler
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.forecast.volatility import (
    INPUT_COLUMNS,
    SPANS,
    VolatilityModel,
    volatility_inputs,
)
from mlwidgets.market.candles import candles_of, is_simulated
from mlwidgets.market.dates import from_epoch_ms
from mlwidgets.market.timeframes import timeframe_delta

_NETWORK = "network."
_FARTHEST = 5.0

_SETTLED = 18 * max(SPANS)
"""Candles after which the slowest average has forgotten its start to the last bit."""


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A network with all that turns its output into a forecast.

    Made by `train_model` or loaded by a registry; immutable.

    Attributes:
        meta: facts about the model.
        network: maps scaled windows (B, T, F) to scaled returns (B,).
        scaler: of the features.
        volatility: scale of the returns over the horizon.
        calibration: of interval and confidence at the end of the training candles.
        regime: the filtered market regime.
        on_forecast: told each forecast that was made; a registry writes the track record by it.
    """

    meta: ModelMeta
    network: nn.Module
    scaler: Scaler
    volatility: VolatilityModel
    calibration: Calibration
    regime: RegimeFilter
    on_forecast: Callable[[TrainedModel, Forecast], None] | None = field(
        default=None, repr=False, compare=False
    )
    _outputs: RememberedOutputs = field(
        default_factory=RememberedOutputs, init=False, repr=False, compare=False
    )
    _regimes: RememberedRegimes = field(
        default_factory=RememberedRegimes, init=False, repr=False, compare=False
    )

    @property
    def spec(self) -> ModelSpec:
        """The spec that the model was trained to."""
        return self.meta.spec

    def forecast(self, candles: pd.DataFrame) -> Forecast:
        """Forecast from the last candle.

        Interval and confidence adapt to the outcomes since training as far as `candles`
        hold them, so give all candles since then; the regime wants 60 days.

        Args:
            candles: canonical closed candles of the model's symbol and timeframe.

        Raises:
            CandleError: the candles break the contract.
            ModelMismatch: candles of another symbol or timeframe, or older than the
                model's training data.
            NotEnoughCandles: no whole window ends at the last candle.
        """
        candles = self.check_candles(candles)
        rows = self._forecasts(candles)
        if len(rows.origins) == 0 or rows.origins[-1] != len(candles) - 1:
            origin = candles.index[-1] if len(candles) else "no candle"
            needed = candles_needed(self.meta.config.sequence_length)
            raise NotEnoughCandles(
                f"No forecast from {origin}: the model needs {needed} candles, the last "
                f"{self.meta.config.sequence_length + 24} of them without a gap, and got "
                f"{len(candles)}.",
                candles=len(candles), needed=needed,
            )  # fmt: skip
        forecast = self._outlook(rows, candles)
        if self.on_forecast is not None:
            self.on_forecast(self, forecast)
        return forecast

    def predict(self, candles: pd.DataFrame) -> pd.DataFrame:
        """Forecast from every origin that the model was not trained on.

        Each row knows candles up to its origin only; `actual` is NaN where the target's
        candle is not there.

        Args:
            candles: canonical closed candles.

        Returns:
            Frame indexed by the origin candle's open time, with target_time, close,
            predicted, actual, lower, upper (prices), probability_up, scale (expected
            absolute log return over the horizon) and regime.

        Raises:
            As `forecast`; no origin at all gives an empty frame.
        """
        candles = self.check_candles(candles)
        rows = self._forecasts(candles)
        index = pd.DatetimeIndex(candles.index[rows.origins])
        columns = {"target_time": index + self._ahead, **rows.prices()}
        names = pd.Series(self.regimes(candles).names[rows.origins], index=index, dtype="str")
        return pd.DataFrame(columns, index=index).assign(regime=names)

    def regimes(self, candles: pd.DataFrame) -> Regimes:
        """The market regime at each candle, by the candles up to it.

        Args:
            candles: canonical closed candles.
        """
        return self._regimes.read(self.regime, candles)

    def check_candles(self, candles: pd.DataFrame) -> pd.DataFrame:
        """Refuse candles that are not of the model's symbol and timeframe.

        Returns:
            The candles in canonical form.

        Raises:
            CandleError, ModelMismatch, NotEnoughCandles.
        """
        candles = candles_of(candles, self.meta.symbol, self.meta.timeframe)
        if len(candles) and candles.index[-1].value // 1_000_000 < self.calibration.until:
            raise ModelMismatch(
                f"The candles end at {candles.index[-1]}, before the model's training data do "
                f"({pd.Timestamp(self.calibration.until, unit='ms', tz='UTC')}): it has seen "
                "what it would forecast. Give later candles."
            )
        return candles

    def measured(self, accuracy: float | None, metrics: dict[str, float | int | None]) -> Self:
        """The same model with what a backtest measured of it in its meta."""
        return replace(self, meta=self.meta.replace(accuracy=accuracy, metrics=metrics))

    def to_artifact(self) -> ModelArtifact:
        """The model as plain values, for a registry to keep."""
        tensors: TensorDict = {
            **{f"{_NETWORK}{name}": array for name, array in network_arrays(self.network).items()},
            "scaler.mean": self.scaler.mean,
            "scaler.deviation": self.scaler.deviation,
            "volatility.coefficients": self.volatility.coefficients,
            "volatility.centre": self.volatility.centre,
            "calibration": self.calibration.to_array(),
            "regime": self.regime.to_array(),
        }
        return ModelArtifact(self.meta, tensors)

    @classmethod
    def from_artifact(cls, artifact: ModelArtifact) -> Self:
        """The model from plain values.

        Raises:
            ModelFileError: the values do not make a model of this version of mlwidgets.
        """
        meta, tensors = artifact.meta, artifact.tensors
        if meta.features_fingerprint != features_fingerprint():
            raise ModelFileError(
                f"{meta.spec.slot} {meta.version} was trained on other features than this "
                "version of mlwidgets computes; train it again."
            )
        parts = _vectors(tensors)
        network = {
            name.removeprefix(_NETWORK): array
            for name, array in tensors.items()
            if name.startswith(_NETWORK)
        }
        return cls(
            meta,
            restore_network(meta.model_type, meta.config, network),
            Scaler(parts["scaler.mean"], parts["scaler.deviation"]),
            VolatilityModel(parts["volatility.coefficients"], parts["volatility.centre"]),
            Calibration.from_array(parts["calibration"], meta.trained_until),
            RegimeFilter.from_array(parts["regime"]),
        )

    def _forecasts(self, candles: pd.DataFrame) -> _Forecasts:
        first = self._first_needed(candles)
        series = CandleSeries(candles.iloc[first:], self.meta.timeframe)
        samples = Samples.of(series, self.spec.steps)
        origins = samples.origins(self.meta.config.sequence_length)
        origins = origins[samples.time[origins] >= self.calibration.until]
        scale = self.volatility.scale(
            volatility_inputs(series, origins), samples.horizon_volatility[origins]
        )
        expected = self.expected_returns(samples, origins)
        outcomes = self.outcomes(samples, origins, expected, scale)
        half_width, slope = self.calibration.track(outcomes)
        reach = np.minimum(half_width * scale, _FARTHEST)
        close = samples.close[origins]
        return _Forecasts(
            origins=origins + first,
            close=close,
            predicted=close * np.exp(expected),
            actual=close * np.exp(samples.target[origins]),
            lower=close * np.exp(expected - reach),
            upper=close * np.exp(expected + reach),
            probability_up=probability_up(slope, outcomes.signal),
            scale=scale,
        )

    def _first_needed(self, candles: pd.DataFrame) -> int:
        """Row from which on candles matter to the forecasts: history without end costs nothing."""
        until = from_epoch_ms(self.calibration.until)
        before = _SETTLED + LOOKBACK + self.meta.config.sequence_length
        return max(0, int(candles.index.searchsorted(until)) - before)

    def expected_returns(self, samples: Samples, origins: IntArray) -> FloatArray:
        """Expected (median) log return over the horizon at some origins, shape (m,)."""
        features = self.scaler.transform(samples.features)
        length = self.meta.config.sequence_length
        scaled = self._outputs.predict(self.network, features, origins, length)
        return np.asarray(scaled * samples.horizon_volatility[origins])

    def outcomes(
        self, samples: Samples, origins: IntArray, expected: FloatArray, scale: FloatArray
    ) -> Outcomes:
        """Forecasts in units of their scale, and what became of them."""
        step = timeframe_delta(self.meta.timeframe) // pd.Timedelta(milliseconds=1)
        time = samples.time[origins]
        known = time + samples.steps * step
        signal, result = expected / scale, samples.target[origins] / scale
        return Outcomes(time, known, signal, result, samples.steps)

    @property
    def _ahead(self) -> pd.Timedelta:
        return self.spec.steps * timeframe_delta(self.meta.timeframe)

    def _outlook(self, rows: _Forecasts, candles: pd.DataFrame) -> Forecast:
        regime, probability = self.regimes(candles).last
        last = {name: float(values[-1]) for name, values in rows.prices().items()}
        up, move = last["probability_up"], last["predicted"] - last["close"]
        return Forecast(
            symbol=self.meta.symbol, model_type=self.meta.model_type,
            timeframe=self.meta.timeframe, horizon=self.meta.horizon,
            origin=candles.index[-1].to_pydatetime(),
            target_time=(candles.index[-1] + self._ahead).to_pydatetime(),
            close=last["close"], price=last["predicted"],
            lower=last["lower"], upper=last["upper"],
            coverage=self.calibration.coverage,
            direction="up" if move > 0 else "down" if move < 0 else "flat",
            confidence=up if move >= 0 else 1 - up, probability_up=up,
            regime=regime, regime_probability=probability,
            model_version=self.meta.version,
            trained_at=pd.Timestamp(self.meta.trained_at, unit="ms", tz="UTC").to_pydatetime(),
            simulated=self.meta.simulated or is_simulated(candles),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Forecasts:
    """Forecasts from m origins, oldest first; all but the rows are columns of `predict`."""

    origins: IntArray
    close: FloatArray
    predicted: FloatArray
    actual: FloatArray
    lower: FloatArray
    upper: FloatArray
    probability_up: FloatArray
    scale: FloatArray

    def prices(self) -> dict[str, FloatArray]:
        """The columns by name, each of shape (m,)."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "origins"}


_LENGTHS = {
    "calibration": 4,
    "regime": 6,
    "scaler.deviation": len(FEATURES),
    "scaler.mean": len(FEATURES),
    "volatility.centre": INPUT_COLUMNS,
    "volatility.coefficients": INPUT_COLUMNS,
}


def _vectors(tensors: TensorDict) -> dict[str, FloatArray]:
    """The float64 vectors beside the network's weights, each checked."""
    others = {name: array for name, array in tensors.items() if not name.startswith(_NETWORK)}
    if others.keys() != _LENGTHS.keys():
        wrong = sorted(others.keys() ^ _LENGTHS.keys())
        raise ModelFileError(f"Not the tensors of a model: {wrong} are missing or unknown.")
    for name, length in _LENGTHS.items():
        array = others[name]
        if array.dtype != np.float64 or array.shape != (length,) or not np.isfinite(array).all():
            raise ModelFileError(f"Tensor {name} is no vector of {length} finite float64 numbers.")
    if others["scaler.deviation"].min() <= 0:
        raise ModelFileError("Tensor scaler.deviation holds a number that is not positive.")
    return others

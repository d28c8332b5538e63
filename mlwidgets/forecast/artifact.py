"""A trained model as plain values: what a model file holds, without torch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from mlwidgets.forecast.spec import ModelConfig, ModelSpec, ModelType, Value

FORMAT_VERSION = 1
"""Version of the model files that this mlwidgets writes."""

VERSION_PATTERN = r"(?:0|[1-9][0-9]{0,5})(?:\.(?:0|[1-9][0-9]{0,5})){2}"
"""A model's version: three numbers of up to six ASCII digits, without leading zeros."""

EpochMs = Annotated[int, Field(ge=0, lt=253_402_300_800_000)]
"""A time in milliseconds since 1970 (UTC), before the year 10000."""

TensorDict = dict[str, np.ndarray]
"""Names to arrays, each float32, float64, int64 or bool, of any shape, finite."""


class ModelMeta(Value):
    """Facts about a trained model: the guide's fields first, then what makes it traceable.

    Times are epoch milliseconds, durations milliseconds.
    """

    symbol: str
    model_type: ModelType
    version: Annotated[str, Field(pattern=rf"\A{VERSION_PATTERN}\z")] = "0.0.0"
    trained_at: EpochMs
    accuracy: Annotated[float, Field(ge=0, le=1)] | None
    """Directional accuracy in the backtest that measured this model."""
    training_duration: Annotated[int, Field(ge=0)]
    data_points: Annotated[int, Field(ge=0)]
    """Candles that the model was trained on."""
    config: ModelConfig

    horizon: str
    timeframe: str
    metrics: dict[str, float | int | None] = Field(default_factory=dict)
    """Every number of the backtest that measured this model (camelCase names)."""
    trained_from: EpochMs
    """Open time of the first candle of the training data."""
    trained_until: EpochMs
    """Open time of the last candle of the training data."""
    epochs_run: Annotated[int, Field(ge=0)] = 0
    best_epoch: Annotated[int, Field(ge=0)] = 0
    """The epoch whose weights were kept; 0 is the untrained network: nothing was learnt."""
    seed: int
    features_fingerprint: str
    data_fingerprint: str
    simulated: bool = False
    """Whether the training candles came from the simulator."""
    libraries: dict[str, str] = Field(default_factory=dict)
    weights_sha256: str = ""
    """SHA-256 of the weights file's bytes; the registry fills it in."""
    format_version: int = FORMAT_VERSION

    @property
    def spec(self) -> ModelSpec:
        """The spec that the model was trained to."""
        return ModelSpec(
            symbol=self.symbol,
            model_type=self.model_type,
            timeframe=self.timeframe,
            horizon=self.horizon,
            config=self.config,
        )


@dataclass(frozen=True, slots=True)
class ModelArtifact:
    """A trained model as plain values.

    Attributes:
        meta: the facts.
        tensors: network weights, scalers and calibrations by name.
    """

    meta: ModelMeta
    tensors: TensorDict

    def digest(self) -> str:
        """SHA-256 over every tensor's name, dtype, shape and numbers."""
        return tensors_digest(self.tensors)


def tensors_digest(tensors: TensorDict) -> str:
    """SHA-256 over names, dtypes, shapes and numbers of arrays, in the order of names."""
    sha = hashlib.sha256()
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        sha.update(f"{name}|{array.dtype.str}|{array.shape}|".encode())
        sha.update(array.tobytes())
    return sha.hexdigest()

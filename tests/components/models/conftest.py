"""A home with models that cost no training."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mlwidgets.components.choice import Choice
from mlwidgets.components.models.models_state import ModelsState
from mlwidgets.dashboards.sources import Sources
from mlwidgets.forecast.artifact import ModelArtifact, ModelMeta
from mlwidgets.forecast.spec import ModelConfig, ModelType
from mlwidgets.registry import ModelRegistry
from mlwidgets.settings import get_settings

DAY_MS = 86_400_000
Save = Callable[..., ModelMeta]


@pytest.fixture
def registry(home: Path) -> ModelRegistry:
    """The home's models, as another process sees them."""
    return ModelRegistry(home / "models")


@pytest.fixture
def save(registry: ModelRegistry) -> Save:
    """Saves a small model: symbol, model type, accuracy, days since its training."""

    def make(
        symbol: str = "BTCUSDT", model_type: ModelType = "LSTM", *,
        accuracy: float | None = 0.53, days: float = 0.0,
    ) -> ModelMeta:  # fmt: skip
        trained_at = int(time.time() * 1000 - days * DAY_MS)
        meta = ModelMeta(
            symbol=symbol, model_type=model_type, trained_at=trained_at,
            accuracy=accuracy, training_duration=45_000, data_points=17_520, config=ModelConfig(),
            horizon="4h", timeframe="1h", trained_from=0, trained_until=DAY_MS, seed=7,
            metrics={"coverage": 0.893, "accuracyLow": 0.49, "accuracyHigh": 0.57},
            features_fingerprint="9f3a", data_fingerprint="41bc", libraries={"torch": "2.13.0"},
        )  # fmt: skip
        return registry.save(ModelArtifact(meta, {"network.weight": np.ones((2, 2), np.float32)}))

    return make


@pytest.fixture
def state(home: Path) -> ModelsState:
    """The models of the home as a page knows them, not read yet."""
    return ModelsState(Choice(), Sources(get_settings()))


@pytest.fixture
def load(state: ModelsState) -> Callable[[], None]:
    """Reads the folder as the page does when something has changed."""
    return lambda: asyncio.run(state.load())

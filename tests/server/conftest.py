"""`mlwidgets serve` as a process of its own, and a model to show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import serving

from mlwidgets.evaluation.backtest import backtest
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.simulator import simulate_market
from mlwidgets.registry import ModelRegistry


@pytest.fixture(name="serving", scope="session")
def serving_fixture() -> Callable[..., Any]:
    """Runs `mlwidgets serve` in a home."""
    return serving.serving


@pytest.fixture(scope="session")
def save_model() -> Callable[[Path], str]:
    """Makes a small model of SIMUSDT production in a home; tells the version."""
    candles = simulate_market("1h", periods=900, seed=1).candles
    config = ModelConfig(hidden_size=4, sequence_length=4, learning_rate=0.02, epochs=2)
    spec = ModelSpec(symbol="SIMUSDT", model_type="LSTM", config=config)
    start = str(candles.index[-100])
    model = backtest(spec, candles, start=start).model

    def save(home: Path) -> str:
        return ModelRegistry(home / "models").save(model).version

    return save

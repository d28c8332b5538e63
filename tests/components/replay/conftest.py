"""A small model that was trained on the first candles of a market, and the ones after them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

from mlwidgets.components.texts import language
from mlwidgets.forecast.fitting import train_model
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.candles import label_candles
from mlwidgets.market.simulator import simulate_market

_CONFIG = ModelConfig(hidden_size=4, sequence_length=6, epochs=1, learning_rate=0.02)

TRAINED = 700
"""Candles that the model was trained on."""


@pytest.fixture(scope="session")
def candles() -> pd.DataFrame:
    """Hourly candles up to now, more than the model was trained on."""
    count = TRAINED + 80
    start = pd.Timestamp.now("UTC").floor("h") - pd.Timedelta(hours=count)
    frame = simulate_market("1h", periods=count, start=start, seed=3).candles
    return label_candles(frame, symbol="BTCUSDT", timeframe="1h", source="binance")


@pytest.fixture(scope="session")
def model(candles: pd.DataFrame) -> TrainedModel:
    """A model that looks two hours ahead."""
    spec = ModelSpec(symbol="BTCUSDT", model_type="LSTM", horizon="2h", config=_CONFIG)
    return train_model(spec, candles[:TRAINED])


@pytest.fixture
def run() -> Callable[..., Any]:
    """Runs coroutines one after another in one event loop."""

    async def each(work: tuple[Any, ...]) -> None:
        for coroutine in work:
            await coroutine

    return lambda *work: asyncio.run(each(work))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    language.code = "en"

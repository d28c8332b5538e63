"""A record to fill, and models and forecasts to fill it with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlwidgets.market.dates import epoch_ms
from mlwidgets.record.store import RecordStore
from mlwidgets.record.values import RecordedForecast, RecordedModel
from mlwidgets.settings import Settings

HOUR = 3_600_000
START = epoch_ms(pd.Timestamp("2025-03-01", tz="UTC"))
PROMISE = {"origins": 720, "directionalAccuracy": 0.6, "coverage": 0.9, "mae": 1.0}

MakeModel = Callable[..., RecordedModel]
MakeForecast = Callable[..., RecordedForecast]


@pytest.fixture(scope="session")
def a_model() -> MakeModel:
    """A model of BTCUSDT, one hour ahead, trained in February; `fields` say what differs."""

    def make(**fields: Any) -> RecordedModel:
        facts = {
            "symbol": "BTCUSDT", "model_type": "LSTM", "version": "1.0.0",
            "weights_sha256": "a" * 64, "timeframe": "1h", "horizon": "1h",
            "trained_at": START, "trained_from": START - 1000 * HOUR,
            "trained_until": START - HOUR, "metrics": PROMISE,
            "regime_filter": (0.3, 20.0, 0.03, 1.0, 10.0, 4.0),
        }  # fmt: skip
        return RecordedModel(**{**facts, **fields})

    return make


@pytest.fixture(scope="session")
def a_forecast() -> MakeForecast:
    """A forecast from the n-th hour of March, made a minute after that hour."""

    def make(hour: int, *, steps: int = 1, **fields: Any) -> RecordedForecast:
        origin = START + hour * HOUR
        facts = {
            "origin": origin, "target_time": origin + steps * HOUR,
            "made_at": origin + HOUR + 60_000, "close": 100.0, "predicted": 101.0,
            "lower": 95.0, "upper": 105.0, "probability_up": 0.55, "regime": "Sideways",
            "simulated": False,
        }  # fmt: skip
        return RecordedForecast(**{**facts, **fields})

    return make


@pytest.fixture(scope="session")
def hours() -> Callable[[list[float], int], pd.DataFrame]:
    """Candles of March's hours with these closes, from an hour on."""

    def make(closes: list[float], first: int = 0) -> pd.DataFrame:
        times = pd.DatetimeIndex(
            pd.to_datetime([START + (first + n) * HOUR for n in range(len(closes))], unit="ms")
        ).tz_localize("UTC")
        flat = pd.Series(closes, index=times.rename("time"), dtype="float64")
        return pd.DataFrame({"open": flat, "high": flat, "low": flat, "close": flat, "volume": 1.0})

    return make


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home of the test's own."""
    return Settings(home=tmp_path)


@pytest.fixture
def store(settings: Settings) -> RecordStore:
    """The record in that home."""
    return RecordStore(settings.study_url)

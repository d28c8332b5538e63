"""A forecast, its model and its record, to be varied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.market.dates import epoch_ms
from mlwidgets.record.frame import frame_of
from mlwidgets.record.retraining import Reason
from mlwidgets.record.track_record import TrackRecord
from mlwidgets.record.values import RecordedModel
from mlwidgets.record.windows import Window

NOW = pd.Timestamp("2025-06-01 12:20", tz="UTC")
ORIGIN = pd.Timestamp("2025-06-01 11:00", tz="UTC")
DAY = pd.Timedelta(days=1)


@pytest.fixture
def a_forecast() -> Callable[..., Forecast]:
    """A forecast of BTCUSDT from the last closed candle; `fields` say what differs."""

    def make(**fields: Any) -> Forecast:
        facts = {
            "symbol": "BTCUSDT", "model_type": "LSTM", "timeframe": "1h", "horizon": "4h",
            "origin": ORIGIN.to_pydatetime(),
            "target_time": (ORIGIN + pd.Timedelta(hours=4)).to_pydatetime(),
            "close": 100.0, "price": 102.0, "lower": 95.0, "upper": 108.0, "coverage": 0.9,
            "direction": "up", "confidence": 0.56, "probability_up": 0.56, "regime": "Bull",
            "regime_probability": 0.7, "model_version": "1.0.0",
            "trained_at": dt.datetime(2025, 5, 30, tzinfo=dt.UTC), "simulated": False,
        }  # fmt: skip
        return Forecast(**{**facts, **fields})

    return make


@pytest.fixture
def a_meta() -> Callable[..., ModelMeta]:
    """Its model, trained two days ago; `fields` say what differs."""

    def make(**fields: Any) -> ModelMeta:
        trained = epoch_ms(NOW - 2 * DAY)
        facts = {
            "symbol": "BTCUSDT", "model_type": "LSTM", "version": "1.0.0", "trained_at": trained,
            "accuracy": 0.55, "training_duration": 1000, "data_points": 5000,
            "config": ModelConfig(), "horizon": "4h", "timeframe": "1h",
            "trained_from": trained - 10**10, "trained_until": trained, "seed": 0,
            "features_fingerprint": "f", "data_fingerprint": "d", "weights_sha256": "a" * 64,
        }  # fmt: skip
        return ModelMeta(**{**facts, **fields})

    return make


@pytest.fixture
def a_record(a_meta: Callable[..., ModelMeta]) -> Callable[..., TrackRecord]:
    """The record of that model: regimes of its training, reasons, windows, forecasts."""

    def make(
        *, trained: dict[str, float] | None = None, reasons: tuple[Reason, ...] = (),
        windows: tuple[Window, ...] = (), forecasts: pd.DataFrame | None = None, **fields: Any,
    ) -> TrackRecord:  # fmt: skip
        model = RecordedModel.of(a_meta(**fields), (0.3, 20.0, 0.03, 1.0, 10.0, 4.0))
        frame = frame_of([], {}, 0) if forecasts is None else forecasts
        return TrackRecord("BTCUSDT", "LSTM", NOW, model, frame, windows, trained, reasons, frame)

    return make


@pytest.fixture
def outcomes() -> Callable[..., pd.DataFrame]:
    """Scored forecasts of a rise with one confidence, the first `right` of `count` right."""

    def make(right: int, count: int, confidence: float = 0.56) -> pd.DataFrame:
        origins = pd.date_range(end=ORIGIN - DAY, periods=count, freq="h", name="origin")
        hit = np.arange(count) < right
        return pd.DataFrame(
            {
                "target_time": origins + pd.Timedelta(hours=4), "version": "1.0.0",
                "close": 100.0, "predicted": 101.0, "actual": np.where(hit, 102.0, 98.0),
                "probability_up": confidence, "hit": pd.array(hit, dtype="boolean"),
                "regime": "Bull", "made_at": origins + pd.Timedelta(hours=1),
                "simulated": False,
            },
            index=origins,
        )  # fmt: skip

    return make

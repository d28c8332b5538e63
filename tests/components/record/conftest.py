"""A production slot of BTCUSDT whose forecasts are on record, with candles that score them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlwidgets.components.forecasts.grounds import Reading
from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.market.series import Series
from mlwidgets.components.record.reader import LiveRecords
from mlwidgets.components.record.state import RecordState
from mlwidgets.dashboards.sources import Sources
from mlwidgets.errors import ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.store import CandleStore
from mlwidgets.record.store import RecordStore
from mlwidgets.record.values import RecordedForecast, RecordedModel
from mlwidgets.settings import get_settings

HOUR = 3_600_000


class NoModels:
    """A registry without models: the record stands by itself."""

    def get_meta(self, symbol: str, model_type: str, version: str | None = None) -> ModelMeta:
        raise ModelNotFound("none")


class NoForecasts:
    """Nobody is asked for a forecast here."""

    def read(self, meta: ModelMeta, series: Series) -> Reading:
        raise AssertionError("no forecast was to be made")


@pytest.fixture
def forecasts(home: Path) -> ForecastState:
    """The chosen slot."""
    return ForecastState(NoModels(), NoForecasts(), symbol="BTCUSDT")


@pytest.fixture
def state(forecasts: ForecastState) -> RecordState:
    """Its record, as it is on disk."""
    sources = Sources(get_settings())
    return RecordState(forecasts, LiveRecords(sources.settings, sources.candidates))


@pytest.fixture
def write(home: Path) -> Callable[..., None]:
    """Puts hourly forecasts of a rise on record up to now, and candles that settle them."""

    def put(right: list[bool], **fields: Any) -> None:
        settings = get_settings()
        first = epoch_ms(pd.Timestamp.now("UTC").floor("h")) - (len(right) + 1) * HOUR
        _keep(np.array([first + n * HOUR for n in range(len(right) + 1)]), right)
        facts = {
            "symbol": "BTCUSDT", "model_type": "LSTM", "version": "1.0.0",
            "weights_sha256": "a" * 64, "timeframe": "1h", "horizon": "1h",
            "trained_at": first, "trained_from": first - 1000 * HOUR,
            "trained_until": first - HOUR,
            "metrics": {"origins": 720, "directionalAccuracy": 0.6, "coverage": 0.9, "mae": 1.0},
        }  # fmt: skip
        model = RecordedModel(**{**facts, **fields})
        RecordStore(settings.study_url).add(
            [(model, _rise(first + n * HOUR)) for n in range(len(right))]
        )

    return put


def _keep(times: np.ndarray, right: list[bool]) -> None:
    index = pd.DatetimeIndex(pd.to_datetime(times, unit="ms")).tz_localize("UTC").rename("time")
    close = pd.Series([100.0, *(102.0 if rose else 98.0 for rose in right)], index=index)
    frame = pd.DataFrame(
        {"open": close, "high": close, "low": close, "close": close, "volume": 1.0}
    )
    CandleStore(get_settings().candles_dir).write("binance", "BTCUSDT", "1h", frame)


def _rise(origin: int) -> RecordedForecast:
    return RecordedForecast(
        origin=origin, target_time=origin + HOUR, made_at=origin + HOUR + 60_000, close=100.0,
        predicted=101.0, lower=95.0, upper=105.0, probability_up=0.55, regime="Sideways",
        simulated=False,
    )  # fmt: skip

"""Forecasts of a real model, what they stand on, and what a replay may know."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mlwidgets.components.forecasts.forecaster import Forecaster
from mlwidgets.components.market.access import MarketAccess
from mlwidgets.components.market.series import Series
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.fitting import train_model
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.candles import label_candles
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore
from mlwidgets.record.track_record import track_record
from mlwidgets.registry import ModelRegistry
from mlwidgets.settings import Settings, get_settings

CONFIG = ModelConfig(hidden_size=4, sequence_length=6, epochs=1)


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    """Hours of BTCUSDT up to now, which count as real ones."""
    last = pd.Timestamp.now("UTC").floor("h")
    start = last - pd.Timedelta(hours=1200)
    frame = simulate_market("1h", periods=1200, start=start, seed=3).candles
    frame.attrs.clear()
    return label_candles(frame, symbol="BTCUSDT", timeframe="1h", source="store")


@pytest.fixture
def meta(home: Path, candles: pd.DataFrame) -> ModelMeta:
    """A production model of the first 1000 of them."""
    spec = ModelSpec(symbol="BTCUSDT", model_type="LSTM", config=CONFIG)
    return ModelRegistry(home / "models").save(train_model(spec, candles[:1000]))


def forecaster(settings: Settings, *, recorded: bool = True) -> Forecaster:
    return Forecaster(ModelRegistry(settings.models_dir), MarketAccess(settings), recorded=recorded)


def test_a_forecast_comes_with_the_regime_it_stands_in(
    meta: ModelMeta, candles: pd.DataFrame
) -> None:
    reading = forecaster(get_settings()).read(meta, Series(candles, "exchange"))

    model = ModelRegistry(get_settings().models_dir).load("BTCUSDT", "LSTM", recorded=False)
    names = model.regime.label(model.regime.filter(candles))
    since = reading.grounds.regime_since
    assert since is not None
    assert set(names[since:]) == {reading.forecast.regime}
    assert names[:since].iloc[-2] != reading.forecast.regime
    assert reading.grounds.strange == 0.0


def test_a_market_gone_wild_is_strange_to_the_model(meta: ModelMeta, candles: pd.DataFrame) -> None:
    wild = candles.copy()
    wild.iloc[-6:, wild.columns.get_loc("volume")] *= 1e9

    reading = forecaster(get_settings(), recorded=False).read(meta, Series(wild, "exchange"))

    assert reading.grounds.strange > 0.05
    assert "volume" in reading.grounds.strange_features


def days(candles: pd.DataFrame) -> Series:
    """The days that are whole."""
    columns = {
        "open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"
    }  # fmt: skip
    frame = candles.resample("1D").agg(columns).iloc[1:-1]
    return Series(label_candles(frame, symbol="BTCUSDT", timeframe="1d", source="store"), "store")


def test_a_replay_knows_the_models_own_candles_that_have_closed_by_now(
    meta: ModelMeta, candles: pd.DataFrame
) -> None:
    settings = get_settings()
    CandleStore(settings.candles_dir).write("binance", "BTCUSDT", "1h", candles)
    series, maker = days(candles[:1100]), forecaster(settings, recorded=False)
    assert series.closed_at is not None
    now = series.closed_at + pd.Timedelta(hours=5)

    for late, hours in ((0, 4), (59, 4), (-1, 3)):
        at = now + pd.Timedelta(minutes=late)
        origin = maker.read(meta, series, at).forecast.origin
        assert origin == series.closed_at + pd.Timedelta(hours=hours)


def test_a_replay_reads_no_candle_after_its_own_and_leaves_no_record(
    meta: ModelMeta, candles: pd.DataFrame
) -> None:
    settings = get_settings()
    CandleStore(settings.candles_dir).write("binance", "BTCUSDT", "1h", candles)
    past = candles.iloc[:1100]
    shown = past.resample("4h").agg(
        {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    )
    shown = label_candles(shown.iloc[:-1], symbol="BTCUSDT", timeframe="4h", source="store")
    series = Series(shown, "exchange")
    assert series.closed_at is not None

    forecast = forecaster(settings, recorded=False).read(meta, series).forecast

    assert forecast.origin == series.closed_at - pd.Timedelta(hours=1)
    assert track_record("BTCUSDT", settings=settings).forecasts.empty

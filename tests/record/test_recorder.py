"""What a model in production says is written down; nothing else, and nobody waits for it."""

from __future__ import annotations

import itertools
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from waiting import wait_until

from mlwidgets.forecast.fitting import train_model
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.candles import label_candles
from mlwidgets.market.simulator import simulate_market
from mlwidgets.record.recorder import RECORDER, Entry, Recorder
from mlwidgets.record.store import RecordStore
from mlwidgets.record.track_record import track_record
from mlwidgets.record.values import RecordedForecast, RecordedModel, is_foresight
from mlwidgets.registry import ModelRegistry

HOUR = pd.Timedelta(hours=1)
MakeModel = Callable[..., RecordedModel]
MakeForecast = Callable[..., RecordedForecast]


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    """A real market's candles up to the last closed hour, as far as anybody can tell."""
    start = pd.Timestamp.now("UTC").floor("h") - 1200 * HOUR
    frame = simulate_market("1h", periods=1200, seed=5, start=start).candles
    return label_candles(frame, symbol="BTCUSDT", timeframe="1h", source="binance")


@pytest.fixture(scope="module")
def model(candles: pd.DataFrame) -> TrainedModel:
    # A day ahead: no target closes while the tests run.
    config = ModelConfig(hidden_size=4, sequence_length=4, learning_rate=0.02, epochs=2)
    spec = ModelSpec(symbol="BTCUSDT", model_type="LSTM", horizon="24h", config=config)
    return train_model(spec, candles.iloc[:-50])


@pytest.fixture
def registry(home: Path, model: TrainedModel) -> ModelRegistry:
    """A home in which the model is production."""
    registry = ModelRegistry()
    registry.save(model)
    return registry


def recorded() -> pd.DataFrame:
    RECORDER.flush()
    return track_record("BTCUSDT").forecasts


def test_a_forecast_of_the_production_model_is_recorded_once(
    registry: ModelRegistry, candles: pd.DataFrame
) -> None:
    forecast = registry.load("BTCUSDT", "LSTM").forecast(candles)
    registry.load("BTCUSDT", "LSTM", "1.0.0").forecast(candles)
    RECORDER.reset()  # as in another process
    registry.load("BTCUSDT", "LSTM").forecast(candles)

    [row] = recorded().reset_index().to_dict("records")

    assert row["origin"] == forecast.origin
    assert row["target_time"] == forecast.target_time
    assert (row["predicted"], row["version"]) == (forecast.price, "1.0.0")
    assert row["regime"] == forecast.regime
    assert not row["simulated"]


def test_forecasts_of_the_simulated_market_are_marked(
    registry: ModelRegistry, candles: pd.DataFrame
) -> None:
    simulated = candles.copy()
    label_candles(simulated, symbol="BTCUSDT", timeframe="1h", source="simulated")

    registry.load("BTCUSDT", "LSTM").forecast(simulated)

    assert recorded()["simulated"].tolist() == [True]


def test_hindsight_is_not_recorded(registry: ModelRegistry, candles: pd.DataFrame) -> None:
    loaded = registry.load("BTCUSDT", "LSTM")
    loaded.forecast(candles.iloc[:-25])
    assert recorded().empty
    loaded.forecast(candles.iloc[:-23])
    assert len(recorded()) == 1


def test_a_forecast_counts_from_its_origins_close_to_its_targets(
    model: TrainedModel, candles: pd.DataFrame
) -> None:
    forecast = model.forecast(candles)
    known = pd.Timestamp(forecast.origin) + HOUR
    closes = pd.Timestamp(forecast.target_time) + HOUR

    def counts(time: pd.Timestamp) -> bool:
        return is_foresight(forecast, int(time.timestamp() * 1000))

    assert counts(known)
    assert counts(closes - pd.Timedelta(seconds=1))
    assert not counts(closes)
    assert not counts(known - HOUR), "its last candle is not closed yet"


def test_only_while_it_is_in_production_a_loaded_model_is_recorded(
    registry: ModelRegistry, model: TrainedModel, candles: pd.DataFrame
) -> None:
    first = registry.load("BTCUSDT", "LSTM")
    registry.save(replace(model, meta=model.meta.replace(seed=1)))
    first.forecast(candles)
    registry.load("BTCUSDT", "LSTM", "1.0.0").forecast(candles)
    assert recorded().empty

    registry.restore("BTCUSDT", "LSTM", "1.0.0")
    first.forecast(candles)
    assert recorded()["version"].tolist() == ["1.0.0"]


def test_what_is_not_to_be_recorded_is_not(
    registry: ModelRegistry, model: TrainedModel, candles: pd.DataFrame
) -> None:
    registry.load("BTCUSDT", "LSTM", recorded=False).forecast(candles)
    model.forecast(candles)
    registry.load("BTCUSDT", "LSTM").predict(candles)

    assert recorded().empty


def test_a_database_that_cannot_be_written_breaks_no_forecast_and_is_told_of_once_a_minute(
    home: Path, registry: ModelRegistry, candles: pd.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    (home / "data").write_text("no folder")
    loaded = registry.load("BTCUSDT", "LSTM")
    RECORDER._warned = None

    with caplog.at_level(logging.WARNING, logger="mlwidgets.record"):
        for _ in range(3):
            assert loaded.forecast(candles).price > 0
            assert not RECORDER.flush()

    [warning] = caplog.messages
    assert "1 forecast(s) wait to be written to the track record: Cannot use the data" in warning
    (home / "data").unlink()
    assert len(recorded()) == 1, "nobody has to forecast again"


def test_what_could_not_be_written_is_tried_again_in_its_order_and_written_once(
    tmp_path: Path, a_model: MakeModel, a_forecast: MakeForecast
) -> None:
    folder = tmp_path / "data"
    folder.write_text("no folder")
    recorder, asked = Recorder(pauses=(0.01, 0.02)), []
    forecasts = [a_forecast(hour) for hour in (2, 0, 1)]
    for forecast in [*forecasts, *forecasts]:
        recorder.put(Entry(f"sqlite:///{folder}/record.db", a_model(), forecast, a_yes(asked)))
    assert not recorder.flush()
    assert [entry.forecast for entry in recorder._waiting.values()] == forecasts

    folder.unlink()
    wait_until(lambda: recorder._thread is None)

    store = RecordStore(f"sqlite:///{folder}/record.db")
    rows = store.forecasts(store.models("BTCUSDT", "LSTM"), forecasts[0].made_at)
    assert [row.origin for row in rows] == sorted(forecast.origin for forecast in forecasts)
    assert len(asked) == 3, "what was in production when it was first tried is recorded"
    assert not recorder._waiting


def a_yes(asked: list[bool]) -> Callable[[], bool]:
    """Whether a model is in production: it is, and that was asked."""
    return lambda: asked.append(True) or True


def test_of_too_many_that_wait_the_oldest_is_given_up(
    tmp_path: Path,
    a_model: MakeModel,
    a_forecast: MakeForecast,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("mlwidgets.record.recorder.MOST_WAITING", 2)
    minutes = itertools.count(0.0, 60.0)
    recorder = Recorder(clock=lambda: next(minutes))
    for hour in range(3):
        recorder.put(Entry(f"sqlite:///{tmp_path}", a_model(), a_forecast(hour), lambda: True))

    recorder.flush()
    waiting = [entry.forecast for entry in recorder._waiting.values()]
    recorder.reset()

    assert waiting == [a_forecast(1), a_forecast(2)]
    assert "A forecast is missing in the track record: too many wait for it." in caplog.messages


def test_what_no_try_can_write_does_not_hold_up_the_rest(
    tmp_path: Path, a_model: MakeModel, a_forecast: MakeForecast, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder()
    recorder.put(Entry(f"sqlite:///{tmp_path}/record.db", a_model(), a_forecast(0), lambda: 1 / 0))

    assert recorder.flush()
    assert "1 forecast(s) are missing in the track record: ZeroDivisionError" in caplog.text


def test_a_flush_takes_no_longer_than_it_may_and_the_end_says_what_is_missing(
    tmp_path: Path,
    a_model: MakeModel,
    a_forecast: MakeForecast,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    free = threading.Event()
    monkeypatch.setattr("mlwidgets.record.recorder.FLUSH_SECONDS", 0.01)
    recorder = Recorder()
    recorder.put(Entry(f"sqlite:///{tmp_path}/record.db", a_model(), a_forecast(0), free.wait))

    assert not recorder.flush(0.01)
    recorder.end()
    assert caplog.messages == ["1 forecast(s) are missing in the track record."]
    free.set()
    assert recorder.flush()


def test_warnings_are_a_minute_apart(
    tmp_path: Path, a_model: MakeModel, a_forecast: MakeForecast, caplog: pytest.LogCaptureFixture
) -> None:
    seconds = 0.0
    recorder = Recorder(clock=lambda: seconds)
    for seconds, warnings in ((0.0, 1), (59.0, 1), (60.0, 2)):  # noqa: B007  # the clock's
        recorder.put(Entry(f"sqlite:///{tmp_path}", a_model(), a_forecast(0), lambda: True))
        recorder.flush()
        assert len(caplog.messages) == warnings
    recorder.reset()


def test_no_thread_and_no_connection_is_left(
    registry: ModelRegistry, candles: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder, before = Recorder(), {*threading.enumerate()}
    monkeypatch.setattr("mlwidgets.registry.listening.RECORDER", recorder)
    registry.load("BTCUSDT", "LSTM").forecast(candles)
    assert recorder.flush()

    def threads() -> set[str]:
        return {thread.name for thread in {*threading.enumerate()} - before}

    wait_until(lambda: "mlwidgets-recorder" not in threads())
    # SQLite removes the write-ahead log when the last connection closes.
    assert not [*registry.root.parent.glob("data/*.db-wal")]


def test_the_end_of_a_process_waits_for_what_is_not_written(
    tmp_path: Path, a_model: MakeModel, a_forecast: MakeForecast
) -> None:
    url = f"sqlite:///{tmp_path / 'record.db'}"
    code = (
        "from mlwidgets.record.recorder import RECORDER, Entry\n"
        "from mlwidgets.record.values import RecordedForecast, RecordedModel\n"
        f"model = RecordedModel(**{a_model().to_json()!r})\n"
        f"forecast = RecordedForecast(**{a_forecast(0).to_json()!r})\n"
        f"RECORDER.put(Entry({url!r}, model, forecast, lambda: True))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

    assert [*RecordStore(url).models("BTCUSDT", "LSTM").values()] == [a_model()]

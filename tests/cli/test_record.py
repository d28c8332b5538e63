"""`mlwidgets record`."""

import pandas as pd

from mlwidgets.market.dates import epoch_ms
from mlwidgets.record.store import RecordStore
from mlwidgets.record.values import RecordedForecast, RecordedModel

HOUR = 3_600_000


def test_a_slot_without_forecasts_says_how_they_come_about(call):
    answer = call("record", "btc/usdt")
    assert answer.code == 0
    assert "No forecast of BTCUSDT LSTM is recorded" in answer.flat()


def test_the_record_shows_windows_with_their_verdicts_and_the_latest_forecasts(call, home):
    origin = epoch_ms(pd.Timestamp.now("UTC").floor("h"))
    model = RecordedModel(
        symbol="BTCUSDT", model_type="HYBRID", version="1.0.3", weights_sha256="a",
        timeframe="1h", horizon="4h", trained_at=origin - 40 * 24 * HOUR, trained_from=0,
        trained_until=0, metrics={"origins": 2000, "directionalAccuracy": 0.6},
    )  # fmt: skip
    forecast = RecordedForecast(
        origin=origin - HOUR, target_time=origin + 3 * HOUR, made_at=origin, close=100.0,
        predicted=101.0, lower=90.0, upper=110.0, probability_up=0.6, regime="Bull",
        simulated=False,
    )  # fmt: skip
    RecordStore(f"sqlite:///{home / 'data' / 'mlwidgets.db'}").add([(model, forecast)])

    answer = call("record", "BTCUSDT", "--model", "hybrid")
    document = call("record", "BTCUSDT", "--model", "HYBRID", "--json").json

    assert answer.code == 0, answer.err
    for text in ("BTCUSDT HYBRID 1.0.3, 4 hours ahead; 1 forecast", "Last month", "60.0 %", "open"):
        assert text in answer.out
    assert "Train again: Trained 40 days ago, more than 30." in answer.out
    assert document["needsRetraining"] is True
    assert document["forecasts"][0]["targetTime"].startswith(
        f"{pd.Timestamp(forecast.target_time, unit='ms'):%Y-%m-%dT%H}"
    )
    assert document["forecasts"][0]["hit"] is None
    assert [one["name"] for one in document["windows"]] == ["day", "week", "month", "all"]

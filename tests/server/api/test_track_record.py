"""The track record over HTTP: pages, windows, and what a stranger to it may ask."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd
import pytest

from mlwidgets.market.dates import epoch_ms
from mlwidgets.record.store import RecordStore
from mlwidgets.record.values import RecordedForecast, RecordedModel
from mlwidgets.server.api import Services

HOUR = 3_600_000


class Served(Protocol):
    """The running server (see conftest)."""

    services: Services

    def get(self, path: str, status: int = 200) -> Any: ...


@pytest.fixture
def now(served: Served, stored_candles: pd.DataFrame) -> int:
    """Just after the last stored candle, of which two versions forecast the last five hours."""
    origins = [epoch_ms(time) for time in stored_candles.index[-6:-1]]
    closes = stored_candles["close"].iloc[-6:-1]
    store = RecordStore(served.services.settings.study_url)
    for version in ("1.0.0", "1.0.1"):
        model = RecordedModel(
            symbol="BTCUSDT", model_type="LSTM", version=version, weights_sha256=version,
            timeframe="1h", horizon="1h", trained_at=origins[0], trained_from=0,
            trained_until=origins[0], metrics={"origins": 720, "directionalAccuracy": 0.6},
        )  # fmt: skip
        store.add(
            (model, _forecast(origin, close)) for origin, close in zip(origins, closes, strict=True)
        )
    store.close()
    return epoch_ms(stored_candles.index[-1]) + HOUR


def _forecast(origin: int, close: float) -> RecordedForecast:
    return RecordedForecast(
        origin=origin, target_time=origin + HOUR, made_at=origin + HOUR, close=close,
        predicted=1.01 * close, lower=0.5 * close, upper=2 * close, probability_up=0.6,
        regime="Bull", simulated=False,
    )  # fmt: skip


def test_forecasts_are_scored_by_the_stored_candles_and_windows_judge_the_model(
    served: Served, now: int, stored_candles: pd.DataFrame
) -> None:
    page = served.get(f"/track-record/btc-usdt/LSTM?now={now}")

    latest = page["items"][0]
    assert latest["origin"] == epoch_ms(stored_candles.index[-2])
    assert latest["actual"] == stored_candles["close"].iloc[-1]
    assert latest["hit"] == (latest["actual"] > latest["close"])
    assert latest["inside"] is True
    assert page["model"]["version"] == "1.0.1"
    assert [window["name"] for window in page["windows"]] == ["day", "week", "month", "all"]
    assert page["windows"][0]["scored"] == 5
    assert page["windows"][0]["promisedAccuracy"] == 0.6
    assert (page["needsRetraining"], page["reasons"]) == (False, [])


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_forecasts_come_in_pages_that_leave_nothing_out(
    served: Served, now: int, limit: int
) -> None:
    found, cursor = [], ""
    while cursor is not None:
        asked = cursor and f"&cursor={cursor}"
        page = served.get(f"/track-record/BTCUSDT/LSTM?now={now}&limit={limit}{asked}")
        found += [(item["origin"], item["version"]) for item in page["items"]]
        cursor = page["next"]

    assert len(found) == len({*found}) == 10
    assert found == sorted(found, reverse=True)


def test_one_version_is_shown_as_known_at_a_time(served: Served, now: int) -> None:
    page = served.get(f"/track-record/BTCUSDT/LSTM?version=1.0.0&now={now - 2 * HOUR}")

    assert {item["version"] for item in page["items"]} == {"1.0.0"}
    assert [item["state"] for item in page["items"]] == ["open"] + 3 * ["scored"]


def test_a_slot_without_forecasts_has_an_empty_record(served: Served) -> None:
    page = served.get("/track-record/ETHUSDT/HYBRID")

    assert (page["model"], page["windows"], page["items"], page["next"]) == (None, [], [], None)

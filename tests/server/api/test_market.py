"""Candles, symbols and forecasts over HTTP, from a store and from a loopback exchange."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pytest

from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.loopback import LoopbackExchange
from mlwidgets.server.api import Services
from mlwidgets.server.api.market import Market
from mlwidgets.settings import Settings

HOUR = 3_600_000


class Served(Protocol):
    """The running server (see conftest)."""

    services: Services

    def get(self, path: str, status: int = 200) -> Any: ...


@pytest.fixture
def exchange(candles: pd.DataFrame) -> Iterator[LoopbackExchange]:
    """An exchange that has the candles, just after the last one's close."""
    now = candles.index[-1] + pd.Timedelta(hours=1)
    markets = {("BTCUSDT", "1h"): candles, ("ETHBTC", "1h"): candles, ("BTCEUR", "1h"): candles}
    with LoopbackExchange(markets, now=now) as running:
        yield running


@pytest.fixture
def online(served: Served, home: Path, exchange: LoopbackExchange) -> Iterator[Served]:
    """The running server, with that exchange."""
    served.services.market = Market(Settings(home=home, exchange_url=exchange.url))
    yield served
    served.services.market.close()


def test_stored_candles_come_in_pages_that_leave_nothing_out(
    served: Served, stored_candles: pd.DataFrame
) -> None:
    first, last = stored_candles.index[0], stored_candles.index[24]
    found, start = [], epoch_ms(first)
    while start is not None:
        page = served.get(f"/candles/BTCUSDT?start={start}&end={epoch_ms(last)}&limit=10")
        found += page["items"]
        start = page["next"]

    assert [candle["time"] for candle in found] == [epoch_ms(first) + n * HOUR for n in range(24)]
    assert [candle["close"] for candle in found] == stored_candles["close"].iloc[:24].tolist()


def test_dates_may_be_written_as_people_do(served: Served, stored_candles: pd.DataFrame) -> None:
    day = stored_candles.index[0].normalize() + pd.Timedelta(days=2)
    until = day + pd.Timedelta(hours=2)

    page = served.get(f"/candles/btc-usdt?start={day:%Y-%m-%d}&end={until:%Y-%m-%dT%H:%M}Z")

    assert [candle["time"] for candle in page["items"]] == [epoch_ms(day), epoch_ms(day) + HOUR]


def test_a_range_without_candles_is_an_empty_page(
    served: Served, stored_candles: pd.DataFrame
) -> None:
    page = served.get("/candles/BTCUSDT?start=2015-01-01&end=2015-01-02")

    assert (page["items"], page["next"]) == ([], None)


def test_what_the_store_lacks_is_fetched_from_the_exchange(
    online: Served, candles: pd.DataFrame
) -> None:
    end = epoch_ms(candles.index[-1]) + HOUR

    page = online.get(f"/candles/BTCUSDT?end={end}&limit=5")

    assert [candle["close"] for candle in page["items"]] == candles["close"].iloc[-5:].tolist()


def test_an_unknown_symbol_is_answered_with_the_closest(online: Served) -> None:
    error = online.get("/candles/BTCUSTD?end=2024-02-01&limit=5", status=404)["error"]

    assert error["type"] == "UnknownSymbol"
    assert "BTCUSDT" in error["details"]["closest"]


def test_symbols_are_found_by_their_letters_those_that_begin_with_them_first(
    online: Served, exchange: LoopbackExchange
) -> None:
    found = online.get("/symbols?query=btc/&limit=2")

    assert found == {"exchange": "binance", "items": ["BTCEUR", "BTCUSDT"], "matching": 3}
    asked = len(exchange.requests)
    online.get("/symbols")
    assert len(exchange.requests) == asked, "the list is good for an hour"


def test_offline_the_symbols_are_those_in_the_store(
    served: Served, stored_candles: pd.DataFrame
) -> None:
    assert served.get("/symbols")["items"] == ["BTCUSDT"]


def test_a_saved_model_forecasts_from_the_last_candle(
    served: Served, stored_candles: pd.DataFrame, report: BacktestReport
) -> None:
    served.services.registry.save(report.model)

    forecast = served.get("/forecasts/BTCUSDT/LSTM?offline=true")

    assert pd.Timestamp(forecast["origin"]) == stored_candles.index[-1]
    assert forecast["lower"] < forecast["price"] < forecast["upper"]
    assert forecast == served.get("/forecasts/BTCUSDT/LSTM?version=1.0.0")

    served.services.registry.save(report.model)  # the same weights once more
    again = served.get("/forecasts/BTCUSDT/LSTM?offline=true")
    assert (again["modelVersion"], again["price"]) == ("1.0.1", forecast["price"])


def test_without_a_model_or_candles_there_is_no_forecast(
    served: Served, report: BacktestReport
) -> None:
    assert served.get("/forecasts/BTCUSDT/LSTM", status=404)["error"]["type"] == "ModelNotFound"
    served.services.registry.save(report.model)
    assert served.get("/forecasts/BTCUSDT/LSTM", status=409)["error"]["type"] == "NotEnoughCandles"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=5001", "limit"),
        ("limit=1e3", "limit"),
        ("limit=1_0", "limit"),
        ("limit=5&limit=6", "limit"),
        ("timeframe=2h", "timeframe"),
        ("start=yesterday", "start"),
        ("start=2025-02-30", "start"),
        ("start=99999999999999", "start"),
        ("start=2025-01-02&end=2025-01-01", "start"),
        ("offline=1", "offline"),
        ("from=2025-01-01", "from"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_the_fields_name(
    served: Served, query: str, field: str
) -> None:
    error = served.get(f"/candles/BTCUSDT?{query}", status=422)["error"]

    assert field in str(error)

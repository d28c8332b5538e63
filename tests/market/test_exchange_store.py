"""The exchange and the store together: what is stored is never fetched again."""

import pandas as pd
import pytest

from mlwidgets.errors import ExchangeUnavailable
from mlwidgets.market.loading import load_candles
from mlwidgets.market.loopback import ServerError
from mlwidgets.market.store import CandleStore

HOUR = pd.Timedelta(hours=1)


def times_asked(server):
    """Start times of the requests for candles, oldest first."""
    asked = server.asked("klines")
    return [pd.Timestamp(int(params["startTime"]), unit="ms", tz="UTC") for params in asked]


def test_a_second_load_serves_from_the_store_and_fetches_only_what_is_missing(
    exchange, server, hourly, tmp_path
):
    store = CandleStore(tmp_path)
    middle, end = hourly.index[2000], hourly.index[-1] + HOUR

    first = load_candles(
        "BTC/USDT", "1h", start=hourly.index[0], end=middle, exchange=exchange, store=store
    )
    pd.testing.assert_frame_equal(first, hourly[:2000], check_exact=True)
    before = len(server.requests)
    assert times_asked(server)[0] == hourly.index[0]
    pages = len(times_asked(server))

    again = load_candles(
        "BTCUSDT", "1h", start=hourly.index[0], end=middle, exchange=exchange, store=store
    )
    pd.testing.assert_frame_equal(again, hourly[:2000], check_exact=True)
    assert len(server.requests) == before

    longer = load_candles(
        "BTCUSDT", "1h", start=hourly.index[0], end=end, exchange=exchange, store=store
    )
    pd.testing.assert_frame_equal(longer, hourly, check_exact=True)
    fetched = times_asked(server)[pages:]
    assert fetched[0] == middle
    assert fetched == sorted(fetched)
    assert len(fetched) == 2  # 1,500 candles, 1,000 a page


def test_what_is_stored_is_served_while_the_exchange_is_down(exchange, server, hourly, tmp_path):
    store = CandleStore(tmp_path)
    span = {"start": hourly.index[10], "end": hourly.index[20]}
    load_candles("BTCUSDT", "1h", **span, exchange=exchange, store=store)
    server.misbehave(ServerError(503), times=99)

    stored = load_candles("BTCUSDT", "1h", **span, exchange=exchange, store=store)
    pd.testing.assert_frame_equal(stored, hourly[10:20], check_exact=True)
    with pytest.raises(ExchangeUnavailable, match="the store has"):
        load_candles("BTCUSDT", "1h", start=hourly.index[10], end=hourly.index[30],
                     exchange=exchange, store=store)  # fmt: skip

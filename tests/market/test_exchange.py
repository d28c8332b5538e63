import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from mlwidgets.errors import (
    BadMarketData,
    Cancelled,
    ExchangeUnavailable,
    SpecError,
    UnknownExchange,
    UnknownSymbol,
    UnknownTimeframe,
)
from mlwidgets.market.candles import INDEX_DTYPE, find_gaps, validate_candles
from mlwidgets.market.exchange import Exchange
from mlwidgets.market.loopback import (
    BadBars,
    Banned,
    BarsFault,
    ContradictoryBars,
    DropConnection,
    DuplicateBars,
    Fault,
    LoopbackExchange,
    OutOfOrderBars,
    RateLimited,
    ServerError,
    Slow,
    TruncatedJson,
)

HOUR = pd.Timedelta(hours=1)
LONG_AGO = pd.Timestamp("2010-01-01", tz="UTC")
FAR_AHEAD = pd.Timestamp("2100-01-01", tz="UTC")

PASSING_FAULTS = [
    RateLimited(),
    RateLimited(retry_after=0.01),
    ServerError(500),
    ServerError(502),
    ServerError(503),
    TruncatedJson(),
    DropConnection(),
]


class WindowsOnly(Fault):
    """Many exchanges answer [start, start + limit) only, where Binance looks further."""

    async def respond(self, request, answer):
        step = {"1h": 3_600_000, "1d": 86_400_000}[request.query["interval"]]
        end = int(request.query["startTime"]) + int(request.query["limit"]) * step
        rows = json.loads((await answer(request)).text)
        return web.json_response([row for row in rows if row[0] < end])


def fetch_all(exchange, symbol="BTCUSDT"):
    return exchange.fetch_candles(symbol, "1h", LONG_AGO, FAR_AHEAD)


def with_gap(candles, first, last):
    return candles.drop(candles.index[first:last])


@pytest.fixture(scope="module")
def holey(make_candles):
    """A market with gaps of one candle, of more than a page, and of more than two pages."""
    years = make_candles(12_000)
    return with_gap(with_gap(with_gap(years, 5000, 11_000), 1200, 2700), 30, 31)


@pytest.fixture(scope="module")
def holey_exchange(holey):
    now = holey.index[-1] + HOUR
    with (
        LoopbackExchange({("BTCUSDT", "1h"): holey}, now=now) as server,
        Exchange(base_url=server.url) as exchange,
    ):
        yield exchange


class TestPaging:
    def test_candles_of_several_pages_equal_the_exchanges_bit_for_bit(self, exchange, hourly):
        candles = fetch_all(exchange)
        assert_frame_equal(candles, hourly, check_exact=True)
        assert candles.attrs == hourly.attrs

    def test_a_range_costs_one_request_a_page_and_no_wasted_one(self, exchange, server, hourly):
        exchange.fetch_candles("BTCUSDT", "1h", hourly.index[0], hourly.index[-1] + HOUR)
        starts = [pd.Timestamp(int(ask["startTime"]), unit="ms", tz="UTC")
                  for ask in server.asked("klines")]  # fmt: skip
        assert starts == [hourly.index[0] + n * HOUR for n in (0, 1000, 2000, 3000)]
        assert [ask["limit"] for ask in server.asked("klines")] == ["1000"] * 3 + ["500"]
        assert [ask.endpoint for ask in server.requests] == [
            "exchangeInfo", "time", *["klines"] * 4,
        ]  # fmt: skip

    def test_a_second_fetch_does_not_list_the_markets_again(self, exchange, server):
        fetch_all(exchange)
        fetch_all(exchange)
        assert len(server.asked("exchangeInfo")) == 1

    def test_the_end_is_left_out_and_the_start_is_not(self, exchange, hourly):
        candles = exchange.fetch_candles("BTCUSDT", "1h", hourly.index[7], hourly.index[9])
        assert_frame_equal(candles, hourly.iloc[7:9])

    def test_times_off_the_grid_take_the_candles_that_open_between_them(self, exchange, hourly):
        minute = pd.Timedelta(minutes=1)
        candles = exchange.fetch_candles(
            "BTCUSDT", "1h", hourly.index[7] - minute, hourly.index[9] + minute
        )
        assert_frame_equal(candles, hourly.iloc[7:10])

    def test_times_in_another_zone_or_as_text_mean_the_same(self, exchange, hourly):
        candles = exchange.fetch_candles(
            "BTCUSDT", "1h", hourly.index[7].tz_convert("Asia/Tokyo"), "2024-03-01T09:00"
        )
        assert_frame_equal(candles, hourly.iloc[7:9])

    @settings(max_examples=15, deadline=None)
    @given(data=st.data())
    def test_any_range_of_a_market_with_gaps_equals_that_range(self, holey_exchange, holey, data):
        hours = st.integers(-2000, 14_000)
        start, end = sorted(holey.index[0] + data.draw(hours) * HOUR for _ in range(2))
        candles = holey_exchange.fetch_candles("BTCUSDT", "1h", start, end)
        expected = holey[(holey.index >= start) & (holey.index < end)]
        assert_frame_equal(candles, expected, check_exact=True)

    def test_progress_grows_to_the_whole_range(self, exchange, hourly):
        seen = []
        exchange.fetch_candles(
            "BTCUSDT", "1h", hourly.index[0], hourly.index[-1] + HOUR,
            on_progress=lambda done, total: seen.append((done, total)),
        )  # fmt: skip
        assert seen == [(1000, 3500), (2000, 3500), (3000, 3500), (3500, 3500)]

    def test_raising_from_the_progress_callback_ends_the_fetch(self, exchange, server):
        def cancel(done, total):
            raise Cancelled("enough")

        with pytest.raises(Cancelled):
            exchange.fetch_candles("BTCUSDT", "1h", LONG_AGO, FAR_AHEAD, on_progress=cancel)
        assert len(server.asked("klines")) == 1


class TestGaps:
    def test_gaps_longer_than_a_page_are_crossed_and_stay_gaps(self, holey_exchange, holey):
        candles = fetch_all(holey_exchange)
        assert_frame_equal(candles, holey)
        assert [gap.missing for gap in find_gaps(candles, "1h")] == [1, 1500, 6000]

    def test_an_exchange_that_answers_empty_windows_in_a_gap_is_asked_on(self, holey):
        now = holey.index[-1] + HOUR
        with (
            LoopbackExchange({("BTCUSDT", "1h"): holey}, now=now) as server,
            Exchange(base_url=server.url) as exchange,
        ):
            server.misbehave(WindowsOnly(), times=1000)
            assert_frame_equal(fetch_all(exchange), holey)
            assert exchange.first_candle("BTCUSDT", "1h") == holey.index[0]
            assert len(server.asked("klines")) < 60, "fourteen years of hours are 123 pages"

    def test_a_range_before_the_listing_starts_with_the_listing(self, exchange, hourly):
        candles = exchange.fetch_candles("BTCUSDT", "1h", LONG_AGO, hourly.index[3])
        assert_frame_equal(candles, hourly.iloc[:3])

    @pytest.mark.parametrize(
        ("start", "end"),
        [("2024-03-02", "2024-03-02"), ("2011-01-01", "2012-01-01"), ("2031-01-01", "2032-01-01")],
        ids=["no time at all", "before the listing", "in the future"],
    )
    def test_a_range_without_candles_gives_an_empty_frame_in_canonical_form(
        self, exchange, start, end
    ):
        candles = exchange.fetch_candles("BTCUSDT", "1h", start, end)
        assert len(validate_candles(candles, "1h")) == 0
        assert str(candles.index.dtype) == INDEX_DTYPE
        assert candles.attrs["symbol"] == "BTCUSDT"

    def test_the_first_candle_is_the_listing(self, exchange, hourly):
        assert exchange.first_candle("BTCUSDT", "1h") == hourly.index[0]

    def test_a_market_that_has_not_begun_has_no_first_candle(self, exchange, server):
        server.clock.set(LONG_AGO)
        assert exchange.first_candle("BTCUSDT", "1h") is None


class TestClosedCandles:
    def test_the_candle_that_is_not_finished_is_left_out(self, exchange, server, hourly):
        server.clock.set(hourly.index[100] + pd.Timedelta(minutes=59))
        assert_frame_equal(fetch_all(exchange), hourly.iloc[:100])

    def test_a_candle_is_there_from_the_moment_of_its_close(self, exchange, server, hourly):
        server.clock.set(hourly.index[100] + HOUR)
        assert_frame_equal(fetch_all(exchange), hourly.iloc[:101])

    @pytest.mark.parametrize("wrong", ["2000-01-01", "2099-01-01"])
    def test_a_wrong_local_clock_changes_nothing(self, server, hourly, wrong):
        server.clock.set(hourly.index[100] + HOUR / 2)
        clock = lambda: pd.Timestamp(wrong, tz="UTC")  # noqa: E731
        with Exchange(base_url=server.url, now=clock) as exchange:
            assert_frame_equal(fetch_all(exchange), hourly.iloc[:100])

    def test_the_local_clock_decides_where_the_exchange_tells_no_time(self, server, hourly):
        clock = lambda: hourly.index[50] + HOUR / 2  # noqa: E731
        with Exchange(base_url=server.url, now=clock) as exchange:
            exchange._client.has["fetchTime"] = False
            assert_frame_equal(fetch_all(exchange), hourly.iloc[:50])
            assert server.asked("time") == []


class TestTrouble:
    @pytest.mark.parametrize("endpoint", ["klines", "exchangeInfo", "time"])
    @pytest.mark.parametrize("fault", PASSING_FAULTS, ids=repr)
    def test_trouble_that_passes_loses_nothing(self, exchange, server, hourly, fault, endpoint):
        server.misbehave(fault, times=2, on=endpoint)
        start = hourly.index[-5]
        candles = exchange.fetch_candles("BTCUSDT", "1h", start, FAR_AHEAD)
        assert_frame_equal(candles, hourly.iloc[-5:])
        assert len(server.asked(endpoint)) == 3

    def test_an_answer_that_comes_too_late_is_asked_for_again(self, server, hourly):
        server.misbehave(Slow(5))
        with Exchange(base_url=server.url, timeout=0.5, backoff=0.001) as exchange:
            assert_frame_equal(fetch_all(exchange), hourly)

    def test_the_wait_that_the_exchange_asks_for_is_kept(self, exchange, server, hourly):
        server.misbehave(RateLimited(retry_after=0.3))
        began = time.monotonic()
        exchange.fetch_candles("BTCUSDT", "1h", hourly.index[0], hourly.index[1])
        assert time.monotonic() - began >= 0.3

    def test_a_wait_longer_than_allowed_is_reported_and_not_waited(self, exchange, server):
        server.misbehave(RateLimited(retry_after=3600))
        with pytest.raises(ExchangeUnavailable, match="another 3600 s"):
            fetch_all(exchange)
        assert len(server.asked("klines")) == 1

    def test_a_banned_client_asks_nothing_more(self, exchange, server):
        server.misbehave(Banned(retry_after=60))
        with pytest.raises(ExchangeUnavailable, match="another 60 s"):
            fetch_all(exchange)
        with pytest.raises(ExchangeUnavailable, match="none is sent until then"):
            fetch_all(exchange)
        assert len(server.asked("klines")) == 1
        assert len(server.asked("time")) == 1

    def test_a_client_asks_again_after_its_ban(self, exchange, server, hourly):
        server.misbehave(Banned(retry_after=0.05))
        with pytest.raises(ExchangeUnavailable):
            fetch_all(exchange)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                candles = fetch_all(exchange)
                break
            except ExchangeUnavailable:
                continue
        assert_frame_equal(candles, hourly)

    def test_giving_up_says_how_often_it_was_tried_and_what_to_do(self, exchange, server):
        server.misbehave(ServerError(503), times=10)
        with pytest.raises(ExchangeUnavailable, match=r"3 attempts: HTTP 503.*read_candles") as it:
            fetch_all(exchange)
        assert it.value.details["attempts"] == 3
        assert len(server.asked("klines")) == 3

    @pytest.mark.parametrize("status", [403, 451])
    def test_a_closed_door_is_not_knocked_at_again(self, exchange, server, status):
        server.misbehave(ServerError(status), times=10)
        with pytest.raises(ExchangeUnavailable, match=f"HTTP {status}.*another exchange"):
            fetch_all(exchange)
        assert len(server.asked("klines")) == 1

    def test_no_network_is_an_exchange_that_is_unavailable(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            with (
                Exchange(base_url=url, attempts=2, backoff=0.001) as exchange,
                pytest.raises(
                    ExchangeUnavailable,
                    match=f"at {url} is unavailable after 2 attempts: Connection refused",
                ),
            ):
                fetch_all(exchange)

    def test_an_exchange_that_never_answers_in_time_is_unavailable(self, server):
        server.misbehave(Slow(5), times=2)
        with (
            Exchange(base_url=server.url, timeout=0.1, attempts=2, backoff=0.001) as exchange,
            pytest.raises(ExchangeUnavailable, match=r"no answer within 0\.1 s"),
        ):
            fetch_all(exchange)


class TestBadBars:
    @pytest.mark.parametrize("fault", [DuplicateBars(), OutOfOrderBars()], ids=repr)
    def test_repeated_and_unordered_bars_are_put_right(self, exchange, server, hourly, fault):
        server.misbehave(fault, times=20)
        assert_frame_equal(fetch_all(exchange), hourly)

    @pytest.mark.parametrize("fault", [ContradictoryBars(), BadBars()], ids=repr)
    def test_bad_bars_are_asked_for_again(self, exchange, server, hourly, fault):
        server.misbehave(fault)
        assert_frame_equal(fetch_all(exchange), hourly)

    @pytest.mark.parametrize(
        ("fault", "complaint"),
        [(ContradictoryBars(), "contradicting values"), (BadBars(), "high below open or close")],
        ids=repr,
    )
    def test_bars_that_stay_bad_are_refused_by_name(
        self, exchange, server, hourly, fault, complaint
    ):
        server.misbehave(fault, times=2)
        with pytest.raises(BadMarketData, match=rf"BTCUSDT 1h.*{complaint}.*2024-03-05 00:00"):
            exchange.fetch_candles("BTCUSDT", "1h", "2024-03-05", FAR_AHEAD)
        assert len(server.asked("klines")) == 2

    def test_an_answer_of_another_shape_is_refused(self, exchange, server):
        class Nonsense(BarsFault):
            def spoil(self, rows):
                return [[row[0], "open", None] for row in rows]

        server.misbehave(Nonsense(), times=2)
        with pytest.raises(BadMarketData, match="binance sent"):
            fetch_all(exchange)


class TestNames:
    @pytest.mark.parametrize("symbol", ["BTCUSDT", "BTC/USDT", "btc-usdt", " btcusdt "])
    def test_symbols_are_taken_as_users_write_them(self, exchange, symbol):
        candles = exchange.fetch_candles(symbol, "1h", "2024-03-01", "2024-03-02")
        assert (len(candles), candles.attrs["symbol"]) == (24, "BTCUSDT")

    def test_the_symbols_are_listed_without_separators(self, exchange):
        assert exchange.symbols() == ["BTCUSDT", "ETHUSDT"]

    def test_an_unknown_symbol_is_named_with_the_closest_ones(self, exchange, server):
        with pytest.raises(UnknownSymbol, match="'BTCUSTD'; did you mean BTCUSDT"):
            fetch_all(exchange, "BTCUSTD")
        assert server.asked("klines") == []

    def test_an_unknown_timeframe_is_refused_before_any_request(self, exchange, server):
        with pytest.raises(UnknownTimeframe, match=r"'7h'.*1h"):
            exchange.fetch_candles("BTCUSDT", "7h", LONG_AGO, FAR_AHEAD)
        assert server.requests == []

    def test_a_timeframe_that_the_exchange_lacks_is_named_with_those_it_has(self, exchange):
        del exchange._client.timeframes["4h"]
        with pytest.raises(UnknownTimeframe, match=r"binance offers no 4h candles.*1h"):
            exchange.fetch_candles("BTCUSDT", "4h", LONG_AGO, FAR_AHEAD)

    def test_an_unknown_exchange_is_named_with_the_closest_ones(self):
        with pytest.raises(UnknownExchange, match="'binanse'; did you mean binance"):
            Exchange("binanse")

    def test_inverted_dates_are_refused_before_any_request(self, exchange, server):
        with pytest.raises(SpecError, match="swap them"):
            exchange.fetch_candles("BTCUSDT", "1h", FAR_AHEAD, LONG_AGO)
        assert server.requests == []

    def test_a_base_url_without_a_scheme_is_refused(self):
        with pytest.raises(SpecError, match="http://"):
            Exchange(base_url="127.0.0.1:8080")

    @pytest.mark.parametrize("exchange_id", ["kraken", "bybit", "okx", "coinbase"])
    def test_a_base_url_replaces_every_address_of_an_exchange(self, exchange_id):
        with Exchange(exchange_id, base_url="http://127.0.0.1:9") as exchange:
            addresses = exchange._client.urls["api"]
            flat = addresses.values() if isinstance(addresses, dict) else [addresses]
            assert all(str(url).startswith("http://127.0.0.1:9") for url in flat)


def test_importing_the_module_imports_no_ccxt():
    code = "import sys, mlwidgets.market.exchange; sys.exit('ccxt' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_two_years_of_real_hours_arrive_unchanged(real_candles: Path):
    raw = pd.read_csv(real_candles / "BTCUSDT_1h.csv.gz").tail(17_520)
    start, last = (pd.Timestamp(raw.timestamp.iloc[row], unit="ms", tz="UTC") for row in (0, -1))
    with (
        LoopbackExchange(real_candles, now=last + HOUR) as server,
        Exchange(base_url=server.url) as exchange,
    ):
        candles = exchange.fetch_candles("BTCUSDT", "1h", start, last + HOUR)
    np.testing.assert_array_equal(candles.index.asi8, raw.timestamp)
    np.testing.assert_array_equal(candles.to_numpy(), raw.iloc[:, 1:])

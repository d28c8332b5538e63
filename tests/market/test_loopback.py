import gzip
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlwidgets.errors import BadMarketData, CandleError, MarketError, SpecError, UnknownTimeframe
from mlwidgets.market.loopback import (
    DuplicateBars,
    LoopbackExchange,
    OutOfOrderBars,
    RateLimited,
    ServerError,
)
from mlwidgets.market.loopback.history import unfinished

HOUR_MS = 3_600_000


def get(url, path="ping", **query):
    """Status, decoded JSON (or the text) and headers."""
    address = f"{url}/api/v3/{path}?{urllib.parse.urlencode(query)}"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, json.loads(answer.read()), answer.headers
    except urllib.error.HTTPError as error:
        text = error.read().decode()
        body = json.loads(text) if text.startswith("{") else text
        return error.code, body, error.headers


def klines(server, **query):
    status, rows, _ = get(server.url, "klines", **{"symbol": "BTCUSDT", "interval": "1h"} | query)
    assert status == 200, rows
    return rows


def open_times(rows):
    return [row[0] for row in rows]


@pytest.fixture
def folder(tmp_path, make_candles):
    """A folder with 48 hours of BTCUSDT."""
    candles = make_candles(48)
    table = candles.reset_index(drop=True)
    table.insert(0, "timestamp", candles.index.asi8)
    table.to_csv(tmp_path / "BTCUSDT_1h.csv.gz", index=False)
    return tmp_path


class TestKlines:
    def test_a_bar_is_sent_as_binance_sends_it(self, server, hourly):
        first = hourly.index.asi8[0]
        (row,) = klines(server, startTime=first, limit=1)
        assert row[0] == first
        assert row[6] == first + HOUR_MS - 1
        assert [type(field) for field in row] == [int, *[str] * 5, int, str, int, *[str] * 3]
        assert len(row[1].partition(".")[2]) >= 8

    def test_prices_lose_no_digit(self, server, hourly):
        rows = klines(server, startTime=hourly.index.asi8[0], limit=1000)
        sent = np.array([[float(field) for field in row[1:6]] for row in rows])
        np.testing.assert_array_equal(sent, hourly.to_numpy()[:1000])

    def test_start_and_end_are_both_included(self, server, hourly):
        times = hourly.index.asi8
        assert open_times(klines(server, startTime=times[3], endTime=times[5])) == list(times[3:6])

    def test_without_a_start_the_last_bars_come(self, server, hourly):
        times = hourly.index.asi8
        assert open_times(klines(server, limit=3)) == list(times[-3:])
        assert open_times(klines(server, endTime=times[9], limit=3)) == list(times[7:10])

    @pytest.mark.parametrize(
        ("query", "sent"), [({}, 500), ({"limit": 1000}, 1000), ({"limit": 5000}, 1000)]
    )
    def test_a_page_holds_500_bars_unless_asked_and_1000_at_most(self, server, query, sent):
        assert len(klines(server, startTime=0, **query)) == sent

    def test_a_start_before_the_listing_or_in_a_gap_takes_the_next_bar(self, server, hourly):
        assert open_times(klines(server, startTime=0, limit=1)) == [hourly.index.asi8[0]]

    @pytest.mark.parametrize(
        ("query", "code", "text"),
        [
            ({"symbol": "NOPE"}, -1121, "Invalid symbol."),
            ({"interval": "7h"}, -1120, "Invalid interval."),
            ({"symbol": ""}, -1102, "Mandatory parameter 'symbol' was not sent"),
            ({"startTime": "soon"}, -1100, "Illegal characters found in parameter 'startTime'"),
            ({"limit": "-1"}, -1100, "Illegal characters found in parameter 'limit'"),
        ],
    )
    def test_a_bad_question_gets_binances_error(self, server, query, code, text):
        asked = {"symbol": "BTCUSDT", "interval": "1h"} | query
        status, body, _ = get(server.url, "klines", **asked)
        assert (status, body["code"]) == (400, code)
        assert body["msg"].startswith(text)

    def test_a_coarser_interval_is_built_from_the_finer_candles(self, server, hourly):
        (day,) = klines(server, interval="1d", startTime=hourly.index.asi8[24], limit=1)
        hours = hourly.iloc[24:48]
        assert [float(field) for field in day[1:5]] == [
            hours.open.iloc[0], hours.high.max(), hours.low.min(), hours.close.iloc[-1],
        ]  # fmt: skip
        assert float(day[5]) == pytest.approx(hours.volume.sum())

    def test_an_interval_finer_than_the_candles_has_no_bars(self, server):
        assert klines(server, interval="5m") == []


class TestClock:
    def test_bars_that_lie_ahead_do_not_exist(self, server, hourly):
        server.clock.set(hourly.index[5] + pd.Timedelta(minutes=30))
        assert open_times(klines(server, startTime=0)) == list(hourly.index.asi8[:6])
        assert klines(server, startTime=hourly.index.asi8[6]) == []

    def test_the_bar_that_contains_now_is_unfinished(self, server, hourly):
        server.clock.set(hourly.index[5] + pd.Timedelta(minutes=30))
        row = klines(server, limit=1)[0]
        assert float(row[1]) == hourly.open.iloc[5]
        assert float(row[5]) == pytest.approx(hourly.volume.iloc[5] / 2)
        assert float(row[2]) <= hourly.high.iloc[5]

    def test_time_is_the_clocks(self, server, hourly):
        server.clock.set(hourly.index[5])
        assert get(server.url, "time")[1] == {"serverTime": hourly.index.asi8[5]}

    def test_a_market_can_run_faster_than_the_world(self, hourly):
        candles = {("BTCUSDT", "1h"): hourly}
        with LoopbackExchange(candles, now=hourly.index[0], speed=360_000) as server:
            seen, deadline = 1, time.monotonic() + 10
            while seen < 100 and time.monotonic() < deadline:
                seen = len(klines(server))
            assert seen >= 100

    def test_without_a_time_it_is_the_worlds(self, hourly):
        with LoopbackExchange({("BTCUSDT", "1h"): hourly}) as server:
            told = get(server.url, "time")[1]["serverTime"]
            assert told == pytest.approx(time.time() * 1000, abs=10_000)

    def test_time_that_runs_backwards_is_refused(self, hourly):
        with pytest.raises(SpecError, match="-1"):
            LoopbackExchange({("BTCUSDT", "1h"): hourly}, speed=-1)

    @given(
        walk=st.lists(st.floats(1, 1000), min_size=4, max_size=4),
        passed=st.floats(0, 1, exclude_max=True),
    )
    def test_an_unfinished_bar_stays_within_its_finished_one(self, walk, passed):
        bar = np.array([walk[0], max(walk), min(walk), walk[1], walk[2]])
        open_, high, low, close, volume = unfinished(bar, passed)
        assert open_ == bar[0]
        assert bar[2] <= low <= min(open_, close) <= max(open_, close) <= high <= bar[1]
        assert 0 <= volume <= bar[4]


class TestOtherEndpoints:
    def test_the_symbols_are_listed_with_base_and_quote(self, server):
        listed = get(server.url, "exchangeInfo")[1]["symbols"]
        assert [(it["symbol"], it["baseAsset"], it["quoteAsset"]) for it in listed] == [
            ("BTCUSDT", "BTC", "USDT"), ("ETHUSDT", "ETH", "USDT"),
        ]  # fmt: skip

    def test_the_used_weight_is_told(self, server):
        used = [int(get(server.url, path)[2]["X-MBX-USED-WEIGHT-1M"])
                for path in ("ping", "exchangeInfo")]  # fmt: skip
        assert used[1] - used[0] in (20, 19), "19 where a new minute begins between the two"

    def test_requests_are_recorded(self, server):
        get(server.url, "ping")
        klines(server, limit=3)
        assert [ask.path for ask in server.requests] == ["/api/v3/ping", "/api/v3/klines"]
        assert server.asked("klines") == [{"symbol": "BTCUSDT", "interval": "1h", "limit": "3"}]


class TestMisbehaviour:
    def test_faults_come_in_the_order_they_were_queued_then_all_is_well(self, server):
        server.misbehave(RateLimited(retry_after=2), times=2)
        server.misbehave(ServerError(502))
        statuses = [get(server.url, "klines", symbol="BTCUSDT", interval="1h")[0] for _ in range(4)]
        assert statuses == [429, 429, 502, 200]

    def test_a_rate_limit_says_when_to_come_back(self, server):
        server.misbehave(RateLimited(retry_after=2))
        status, body, headers = get(server.url, "klines", symbol="BTCUSDT", interval="1h")
        assert (status, body["code"], headers["Retry-After"]) == (429, -1003, "2")

    def test_a_fault_waits_for_its_endpoint(self, server):
        server.misbehave(ServerError(), on="time")
        assert get(server.url, "ping")[0] == 200
        assert get(server.url, "time")[0] == 503

    def test_queued_faults_can_be_called_off(self, server):
        server.misbehave(ServerError(), times=3, on="ping")
        server.behave()
        assert get(server.url, "ping")[0] == 200

    def test_bars_can_come_twice_or_backwards(self, server, hourly):
        first, second = hourly.index.asi8[:2]
        server.misbehave(DuplicateBars())
        server.misbehave(OutOfOrderBars())
        assert open_times(klines(server, startTime=0, limit=2)) == [first, first, second, second]
        assert open_times(klines(server, startTime=0, limit=2)) == [second, first]

    def test_a_refused_question_stays_refused_when_bars_are_spoilt(self, server):
        server.misbehave(DuplicateBars())
        assert get(server.url, "klines", symbol="NOPE", interval="1h")[0] == 400


class TestCandleSources:
    def test_a_folder_of_files_is_served(self, folder, make_candles):
        with LoopbackExchange(folder) as server:
            rows = klines(server, startTime=0)
        sent = np.array([[float(field) for field in row[1:6]] for row in rows])
        np.testing.assert_array_equal(sent, make_candles(48).to_numpy())

    def test_a_folder_without_candle_files_is_refused(self, tmp_path):
        with pytest.raises(BadMarketData, match=r"holds no candle files.*BTCUSDT_1h\.csv\.gz"):
            LoopbackExchange(tmp_path)

    def test_a_damaged_file_is_refused_by_name(self, folder):
        with gzip.open(folder / "BTCUSDT_1h.csv.gz", "wt") as file:
            file.write("timestamp,open\n1,2\n")
        with pytest.raises(BadMarketData, match=r"BTCUSDT_1h\.csv\.gz.*lacks the column"):
            LoopbackExchange(folder).history.bars("BTCUSDT", "1h")

    def test_candles_that_break_the_contract_are_refused(self, hourly):
        with pytest.raises(CandleError, match="go back in time"):
            LoopbackExchange({("BTCUSDT", "1h"): hourly[::-1]}).history.bars("BTCUSDT", "1h")

    def test_an_unknown_timeframe_is_refused(self, hourly):
        with pytest.raises(UnknownTimeframe, match="7h"):
            LoopbackExchange({("BTCUSDT", "7h"): hourly})

    def test_a_symbol_without_a_known_quote_is_refused(self, hourly):
        with pytest.raises(SpecError, match="FOOBAR"):
            LoopbackExchange({("FOOBAR", "1h"): hourly})

    def test_a_port_that_is_taken_is_named(self, server, hourly):
        port = int(server.url.rpartition(":")[2])
        with (
            pytest.raises(MarketError, match=f"127.0.0.1:{port}"),
            LoopbackExchange({("BTCUSDT", "1h"): hourly}, port=port),
        ):
            pass


class TestCommandLine:
    COMMAND = (sys.executable, "-m", "mlwidgets.market.loopback", "--data")

    def test_it_prints_its_url_and_serves_until_terminated(self, folder):
        command = [*self.COMMAND, str(folder), "--now", "2024-03-02T00:30"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            url = process.stdout.readline().strip()
            told = get(url, "time")[1]["serverTime"]
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0
        assert told == pd.Timestamp("2024-03-02T00:30", tz="UTC").value // 1_000_000

    def test_bad_input_is_told_without_a_traceback(self, tmp_path):
        ended = subprocess.run(
            [*self.COMMAND, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
        )
        assert ended.returncode == 1
        assert "holds no candle files" in ended.stderr
        assert "Traceback" not in ended.stderr

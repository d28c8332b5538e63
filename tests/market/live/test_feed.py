"""The feed on the loopback exchange: the real ccxt over REST and websockets, the real store."""

from __future__ import annotations

import asyncio
import gc
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import pandas as pd
import psutil
import pytest
from pandas.testing import assert_frame_equal

from mlwidgets.errors import UnknownSymbol
from mlwidgets.market.exchange import Exchange
from mlwidgets.market.live import CandleFeed, FeedState, Pace
from mlwidgets.market.loopback import (
    BadBars,
    Garbage,
    LoopbackExchange,
    OutOfOrderBars,
    RepeatedKline,
    ServerError,
    ShiftedKline,
    WrongKline,
)
from mlwidgets.market.store import CandleStore

NOW = pd.Timestamp("2024-03-01 04:00:10", tz="UTC")
MINUTE = pd.Timedelta(minutes=1)
IMPATIENT = Pace(
    patience=0.25, poll_every=0.05, confirm_every=0.02, first_retry=0.02, longest_retry=0.1
)
LIVE, DELAYED, POLLING = FeedState.LIVE, FeedState.DELAYED, FeedState.POLLING
RECONNECTING, OFFLINE, CONNECTING = FeedState.RECONNECTING, FeedState.OFFLINE, FeedState.CONNECTING


@pytest.fixture(scope="module")
def minutes(make_candles):
    """Ten hours, without minutes 250 to 252, which the exchange does not have."""
    candles = make_candles(600, "1m")
    return candles.drop(candles.index[250:253])


@pytest.fixture
def server(minutes):
    with LoopbackExchange({("BTCUSDT", "1m"): minutes}, now=NOW, speed=600) as running:
        yield running


@pytest.fixture
def store(tmp_path):
    return CandleStore(tmp_path)


class Watcher:
    """Remembers what a feed tells."""

    def __init__(self) -> None:
        self.closed: list[pd.DataFrame] = []
        self.states: list[FeedState] = []
        self.status = None
        self.ticks = 0
        self.tick = None

    def on_closed(self, candles):
        self.closed.append(candles)

    def on_tick(self, bar):
        self.ticks, self.tick = self.ticks + 1, bar

    def on_status(self, status):
        self.states.append(status.state)
        self.status = status

    @property
    def last(self) -> pd.Timestamp | None:
        return self.closed[-1].index[-1] if self.closed else None

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)

    async def until_state(self, state: FeedState) -> None:
        """Wait until it is told, from here on."""
        told = len(self.states)
        await self.until(lambda: state in self.states[told:])

    async def until_closed(self, more: int = 2) -> None:
        """Wait for so many more frames of closed candles."""
        told = len(self.closed)
        await self.until(lambda: len(self.closed) >= told + more)


@asynccontextmanager
async def following(server, store, *, symbol="BTCUSDT", pace=IMPATIENT):
    """A watcher of a feed that runs until the block ends."""
    watcher = Watcher()
    feed = CandleFeed(
        lambda: Exchange(base_url=server.url, attempts=1, timeout=5), symbol, "1m", store,
        on_closed=watcher.on_closed, on_tick=watcher.on_tick, on_status=watcher.on_status,
        pace=pace, lookback=100,
    )  # fmt: skip
    running = asyncio.create_task(feed.run())
    try:
        yield watcher
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def assert_whole(watcher, store, minutes):
    """What was told and what is stored are the exchange's history, each candle once.

    What was stored while the feed was cancelled is told to nobody.
    """
    told = pd.concat(watcher.closed)
    stored = store.read("binance", "BTCUSDT", "1m")
    assert_frame_equal(told, minutes[told.index[0] : told.index[-1]], check_exact=True)
    assert_frame_equal(stored, minutes[told.index[0] : stored.index[-1]], check_exact=True)
    assert told.index[-1] <= stored.index[-1]


def sockets(server):
    port = int(server.url.rpartition(":")[2])
    connections = psutil.Process().net_connections("tcp")
    return [each for each in connections if each.raddr and each.raddr.port == port]


def open_websockets():
    """Client's objects in memory: each keeps some 200 kB for its compression."""
    return sum(type(each).__name__ == "ClientWebSocketResponse" for each in gc.get_objects())


def test_an_hour_with_drops_every_few_minutes_loses_doubles_and_leaks_nothing(
    server, store, minutes
):
    server.clock.set(NOW)
    server.clock.speed, server.streams.drop_every = 900, 180
    sizes: list[int] = []

    def connects():
        return len(server.asked("stream"))

    async def hour():
        async with following(server, store) as watcher:
            await watcher.until(lambda: watcher.last)
            tracemalloc.start()
            for part in (0.3, 1.0):
                due = NOW + pd.Timedelta(hours=part)
                await watcher.until(lambda due=due: watcher.last >= due)
                await watcher.until(lambda part=part: connects() >= 10 * part)
                gc.collect()
                sizes.append(tracemalloc.get_traced_memory()[0])
                assert open_websockets() <= 2
            tracemalloc.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert not [each.name for each in threading.enumerate() if "candle-feed" in each.name]
        return watcher

    watcher = asyncio.run(hour())
    assert_whole(watcher, store, minutes)
    assert RECONNECTING in watcher.states
    assert sizes[1] - sizes[0] < 2_000_000
    assert not sockets(server)


def test_when_live_it_ticks_and_the_store_lacks_none_of_the_latest_candles(server, store, minutes):
    server.clock.speed = 60

    async def live():
        async with following(server, store, pace=Pace()) as watcher:
            await watcher.until(lambda: watcher.ticks > 20)
        assert watcher.states == [CONNECTING, LIVE]
        assert watcher.closed[0].index[0] == NOW.floor("1min") - 100 * MINUTE
        assert watcher.tick.time > watcher.last
        return watcher

    assert_whole(asyncio.run(live()), store, minutes)


def test_without_a_websocket_it_polls_and_comes_back(server, store, minutes):
    async def refused():
        server.misbehave(ServerError(), on="stream", times=8)
        async with following(server, store) as watcher:
            await watcher.until(lambda: POLLING in watcher.states)
            assert watcher.status.reason == "binance's candle stream broke off: HTTP 503."
            assert watcher.status.attempt >= 2
            assert watcher.status.next_try is not None
            ticks = watcher.ticks
            await watcher.until_closed()
            assert watcher.ticks > ticks
            await watcher.until(lambda: watcher.states[-1] is LIVE)
            assert (watcher.status.attempt, watcher.status.next_try) == (0, None)
        return watcher

    assert_whole(asyncio.run(refused()), store, minutes)


def test_a_stream_that_falls_silent_while_others_trade_is_given_up(server, store, minutes):
    async def silent():
        async with following(server, store) as watcher:
            await watcher.until(lambda: LIVE in watcher.states)
            server.streams.silent = True
            await watcher.until_state(RECONNECTING)
            server.streams.silent = False
            await watcher.until_state(LIVE)
        assert DELAYED in watcher.states
        return watcher

    assert_whole(asyncio.run(silent()), store, minutes)


def test_a_market_without_trades_is_quiet_and_not_broken(server, store):
    server.clock.speed = 0

    async def quiet():
        async with following(server, store) as watcher:
            await watcher.until(lambda: watcher.status and "quiet" in watcher.status.reason)
            assert watcher.status.state is LIVE
        assert RECONNECTING not in watcher.states

    asyncio.run(quiet())


def test_an_exchange_that_is_down_is_offline_until_it_answers(server, store, minutes):
    server.misbehave(ServerError(), on="exchangeInfo", times=2)

    async def down():
        async with following(server, store) as watcher:
            await watcher.until(lambda: OFFLINE in watcher.states)
            assert watcher.status.reason == "binance does not answer: HTTP 503."
            assert watcher.status.next_try is not None
            await watcher.until(lambda: LIVE in watcher.states)
            for endpoint in ("stream", "time"):
                server.misbehave(ServerError(), on=endpoint, times=1000)
            server.drop_streams()
            await watcher.until_state(OFFLINE)
            server.behave()
            await watcher.until_state(LIVE)
            await watcher.until_closed()
        return watcher

    assert_whole(asyncio.run(down()), store, minutes)


def test_nonsense_from_stream_and_rest_never_reaches_the_store(server, store, minutes):
    async def nonsense():
        async with following(server, store) as watcher:
            await watcher.until(lambda: LIVE in watcher.states)
            for fault in (
                WrongKline(), ShiftedKline(1), ShiftedKline(60), ShiftedKline(-1), RepeatedKline(),
                Garbage('{"e":"kline","k":{}}'), WrongKline(0.0), Garbage(), Garbage("null"),
            ):  # fmt: skip
                server.spoil(fault, times=3)
            server.misbehave(BadBars(), times=6)
            server.misbehave(OutOfOrderBars(), times=6)
            await watcher.until(lambda: not server.streams.faults)
            await watcher.until_closed(5)
        return watcher

    assert_whole(asyncio.run(nonsense()), store, minutes)


def test_closed_is_what_the_exchanges_clock_says_however_wrong_the_local_one_is(
    server, tmp_path, minutes
):
    store = CandleStore(tmp_path, clock=lambda: NOW - pd.Timedelta(days=1))

    async def skewed():
        async with following(server, store) as watcher:
            await watcher.until_closed(3)
        return watcher

    assert_whole(asyncio.run(skewed()), store, minutes)


def test_a_second_run_fills_what_was_missed_and_nothing_else(server, store, minutes):
    async def twice():
        for _ in range(2):
            async with following(server, store) as watcher:
                await watcher.until_closed(3)
        return watcher

    again = asyncio.run(twice())
    told, stored = pd.concat(again.closed), store.read("binance", "BTCUSDT", "1m")
    assert_frame_equal(stored, minutes[stored.index[0] : stored.index[-1]], check_exact=True)
    assert told.index.is_unique
    assert all(a.index[-1] < b.index[0] for a, b in pairwise(again.closed))


@pytest.mark.parametrize("moment", [CONNECTING, RECONNECTING, POLLING])
def test_cancelled_at_any_moment_it_leaves_nothing(server, store, moment):
    if moment is not CONNECTING:
        server.misbehave(ServerError(), on="stream", times=1000)

    async def cancelled():
        async with following(server, store) as watcher:
            await watcher.until(lambda: moment in watcher.states)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(cancelled())
    assert not sockets(server)


def test_a_symbol_that_the_exchange_does_not_list_ends_the_feed(server, store):
    feed = CandleFeed(
        lambda: Exchange(base_url=server.url), "ETHUSDT", "1m", store,
        on_closed=print, on_tick=print, on_status=lambda status: None,
    )  # fmt: skip
    with pytest.raises(UnknownSymbol, match="ETHUSDT"):
        asyncio.run(feed.run())

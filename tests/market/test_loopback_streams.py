"""The loopback exchange's kline streams, as any websocket client sees them."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from itertools import pairwise

import aiohttp
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from waiting import wait_until

from mlwidgets.market.loopback import (
    Garbage,
    LateKline,
    LoopbackExchange,
    LostKline,
    RepeatedKline,
    ServerError,
    ShiftedKline,
    WrongKline,
)
from mlwidgets.market.loopback.__main__ import SIMULATED_NOW, simulated

NOW = pd.Timestamp("2024-03-01 04:00:10", tz="UTC")
STREAM = "btcusdt@kline_1m"
STEP = 60_000


@pytest.fixture(scope="module")
def minutes(make_candles):
    return make_candles(600, "1m")


@pytest.fixture
def server(minutes):
    with LoopbackExchange({("BTCUSDT", "1m"): minutes}, now=NOW, speed=3000) as running:
        yield running


def talk(server, path, conversation):
    """What a conversation over a websocket returns."""

    async def talking():
        address = server.url.replace("http", "ws") + path
        async with (
            asyncio.timeout(10),
            aiohttp.ClientSession() as session,
            session.ws_connect(address) as socket,
        ):
            return await conversation(socket)

    return asyncio.run(talking())


def events(count):
    async def receive(socket):
        return [await socket.receive_json() for _ in range(count)]

    return receive


async def until_dropped(socket):
    return [json.loads(message.data) async for message in socket]


def asking(*questions):
    async def ask(socket):
        answers = []
        for question in questions:
            await socket.send_str(question)
            answers.append(await socket.receive_json())
        return answers

    return ask


def closes(told):
    return [event["k"] for event in told if event["k"]["x"]]


def values(kline):
    return [float(kline[name]) for name in "ohlcv"]


class TestKlines:
    def test_each_candle_grows_and_closes_once_with_the_values_that_rest_tells(
        self, server, minutes
    ):
        told = talk(server, f"/ws/{STREAM}", events(60))
        query = f"symbol=BTCUSDT&interval=1m&startTime={closes(told)[0]['t']}"
        with urllib.request.urlopen(f"{server.url}/api/v3/klines?{query}") as answer:
            rows = {row[0]: [float(field) for field in row[1:6]] for row in json.load(answer)}
        opened = [kline["t"] for kline in closes(told)]
        assert len(opened) > 5
        assert opened == list(range(opened[0], opened[-1] + STEP, STEP))
        assert [values(kline) for kline in closes(told)] == [rows[time] for time in opened]

    def test_a_kline_is_written_as_binance_writes_it(self, server, minutes):
        server.clock.speed = 0
        (event,) = talk(server, f"/ws/{STREAM}", events(1))
        kline = event["k"]
        assert (event["e"], event["s"], kline["s"], kline["i"]) == ("kline", *["BTCUSDT"] * 2, "1m")
        assert kline["t"] == NOW.floor("1min").value // 1_000_000
        assert kline["T"] == kline["t"] + STEP - 1
        assert kline["x"] is False
        assert kline["t"] < event["E"] < kline["T"]
        assert isinstance(kline["o"], str)
        assert float(kline["v"]) < minutes.volume[NOW.floor("1min")]

    def test_klines_are_two_seconds_of_the_market_apart(self, server):
        server.clock.speed = 60
        times = [event["E"] for event in talk(server, f"/ws/{STREAM}", events(10))]
        assert min(after - before for before, after in pairwise(times)) >= 2_000

    def test_combined_streams_are_named_in_each_message(self, server):
        other = "btcusdt@kline_5m"
        told = talk(server, f"/stream?streams={STREAM}/{other}", events(6))
        assert {message["stream"] for message in told} == {STREAM, other}
        assert all(message["data"]["e"] == "kline" for message in told)


class TestSubscribing:
    def test_streams_can_be_subscribed_listed_and_left(self, server):
        server.streams.silent = True
        answers = talk(server, "/ws", asking(
            f'{{"method":"SUBSCRIBE","params":["{STREAM}"],"id":1}}',
            '{"method":"LIST_SUBSCRIPTIONS","id":2}',
            f'{{"method":"UNSUBSCRIBE","params":["{STREAM}"],"id":3}}',
            '{"method":"LIST_SUBSCRIPTIONS","id":4}',
        ))  # fmt: skip
        assert [answer["result"] for answer in answers] == [None, [STREAM], None, []]

    @pytest.mark.parametrize(
        "question",
        ["nonsense", '{"method":"SUBSCRIBE","params":["btcusdt@soon"],"id":1}',
         '{"method":"SHOUT","id":1}', "[]"],
    )  # fmt: skip
    def test_a_bad_question_is_refused_and_the_connection_stays(self, server, question):
        server.streams.silent = True
        listing = '{"method":"LIST_SUBSCRIPTIONS","id":2}'
        refused, listed = talk(server, "/ws", asking(question, listing))
        assert refused["error"]["code"] == 2
        assert listed["result"] == []


class TestMisbehaviour:
    def test_a_connection_is_reset_after_so_many_seconds_of_the_market(self, server):
        server.streams.drop_every = 600
        told = talk(server, f"/ws/{STREAM}", until_dropped)
        assert 500_000 < told[-1]["E"] - told[0]["E"] < 900_000

    def test_all_connections_can_be_reset_at_once(self, server):
        async def dropped(socket):
            await socket.receive_json()
            server.drop_streams()
            return await until_dropped(socket)

        talk(server, f"/ws/{STREAM}", dropped)
        wait_until(lambda: server.streams.connections == 0)

    def test_connections_can_be_refused(self, server):
        server.misbehave(ServerError(), on="stream")
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            talk(server, f"/ws/{STREAM}", events(1))
        assert len(talk(server, f"/ws/{STREAM}", events(1))) == 1

    def test_klines_can_be_lost_late_repeated_shifted_wrong_or_garbage(self, server):
        faults = (LostKline(), LateKline(0.01), RepeatedKline(), ShiftedKline(60), WrongKline(2.0))
        for fault in (*faults, Garbage("1")):
            server.spoil(fault)
        late, first, again, shifted, wrong, garbage = talk(server, f"/ws/{STREAM}", events(6))
        assert late["E"] <= first["E"]
        assert first == again
        assert shifted["k"]["t"] > shifted["E"]
        assert values(wrong["k"])[0] > 1.5 * values(first["k"])[0]
        assert garbage == 1


def test_the_simulated_market_is_the_same_at_each_start_and_most_of_it_is_ahead():
    (key, candles), (_, again) = (*simulated("1d").items(), *simulated("1d").items())
    assert key == ("SIMUSDT", "1d")
    assert_frame_equal(candles, again)
    assert (candles.index > pd.Timestamp(SIMULATED_NOW, tz="UTC")).mean() > 0.5

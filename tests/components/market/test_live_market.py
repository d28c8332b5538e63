"""The market of a page as it happens: the real feed on the loopback exchange, the real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from mlwidgets.components.market.access import MarketAccess
from mlwidgets.components.market.state import MarketState
from mlwidgets.components.market.words import chip_pulse, chip_words
from mlwidgets.market.live import Bar
from mlwidgets.market.loopback import LoopbackExchange, ServerError
from mlwidgets.market.simulator import simulate_market
from mlwidgets.settings import get_settings

MINUTE = pd.Timedelta(minutes=1)
PAST = 1200


@pytest.fixture(scope="module")
def minutes() -> dict[tuple[str, str], pd.DataFrame]:
    """Two markets around now; most of their candles are still to come."""
    start = pd.Timestamp.now("UTC").floor("min") - PAST * MINUTE
    markets = {}
    for seed, symbol in enumerate(("BTCUSDT", "ETHUSDT"), start=1):
        frame = simulate_market(
            "1m", periods=PAST + 600, seed=seed, start=start, start_price=1000.0 * seed
        ).candles
        frame.attrs.clear()
        markets[symbol, "1m"] = frame
    return markets


@pytest.fixture
def exchange(
    minutes: dict[tuple[str, str], pd.DataFrame], home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LoopbackExchange]:
    """An exchange whose minutes take a second, and a home that asks it."""
    now = pd.Timestamp.now("UTC")
    with LoopbackExchange(minutes, now=now, speed=60) as running:
        monkeypatch.setenv("MLWIDGETS_EXCHANGE_URL", running.url)
        yield running


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def followed(symbol: str = "BTCUSDT") -> AsyncIterator[MarketState]:
    """A market that is followed, of which nothing is left in the end."""
    state = MarketState(MarketAccess(get_settings()), symbol=symbol, timeframe="1m")
    await state.ask()
    state.follow()
    try:
        yield state
    finally:
        await state.following.stopped()
        assert asyncio.all_tasks() == {asyncio.current_task()}


def test_ticks_move_the_bar_and_closed_candles_the_series_and_the_store(
    exchange: LoopbackExchange, minutes: dict[tuple[str, str], pd.DataFrame]
) -> None:
    async def live() -> tuple[pd.DataFrame, pd.DataFrame]:
        async with followed() as state:
            assert (state.connection, chip_words(state)["kind"]) == ("exchange", "exchange")
            before = len(state.series.candles)
            ticks: list[Bar] = []
            state.observe(lambda change: ticks.append(change.new), "bar")
            await until(lambda: len(state.series.candles) >= before + 2)
            await until(lambda: len({tick.close for tick in ticks}) > 2)
            await until(lambda: state.bar.time > state.series.candles.index[-1])
            await until(lambda: chip_words(state)["text"] == "Binance: live")
            pulse = chip_pulse(state)
            assert pulse["now"] - pulse["heard"] >= 0
            access = MarketAccess(get_settings())
            return state.series.candles, access.stored("BTCUSDT", "1m")

    shown, stored = asyncio.run(live())
    truth = minutes["BTCUSDT", "1m"]
    assert_frame_equal(shown, truth[: shown.index[-1]], check_exact=True, check_freq=False)
    assert_frame_equal(stored[: shown.index[-1]], shown, check_exact=True)


def test_a_lost_connection_is_said_counted_and_made_good(
    exchange: LoopbackExchange, minutes: dict[tuple[str, str], pd.DataFrame]
) -> None:
    async def lost() -> pd.DataFrame:
        async with followed() as state:
            await until(lambda: state.connection == "live")
            for endpoint in ("stream", "time"):
                exchange.misbehave(ServerError(), times=1000, on=endpoint)
            exchange.drop_streams()
            await until(lambda: state.connection in ("reconnecting", "unreachable"))
            await until(lambda: chip_pulse(state)["next"])
            said = chip_words(state)
            assert said["kind"] in ("reconnecting", "unreachable")
            assert said["ahead"] == f"attempt {state.status.attempt + 1} in {{}}"
            assert chip_pulse(state)["heard"] is not None
            missed = state.series.candles.index[-1] + 2 * MINUTE
            await until(lambda: exchange.clock.now() > missed + MINUTE)
            exchange.behave()
            await until(lambda: state.connection == "live")
            await until(lambda: state.series.candles.index[-1] >= missed)
            assert chip_words(state)["ahead"] == ""
            return state.series.candles

    shown = asyncio.run(lost())
    truth = minutes["BTCUSDT", "1m"]
    assert_frame_equal(shown, truth[: shown.index[-1]], check_exact=True, check_freq=False)


def test_another_symbol_takes_over_at_once_and_nothing_of_the_first_comes_after(
    exchange: LoopbackExchange, minutes: dict[tuple[str, str], pd.DataFrame]
) -> None:
    async def switched() -> pd.DataFrame:
        async with followed() as state:
            await until(lambda: state.bar is not None and state.connection == "live")
            first = state.following
            state.symbol = "ETHUSDT"
            assert (state.bar, state.connection, first.on) == (None, "asking", False)
            bars: list[Bar] = []
            state.observe(lambda change: bars.append(change.new), "bar")
            state.follow()
            assert not state.following.on  # its history comes first
            await state.ask()
            state.follow()
            await until(lambda: state.connection == "live" and len(bars) > 3)
            truth = minutes["ETHUSDT", "1m"].open
            assert all(truth[bar.time] == pytest.approx(bar.open) for bar in bars)
            return state.series.candles

    shown = asyncio.run(switched())
    truth = minutes["ETHUSDT", "1m"]
    assert_frame_equal(shown, truth[: shown.index[-1]], check_exact=True, check_freq=False)


def test_a_market_that_nobody_looks_at_does_not_claim_to_be_live(
    exchange: LoopbackExchange,
) -> None:
    async def unseen() -> None:
        async with followed() as state:
            await until(lambda: state.connection == "live")
            state.rest()
            assert chip_words(state)["text"] == "Binance: connecting"
            await state.following.stopped()
            assert asyncio.all_tasks() == {asyncio.current_task()}
            state.follow()
            await until(lambda: state.connection == "live")

    asyncio.run(unseen())


def test_a_symbol_that_is_not_listed_is_not_followed(exchange: LoopbackExchange) -> None:
    async def unknown() -> None:
        async with followed("SOLUSDT") as state:
            assert not state.following.on
            assert "SOLUSDT" in state.problem

    asyncio.run(unknown())

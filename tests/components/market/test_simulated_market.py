"""The simulated market moves, and never shows what is still to come."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from mlwidgets.components.market.access import MarketAccess
from mlwidgets.components.market.clock import Clock
from mlwidgets.components.market.simulation import Simulation
from mlwidgets.components.market.state import MarketState
from mlwidgets.components.market.words import chip_pulse, chip_words
from mlwidgets.settings import get_settings

NOON = pd.Timestamp("2025-03-01 12:00", tz="UTC")
HOUR = pd.Timedelta(hours=1)
WORLD = Simulation("1h", NOON)
LATER = WORLD.closed(NOON + 400 * HOUR)


class Hand(Clock):
    """A clock that is set by hand."""

    def __init__(self, now: pd.Timestamp) -> None:
        self.time = now

    def now(self) -> pd.Timestamp:
        return self.time


@given(seconds=st.integers(0, 399 * 3_600_000_000).map(lambda at: at / 1e6))
def test_the_bar_grows_within_its_candle_and_does_not_tell_the_close(seconds: float) -> None:
    now = NOON + pd.Timedelta(seconds=seconds)

    bar = WORLD.bar(now)

    whole = LATER.loc[bar.time]
    assert bar.time == now.floor("h")
    assert bar.open == whole.open
    assert whole.low <= bar.low <= min(bar.open, bar.close)
    assert max(bar.open, bar.close) <= bar.high <= whole.high
    assert bar.volume <= whole.volume
    closed = WORLD.closed(now)
    assert closed.index[-1] == now.floor("h") - HOUR
    assert_frame_equal(closed, LATER[: closed.index[-1]], check_exact=True)


def test_a_bar_ends_as_its_candle_closes() -> None:
    bar = WORLD.bar(NOON + HOUR - pd.Timedelta(milliseconds=1))

    assert bar.close == pytest.approx(LATER.loc[NOON].close, rel=1e-6)
    assert (bar.high, bar.low) == (LATER.loc[NOON].high, LATER.loc[NOON].low)


@pytest.mark.parametrize("symbol", ["SIMUSDT", "BTCUSDT"])
def test_it_moves_on_a_page_and_says_what_it_is(
    home: Path, monkeypatch: pytest.MonkeyPatch, symbol: str
) -> None:
    monkeypatch.setenv("MLWIDGETS_OFFLINE", "1")
    clock = Hand(NOON)
    state = MarketState(MarketAccess(get_settings()), symbol=symbol, clock=clock)
    asyncio.run(state.ask())
    seen = []
    for minutes in (1, 20, 59, 60, 61):
        clock.time = NOON + pd.Timedelta(minutes=minutes)
        state.advance()
        seen.append((state.series.candles.index[-1].hour, state.bar.time.hour))
        assert state.series.symbol == "SIMUSDT"

    assert seen == [(11, 12), (11, 12), (11, 12), (12, 13), (12, 13)]
    assert chip_words(state)["text"] == "Simulated market"
    assert chip_pulse(state)["heard"] is None
    state.follow()
    assert not state.following.on

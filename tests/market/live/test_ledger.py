"""Which closed candles are certain, whatever stream and REST tell in whatever order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlwidgets.market.live.bar import Bar, believable_bar
from mlwidgets.market.live.ledger import SETTLED, Ledger, News
from mlwidgets.market.loopback.history import unfinished

STEP = 60_000


def bar(opened=0, close=11.0, volume=3.0):
    return Bar(opened, 10.0, 12.0, 9.0, close, volume)


class Market:
    """An exchange with a history, a clock, a stream and REST answers that may lag."""

    def __init__(self, slots: list[int]) -> None:
        random = np.random.default_rng(len(slots))
        self.history = [self._candle(slot * STEP, random) for slot in sorted(slots)]
        self.now = 0
        self.told = 0

    def kline(self) -> Bar | None:
        """What the stream tells next: a close that it has not told, or the candle under way."""
        waiting = [b for b in self.history if self.told <= b.opened <= self.now]
        if not waiting:
            return None
        if waiting[0].opened + STEP <= self.now:
            self.told = waiting[0].opened + STEP
            return waiting[0]
        return self._at(waiting[0], self.now)

    def connect(self) -> None:
        self.told = self.now // STEP * STEP

    def answer(self, first: int, lag: int, *, omits: bool) -> list[Bar]:
        """Closed candles; one that has closed within `lag` is omitted or unfinished."""
        closed = [b for b in self.history if first <= b.opened and b.opened + STEP <= self.now]
        fresh = [b for b in closed if self.now - lag < b.opened + STEP]
        if omits:
            return [b for b in closed if b not in fresh]
        # the stream tells at whole tens of milliseconds: never the very state of a lagging answer
        return [self._at(b, b.opened + STEP - 1) if b in fresh else b for b in closed]

    @staticmethod
    def _candle(opened: int, random: np.random.Generator) -> Bar:
        open_, close = random.uniform(10, 20, 2)
        high, low = max(open_, close) + 1, min(open_, close) - 1
        return Bar(opened, open_, high, low, close, float(random.uniform(1, 9)))

    @staticmethod
    def _at(candle: Bar, now: int) -> Bar:
        whole = np.array([candle.open, candle.high, candle.low, candle.close, candle.volume])
        return Bar(candle.opened, *unfinished(whole, (now - candle.opened) / STEP).tolist())


def _mangled(told: Bar, how: str, before: Bar | None) -> list[Bar]:
    return {
        "as it is": [told],
        "twice": [told, told],
        "shifted": [replace(told, opened=told.opened + STEP), told],
        "far off": [replace(told, opened=told.opened + 90 * STEP), told],
        "wrong": [replace(told, close=told.close * 1.001, high=told.high * 1.001)],
        "out of order": [told, before or told],
    }[how]


KLINES = st.sampled_from(
    ["as it is"] * 4 + ["twice", "shifted", "far off", "wrong", "out of order"]
)
EVENTS = st.one_of(
    st.tuples(st.just("pass"), st.integers(1, 9_000).map(lambda tens: 10 * tens)),
    st.tuples(st.just("close"), st.integers(0, 999).map(lambda tens: 10 * tens)),
    st.tuples(st.just("kline"), KLINES),
    st.tuples(st.just("kline"), KLINES),
    st.tuples(st.just("ask"), st.tuples(st.sampled_from([0, 3_000, SETTLED]), st.booleans())),
    st.tuples(st.just("drop"), st.none()),
)


@settings(max_examples=200)
@given(
    slots=st.sets(st.integers(0, 9), min_size=5).map(list),
    events=st.lists(EVENTS, max_size=80),
)
def test_any_order_of_klines_drops_and_lagging_answers_stores_the_exchanges_history(slots, events):
    market, ledger, stored, before = Market(slots), Ledger(0, STEP), [], None

    def ask(lag, omits):
        for each in ledger.certain(market.answer(ledger.first, lag, omits=omits), market.now):
            ledger.stored(each)
            stored.append(each)
        assert stored == market.history[: len(stored)]

    for event, how in events:
        if event == "pass":
            market.now += how
        elif event == "close":  # a moment after the candle under way has closed
            market.now = (market.now // STEP + 1) * STEP + how
        elif event == "ask":
            ask(how[0], omits=how[1])
        elif event == "drop":
            ledger.interrupted()
            market.connect()
        elif (told := market.kline()) is not None:
            for each in _mangled(told, how, before):
                ledger.hear(each)
            before = told
    market.now += 10 * STEP + SETTLED
    ask(0, omits=False)
    assert stored == market.history
    assert ledger.first == market.history[-1].opened + STEP


def test_a_candle_that_stream_and_rest_agree_on_is_certain_at_once():
    ledger = Ledger(0, STEP)
    ledger.hear(bar(0))
    ledger.hear(bar(STEP, volume=0.1))
    assert ledger.certain([bar(0)], now=STEP + 100) == [bar(0)]


def test_a_candle_that_they_differ_on_is_certain_once_rest_has_settled():
    ledger = Ledger(0, STEP)
    ledger.hear(bar(0, close=10.5))
    ledger.hear(bar(STEP, volume=0.1))
    assert ledger.certain([bar(0)], now=STEP + SETTLED - 1) == []
    assert ledger.certain([bar(0)], now=STEP + SETTLED) == [bar(0)]


def test_what_was_told_before_an_interruption_proves_nothing():
    ledger = Ledger(0, STEP)
    ledger.hear(bar(0))
    ledger.interrupted()
    ledger.hear(bar(STEP))
    assert ledger.certain([bar(0)], now=STEP + 100) == []


def test_a_candle_behind_one_that_is_uncertain_waits_for_it():
    short = SETTLED // 2
    ledger = Ledger(0, short)
    for each in (bar(0, close=10.5), bar(short), bar(2 * short)):
        ledger.hear(each)
    assert ledger.certain([bar(0), bar(short)], now=2 * short + 1) == []


def test_the_stream_says_when_to_ask():
    ledger = Ledger(5 * STEP, STEP)
    heard = [ledger.hear(bar(slot * STEP)) for slot in (4, 5, 5, 6, 5, 8)]
    assert heard == [News.OLD, News.ROLL_OVER, News.TICK, News.ROLL_OVER, News.OLD, News.JUMP]


def test_a_bar_from_the_future_does_not_hide_the_candle_under_way_for_long():
    ledger = Ledger(0, STEP)
    ledger.hear(bar(0))
    ledger.hear(bar(STEP))
    ledger.certain([], now=30_000)
    assert ledger.hear(bar(0, volume=4.0)) is News.TICK


def test_what_may_not_exist_is_asked_for_ever_more_rarely():
    ledger = Ledger(0, STEP)
    assert ledger.ask_again(STEP - 1) is None
    assert ledger.ask_again(STEP + 1_000) == 0.2
    assert ledger.ask_again(STEP + 50_000) == 10


@pytest.mark.parametrize(
    "row",
    [
        [0, 10.0, 12.0, 9.0, 11.0],
        [1, 10.0, 12.0, 9.0, 11.0, 3.0],
        [0, None, 12.0, 9.0, 11.0, 3.0],
        [0, 10.0, float("nan"), 9.0, 11.0, 3.0],
        [0, 10.0, 10.5, 9.0, 11.0, 3.0],
        [0, 10.0, 12.0, 9.0, 11.0, -1.0],
        [0, 0.0, 12.0, 0.0, 11.0, 1.0],
    ],
)
def test_rows_that_no_candle_can_look_like_are_not_believed(row):
    assert believable_bar(row, STEP) is None

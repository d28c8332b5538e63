"""What a chart shows, without a widget: views, live candles, new candles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlwidgets.components.chart.levels import MOST_DRAWN
from mlwidgets.components.chart.state import ChartState
from mlwidgets.errors import CandleError, ModelMismatch
from mlwidgets.market.simulator import simulate_market

HOUR = 3_600_000
MARKET = simulate_market("1h", periods=30_000, seed=3).candles
HISTORY = MARKET.iloc[:-50]


def state(candles: pd.DataFrame = HISTORY) -> ChartState:
    return ChartState(candles, "SIMUSDT", "1h")


def opened(row: int) -> int:
    return int(pd.DatetimeIndex(MARKET.index).as_unit("ms").asi8[row])


LAST = opened(-51)


def test_a_chart_opens_at_the_latest_candles_with_room_for_a_forecast() -> None:
    chart = state()

    assert chart.drawn.times[-1] == LAST
    assert chart.start < LAST < chart.end
    assert chart.end - LAST > 10 * HOUR
    assert chart.step == HOUR


@given(st.data())
def test_no_view_draws_more_than_it_may_or_leaves_out_a_candle(data: st.DataObject) -> None:
    chart = state()
    for _ in range(3):
        start = data.draw(st.integers(opened(0) - 10**9, LAST))
        chart.show(start, start + data.draw(st.floats(1e6, 1.2e11)))

    assert len(chart.drawn) <= MOST_DRAWN
    times = chart.history.times
    seen = times[(times >= chart.start) & (times < chart.end)]
    if len(seen):
        assert chart.drawn.times[0] <= seen[0]
        assert chart.drawn.times[-1] + chart.step > seen[-1]


def test_a_small_pan_loads_nothing_and_a_long_one_loads_what_lies_there() -> None:
    chart = state()
    before = chart.drawn

    chart.show(chart.start - 5 * HOUR, chart.end - 5 * HOUR)
    assert chart.drawn is before

    chart.show(chart.start - 2000 * HOUR, chart.end - 2000 * HOUR)
    assert chart.drawn.times[0] < chart.start
    assert chart.drawn.times[-1] > chart.end


def test_the_whole_history_is_drawn_in_longer_candles() -> None:
    chart = state()

    chart.show_all()

    assert chart.step > 24 * HOUR
    assert chart.drawn.values[1].max() == HISTORY.high.max()
    assert chart.drawn.values[4].sum() == pytest.approx(HISTORY.volume.sum())


def test_a_tick_makes_the_live_candle_and_leaves_the_closed_ones() -> None:
    chart = state()
    before = len(chart.drawn)

    chart.tick(LAST + HOUR, (10.0, 12.0, 9.0, 11.0), 3.0)

    assert chart.live is not None
    assert chart.live.tolist() == [LAST + HOUR, 10.0, 12.0, 9.0, 11.0, 3.0]
    assert len(chart.drawn) == before
    assert chart.last_price == 11.0


def test_a_live_candle_among_longer_ones_holds_the_closed_ones_of_its_time() -> None:
    chart = state()
    chart.show_all()

    chart.tick(LAST + HOUR, (10.0, 12.0, 9.0, 11.0), 3.0)

    assert chart.live is not None
    since = chart.live[0]
    part = HISTORY[pd.DatetimeIndex(HISTORY.index).as_unit("ms").asi8 >= since]
    assert len(part) > 0
    assert chart.live[1] == part.open.iloc[0]
    assert chart.live[5] == pytest.approx(part.volume.sum() + 3.0)
    assert chart.drawn.times[-1] < since


def test_a_tick_of_a_closed_candle_is_ignored() -> None:
    chart = state()

    chart.tick(LAST, (10.0, 12.0, 9.0, 11.0), 3.0)

    assert chart.live is None


def test_a_closed_candle_takes_the_live_ones_place_and_the_view_follows() -> None:
    chart = state()
    chart.tick(LAST + HOUR, (10.0, 12.0, 9.0, 11.0), 3.0)
    end = chart.end

    chart.append(MARKET.iloc[-50:-49])
    chart.tick(LAST + 2 * HOUR, (11.0, 12.0, 9.0, 11.0), 1.0)

    assert chart.drawn.times[-1] == LAST + HOUR
    assert chart.drawn.values[3, -1] == MARKET.close.iloc[-50]
    assert chart.end == end + HOUR

    chart.append(MARKET.iloc[-49:-47])
    assert chart.end == end + 2 * HOUR


def test_a_candle_that_is_over_stays_as_it_was_last_seen_until_it_is_confirmed() -> None:
    chart = state()
    chart.tick(LAST + HOUR, (10.0, 12.0, 9.0, 11.0), 3.0)
    chart.tick(LAST + 2 * HOUR, (11.0, 13.0, 10.0, 12.0), 1.0)

    assert chart.drawn.times[-1] == LAST + HOUR
    assert chart.drawn.values[:, -1].tolist() == [10.0, 12.0, 9.0, 11.0, 3.0]
    assert chart.history.times[-1] == LAST

    chart.append(MARKET.iloc[-50:-49])
    assert chart.drawn.times.tolist().count(LAST + HOUR) == 1
    assert chart.drawn.values[3, -1] == MARKET.close.iloc[-50]


def test_a_word_about_an_earlier_candle_comes_too_late() -> None:
    chart = state()
    chart.tick(LAST + 2 * HOUR, (10.0, 12.0, 9.0, 11.0), 3.0)

    chart.tick(LAST + HOUR, (1.0, 1.0, 1.0, 1.0), 1.0)

    assert chart.last_price == 11.0


def test_a_live_candle_that_is_forgotten_leaves_nothing_and_the_view_goes_back() -> None:
    chart = state()
    view = (chart.start, chart.end)
    chart.tick(LAST + HOUR, (10.0, 12.0, 9.0, 11.0), 3.0)
    chart.tick(LAST + 2 * HOUR, (11.0, 13.0, 10.0, 12.0), 1.0)

    chart.forget_tick()

    assert chart.live is None
    assert chart.drawn.times[-1] == chart.last_time == LAST
    assert chart.last_price == HISTORY.close.iloc[-1]
    assert (chart.start, chart.end) == view


def test_an_earlier_history_of_the_same_market_keeps_the_width_of_the_view() -> None:
    chart = state()
    chart.show_last(300 * HOUR)
    start, end = chart.start, chart.end

    chart.replace(HISTORY[:-5], "SIMUSDT", "1h")

    assert (chart.start, chart.end) == (start - 5 * HOUR, end - 5 * HOUR)
    assert chart.drawn.times[-1] == LAST - 5 * HOUR


def test_an_earlier_history_is_brought_into_a_view_that_lay_elsewhere() -> None:
    chart = state()
    chart.show_last(300 * HOUR)
    width = chart.end - chart.start
    chart.show(LAST - 1000 * HOUR, LAST - 1000 * HOUR + width)

    chart.replace(HISTORY[:-5], "SIMUSDT", "1h")

    assert chart.following
    assert chart.end - chart.start == pytest.approx(width)


def test_a_person_who_looks_at_the_past_is_left_there() -> None:
    chart = state()
    chart.show(chart.start - 3000 * HOUR, chart.end - 3000 * HOUR)
    view = (chart.start, chart.end)

    chart.append(MARKET.iloc[-50:])

    assert (chart.start, chart.end) == view


@given(cuts=st.lists(st.integers(29_900, 30_000), min_size=1, max_size=5))
def test_candles_appended_in_any_pieces_make_the_same_history(cuts: list[int]) -> None:
    chart = state(MARKET.iloc[29_500:29_900])
    for cut in [*cuts, 30_000]:
        chart.append(MARKET.iloc[29_890:cut])

    whole = state(MARKET.iloc[29_500:])
    assert chart.history.times.tolist() == whole.history.times.tolist()
    np.testing.assert_array_equal(chart.history.values, whole.history.values)


def test_another_market_takes_the_place_of_the_first() -> None:
    chart = state()
    chart.tick(LAST + HOUR, (10.0, 12.0, 9.0, 11.0), 3.0)
    days = simulate_market("1d", periods=500, symbol="ETHUSDT").candles

    chart.replace(days, "ETHUSDT", "1d")

    assert (chart.symbol, chart.step, chart.live) == ("ETHUSDT", 24 * HOUR, None)
    assert chart.drawn.values[3, -1] == days.close.iloc[-1]


def test_candles_of_another_symbol_are_refused_and_the_chart_stays() -> None:
    chart = state()

    with pytest.raises(ModelMismatch, match="SIMUSDT"):
        chart.replace(HISTORY, "BTCUSDT", "1h")

    assert chart.symbol == "SIMUSDT"


def test_bad_candles_are_refused() -> None:
    bad = HISTORY.tail(10).copy()
    bad.iloc[3, 1] = np.nan

    with pytest.raises(CandleError, match="NaN"):
        state(bad)


def test_a_chart_without_candles_waits_for_some() -> None:
    chart = state(HISTORY.iloc[:0])
    assert (len(chart.drawn), chart.last_price) == (0, None)

    chart.append(HISTORY.tail(300))

    assert len(chart.drawn) > 0
    assert chart.following


def test_the_view_makes_room_for_what_lies_ahead() -> None:
    chart = state()

    chart.ahead = 60.0 * HOUR

    assert chart.end > LAST + 60 * HOUR


def test_room_for_what_lies_ahead_takes_no_candle_out_of_view_and_is_made_once() -> None:
    chart = state()
    first = chart.start

    chart.ahead = 24.0 * HOUR
    view = (chart.start, chart.end)
    chart.show_last()

    assert chart.start == pytest.approx(first, abs=1)
    assert (chart.start, chart.end) == pytest.approx(view, abs=1)

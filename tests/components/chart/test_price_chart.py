"""The price chart as a widget: what travels to the page, and what comes back from it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from comm import DummyComm

from mlwidgets.components.chart.price_chart import PriceChart
from mlwidgets.components.texts import language
from mlwidgets.errors import CandleError, SpecError
from mlwidgets.market.simulator import simulate_market

HOUR = 3_600_000
CANDLES = simulate_market("1h", periods=100_000, seed=3).candles


@pytest.fixture
def chart() -> PriceChart:
    return PriceChart(CANDLES.iloc[-5000:], averages=(20, 50))


class Wire(DummyComm):
    """Stands for a page: keeps what a widget sends."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[dict[str, Any], int]] = []

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any
    ) -> None:
        if msg_type == "comm_msg":
            size = sum(memoryview(buffer).nbytes for buffer in buffers or ())
            self.sent.append((data, size))


def listen(widget: Any) -> Wire:
    widget.comm = Wire()
    return widget.comm


def rows(chart: PriceChart) -> np.ndarray:
    return np.frombuffer(chart.bars).reshape(6 + len(chart.averages), -1)


def segments(chart: PriceChart, part: str) -> int:
    return sum(
        (len(mark.x) + 1) // 3 for key, mark in chart.canvas.candles.closed.items() if part in key
    )


@pytest.mark.parametrize("span", [HOUR * 100, HOUR * 3000, HOUR * 100_000])
def test_whatever_lies_behind_it_draws_400_candles_at_most(span: float) -> None:
    chart = PriceChart(CANDLES)

    chart.vue_show_span(span)

    for part in ("volume", "wick", "body"):
        assert segments(chart, part) == len(chart.state.drawn) <= 400
    assert len(chart.bars) <= 400 * 6 * 8


def test_the_page_gets_the_numbers_of_the_drawn_candles_and_their_averages(
    chart: PriceChart,
) -> None:
    times, *prices = rows(chart)
    shown = CANDLES.loc[pd.to_datetime(times, unit="ms", utc=True)]

    np.testing.assert_array_equal(np.stack(prices[:5]), shown.to_numpy().T)
    mean = CANDLES.close.rolling(20).mean().loc[shown.index]
    np.testing.assert_allclose(prices[5], mean, rtol=1e-9)


def test_wicks_reach_from_low_to_high_and_bodies_from_open_to_close(chart: PriceChart) -> None:
    drawn = chart.state.drawn
    up = drawn.values[3] >= drawn.values[0]
    wick = chart.canvas.candles.closed["wick", "up"]
    body = chart.canvas.candles.closed["body", "up"]

    np.testing.assert_array_equal(wick.y[0::3], drawn.values[2][up])
    np.testing.assert_array_equal(wick.y[1::3], drawn.values[1][up])
    moved = (drawn.values[3] / drawn.values[0] > 1.002)[up]
    np.testing.assert_array_equal(body.y[1::3][moved], drawn.values[3][up][moved])


def test_a_candle_stands_in_the_middle_of_its_time(chart: PriceChart) -> None:
    wick = chart.canvas.candles.closed["wick", "up"]

    middles = wick.x[::3].astype("datetime64[ms]").astype(np.int64)

    assert {*(middles % HOUR).tolist()} == {HOUR // 2}


def test_a_candle_that_ends_where_it_began_can_be_seen() -> None:
    flat = CANDLES.tail(50).copy()
    flat["open"] = flat["close"]

    body = PriceChart(flat, symbol="SIMUSDT", timeframe="1h").canvas.candles.closed["body", "up"]

    assert (body.y[1::3] > body.y[0::3]).all()


def test_a_tick_is_one_message_of_less_than_a_kilobyte(chart: PriceChart) -> None:
    last = int(chart.state.last_time)
    chart.state.tick(last + HOUR, (30123.456, 30200.125, 30001.5, 30150.75), 123.456)
    every = [chart, *chart.canvas.figure.marks, chart.canvas.x, chart.canvas.y]
    wires = [listen(widget) for widget in every]

    chart.state.tick(last + HOUR, (30123.456, 30250.125, 30001.5, 30190.875), 124.789)

    sent = [message for wire in wires for message in wire.sent]
    assert len(sent) == 1
    # Header and parent header of a message are about 450 bytes.
    assert len(json.dumps(sent[0][0])) + sent[0][1] < 500


def test_a_pan_in_the_page_loads_the_candles_that_come_into_view(chart: PriceChart) -> None:
    start, end = chart.state.start - 2000 * HOUR, chart.state.end - 2000 * HOUR
    iso = [pd.Timestamp(edge, unit="ms").isoformat(timespec="milliseconds") + "Z"
           for edge in (round(start), round(end))]  # fmt: skip

    chart.canvas.x.set_state({"min": iso[0], "max": iso[1]})

    times = rows(chart)[0]
    assert times[0] < start
    assert times[-1] > end - HOUR
    assert segments(chart, "wick") == len(times)


def test_what_the_page_moved_is_not_sent_back_to_it(chart: PriceChart) -> None:
    wire = listen(chart.canvas.x)
    iso = ["2035-01-01T00:00:00.000Z", "2035-01-05T00:00:00.000Z"]

    chart.canvas.x.set_state({"min": iso[0], "max": iso[1]})

    echoes = [data["method"] for data, _ in wire.sent]
    assert "update" not in echoes


def test_the_range_buttons_end_at_the_latest_candle(chart: PriceChart) -> None:
    day = chart.spans[0]

    chart.vue_show_span(day["length"])

    assert (day["name"], chart.state.following) == ("1D", True)
    assert chart.state.last_time + HOUR - chart.state.start == 24 * HOUR


def test_all_and_latest(chart: PriceChart) -> None:
    chart.vue_show_span(0)
    assert chart.first >= chart.state.start
    assert chart.step_name.endswith("candles")

    chart.state.show(chart.state.start, chart.state.start + 200 * HOUR)
    span = chart.state.end - chart.state.start
    chart.vue_show_span(None)
    assert chart.state.following
    assert chart.state.end - chart.state.start == pytest.approx(span, rel=0.01)


def test_another_market_changes_every_name_on_the_chart(chart: PriceChart) -> None:
    cheap = simulate_market("1d", periods=300, symbol="XRPEUR", start_price=0.5).candles

    chart.state.replace(cheap, "XRPEUR", "1d")

    assert (chart.symbol, chart.timeframe, chart.base) == ("XRPEUR", "1d", 24 * HOUR)
    assert chart.decimals > 2
    assert chart.canvas.price_axis.tick_format == f",.{chart.decimals}f"
    assert "XRPEUR" in chart.words["label"]
    assert rows(chart)[4, -1] == cheap.close.iloc[-1]


def test_averages_can_be_hidden(chart: PriceChart) -> None:
    chart.set_state({"averages_shown": False})

    assert [mark.visible for mark in chart.canvas.averages.marks] == [False, False]


def test_the_chart_speaks_the_pages_language(chart: PriceChart) -> None:
    language.code = "ru"
    try:
        assert chart.words["open"] == "Откр"
        assert chart.language == "ru"
    finally:
        language.code = "en"
    assert chart.words["open"] == "O"


def test_colours_come_from_the_theme(chart: PriceChart) -> None:
    colours = {colour for mark in chart.canvas.figure.marks for colour in mark.colors}

    assert all(colour.startswith("var(--mlw-") for colour in colours)


def test_no_candles_are_said_in_words() -> None:
    chart = PriceChart(CANDLES.iloc[:0])

    assert chart.first == 0
    assert "SIMUSDT" in chart.words["empty"]


@pytest.mark.parametrize("averages", [(0,), (5, 10, 20, 50)])
def test_averages_that_make_no_sense_are_refused(averages: tuple[int, ...]) -> None:
    with pytest.raises(SpecError, match=r"up to 3 periods"):
        PriceChart(CANDLES.tail(100), averages=averages)


def test_candles_without_a_label_need_one() -> None:
    unlabelled = CANDLES.tail(100).copy()
    unlabelled.attrs.clear()

    with pytest.raises(SpecError, match="symbol= and timeframe="):
        PriceChart(unlabelled)


def test_bad_candles_never_reach_the_page() -> None:
    with pytest.raises(CandleError):
        PriceChart(CANDLES.tail(100).assign(high=0.0))

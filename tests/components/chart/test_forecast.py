"""The forecast over the candles: line, colour, label, cone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlwidgets.components.chart.forecast import ForecastOverlay
from mlwidgets.components.chart.price_chart import PriceChart
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.simulator import simulate_market

CANDLES = simulate_market("1h", periods=500, seed=3).candles
ORIGIN = CANDLES.index[-1]
HOUR = 3_600_000


def forecast(direction: str = "up", hours: int = 4, **fields: Any) -> Forecast:
    close = float(CANDLES.close.iloc[-1])
    price = {"up": 1.01, "down": 0.99, "flat": 1.0}[direction] * close
    values = {
        "symbol": "SIMUSDT", "model_type": "LSTM", "timeframe": "1h", "horizon": f"{hours}h",
        "origin": ORIGIN.to_pydatetime(),
        "target_time": (ORIGIN + pd.Timedelta(hours=hours)).to_pydatetime(),
        "close": close, "price": price, "lower": 0.95 * close, "upper": 1.05 * close,
        "coverage": 0.9, "direction": direction, "confidence": 0.55, "probability_up": 0.5,
        "regime": "Bull", "regime_probability": 0.7, "model_version": "1.0.0",
        "trained_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC), "simulated": True,
    }  # fmt: skip
    return Forecast(**{**values, **fields})


def ms(times: Any) -> list[int]:
    return np.asarray(times).astype("datetime64[ms]").astype(np.int64).tolist()


def shown(overlay: ForecastOverlay) -> PriceChart:
    return PriceChart(CANDLES, overlays=[overlay])


@pytest.mark.parametrize(("direction", "colour"), [("up", "up"), ("down", "down")])
def test_the_line_leads_from_the_current_price_to_the_prediction(
    direction: str, colour: str
) -> None:
    seen = forecast(direction)
    overlay = ForecastOverlay(seen)
    shown(overlay)

    assert overlay.line.y.tolist() == [seen.close, seen.price]
    assert np.diff(overlay.line.x).tolist() == [np.timedelta64(4 * HOUR, "ms")]
    assert overlay.line.line_style == "dashed"
    assert overlay.line.colors == [f"var(--mlw-{colour})"]


@pytest.mark.parametrize("hours", [1, 4])
def test_everything_ends_where_the_targets_candle_closes(hours: int) -> None:
    overlay = ForecastOverlay(forecast(hours=hours))
    chart = shown(overlay)

    now = int(ORIGIN.timestamp() * 1000) + HOUR
    assert ms(overlay.line.x) == [now, now + hours * HOUR]
    assert ms(overlay.cone.x) == [now, now + hours * HOUR, now + hours * HOUR]
    assert ms(overlay.label.x) == [now + hours * HOUR]
    assert chart.reach[0][:2] == [now, now + hours * HOUR]


def test_a_target_one_candle_away_lies_after_the_live_one_with_room_for_its_label() -> None:
    overlay = ForecastOverlay(forecast(hours=1))
    chart = shown(overlay)
    opened = int(ORIGIN.timestamp() * 1000) + HOUR

    chart.state.tick(opened, (100.0, 101.0, 99.0, 100.5), 1.0)

    assert chart.live[0] + HOUR / 2 < ms(overlay.line.x)[-1]
    assert chart.state.end - ms(overlay.label.x)[0] > (chart.state.end - chart.state.start) / 6


@pytest.mark.parametrize(
    ("symbol", "price", "label"),
    [("BTCUSDT", 66032.1, "ML: $66,032"), ("XRPUSDT", 2.51236, "ML: $2.5124"),
     ("DOGEUSDT", 0.07123412, "ML: $0.071234"), ("ETHBTC", 0.03123456, "ML: 0.031235 BTC")],
)  # fmt: skip
def test_the_label_suits_the_size_of_the_price(symbol: str, price: float, label: str) -> None:
    overlay = ForecastOverlay(forecast(symbol=symbol, price=price))
    shown(overlay)

    assert list(overlay.label.text) == [label]


def test_the_interval_is_a_cone_from_the_current_price() -> None:
    seen = forecast()
    overlay = ForecastOverlay(seen)
    chart = shown(overlay)

    assert overlay.cone.y.tolist() == [seen.close, seen.upper, seen.lower]
    assert overlay.cone.fill == "inside"
    assert chart.reach[0][2:] == [seen.lower, seen.upper]

    overlay.interval = False
    assert not overlay.cone.visible
    assert chart.reach[0][2:] == [seen.close, seen.price]


def test_the_page_moves_the_lines_start_with_the_live_price() -> None:
    overlay = ForecastOverlay(forecast())

    assert shown(overlay).parts["anchored"] == [overlay.line, overlay.cone]


def test_without_a_live_price_the_page_is_told_again_where_they_start() -> None:
    overlay = ForecastOverlay(forecast())
    chart = shown(overlay)
    chart.state.tick(int(ORIGIN.timestamp() * 1000) + HOUR, (100.0, 101.0, 99.0, 100.5), 1.0)
    told: list[Any] = []
    for mark in (overlay.line, overlay.cone):
        mark.send_state = told.append

    chart.state.forget_tick()

    assert chart.live == []
    assert told == [["x", "y"], ["x", "y"]]


def test_it_can_be_switched_off_and_on() -> None:
    overlay = ForecastOverlay(forecast())
    chart = shown(overlay)

    overlay.visible = False
    assert not any(mark.visible for mark in (overlay.line, overlay.label, overlay.cone))
    assert chart.reach == []

    overlay.visible = True
    assert all(mark.visible for mark in (overlay.line, overlay.label, overlay.cone))


def test_the_next_forecast_takes_the_place_of_the_last() -> None:
    overlay = ForecastOverlay(forecast("up"))
    chart = shown(overlay)
    marks = len(chart.canvas.figure.marks)

    overlay.forecast = forecast("down")

    assert overlay.line.colors == ["var(--mlw-down)"]
    assert len(chart.canvas.figure.marks) == marks


def test_a_chart_without_a_forecast_shows_none_until_there_is_one() -> None:
    overlay = ForecastOverlay()
    chart = shown(overlay)
    assert not overlay.line.visible

    overlay.forecast = forecast()

    assert overlay.line.visible
    assert chart.parts["anchored"] == [overlay.line, overlay.cone]


def test_the_view_makes_room_for_a_far_target() -> None:
    chart = shown(ForecastOverlay(forecast(hours=48)))

    assert chart.state.end > ORIGIN.timestamp() * 1000 + 48 * HOUR


def test_a_forecast_that_is_not_trusted_is_grey_and_says_no_price() -> None:
    overlay = ForecastOverlay(forecast("up"))
    chart = shown(overlay)

    overlay.trusted = False

    assert overlay.line.colors == ["var(--mlw-muted)"]
    assert list(overlay.label.text) == ["ML: not trusted"]
    assert overlay.line.visible
    assert not overlay.cone.visible
    assert chart.reach[0][2:] == [overlay.forecast.close, overlay.forecast.price]

    overlay.trusted = True
    assert overlay.line.colors == ["var(--mlw-up)"]


def test_an_overlay_can_be_added_later() -> None:
    chart = PriceChart(CANDLES)
    overlay = ForecastOverlay(forecast())

    chart.add(overlay)

    assert overlay.line in chart.canvas.figure.marks
    assert len(chart.reach) == 1

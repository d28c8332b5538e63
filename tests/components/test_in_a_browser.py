"""Chart and stepper in a real page: what a person sees, and what their hands do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser import chromium, voila

SOURCE = """
import datetime as dt
import ipyvuetify as v
import ipywidgets as w
import pandas as pd
import mlwidgets as mw
from mlwidgets.components import theme
from mlwidgets.components.chart.forecast import ForecastOverlay
from mlwidgets.components.chart.price_chart import PriceChart
from mlwidgets.components.workflow.state import WorkflowState
from mlwidgets.components.workflow.stepper import WorkflowStepper
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.store import JobStore

theme.apply_to_vuetify()
candles = mw.simulate_market("1h", periods=20_000, seed=3).candles
origin, close = candles.index[-1], float(candles.close.iloc[-1])
forecast = mw.Forecast(
    symbol="SIMUSDT", model_type="LSTM", timeframe="1h", horizon="4h",
    origin=origin.to_pydatetime(), target_time=(origin + pd.Timedelta(hours=4)).to_pydatetime(),
    close=close, price=close * 1.01, lower=close * 0.98, upper=close * 1.03, coverage=0.9,
    direction="up", confidence=0.6, probability_up=0.6, regime="Bull", regime_probability=0.7,
    model_version="1.0.0", trained_at=dt.datetime.now(dt.UTC), simulated=True,
)
chart = PriceChart(candles, averages=(20,), overlays=[ForecastOverlay(forecast)])
said = w.Label("nothing yet")
state = WorkflowState(mw.ModelRegistry(), CandidateStore(), JobStore(), symbol="SIMUSDT")
stepper = WorkflowStepper(state, lambda name: setattr(said, "value", f"clicked {name}"))
live, dark = v.Btn(children=["live"], class_="live"), v.Btn(children=["dark"], class_="dark")
tick = int((origin + pd.Timedelta(hours=1)).timestamp() * 1000)
live.on_event("click", lambda *_: chart.state.tick(tick, (close, close * 2, close, close * 2), 1.0))
dark.on_event("click", lambda *_: setattr(v.theme, "dark", True))
w.VBox([stepper, chart, w.HBox([live, dark, said])])
"""

MARKS = ".mlw-chart .svg-figure > g > g:first-of-type > g"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("page")
    with chromium() as page, voila(SOURCE, folder) as address:
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.set_default_timeout(60_000)
        page.goto(address)
        page.wait_for_selector(".mlw-chart__price span:not(:empty)", state="attached")
        page.wait_for_selector(f"{MARKS}:nth-child(7) path.line", state="attached")
        yield page
        page.screenshot(path=folder / "last.png")


def candles_drawn(page: Any) -> int:
    script = """marks => [7, 8].map(at => {
        const path = document.querySelector(`${marks}:nth-child(${at}) path.line`);
        return (path.getAttribute('d').match(/M/g) || []).length;
    }).reduce((a, b) => a + b)"""
    return int(page.evaluate(script, MARKS))


def read_out(page: Any) -> str:
    return str(page.inner_text(".mlw-chart__read"))


def middle(page: Any) -> tuple[float, float]:
    box = page.locator(".mlw-chart__plot").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_candles_forecast_and_steps_are_there(page: Any) -> None:
    assert 100 < candles_drawn(page) <= 400
    assert page.locator(".svg-figure text.label").text_content().startswith("ML: $")
    dashes = page.locator(f"{MARKS} path.line[style*=dasharray]").last.evaluate(
        "line => getComputedStyle(line).strokeDasharray"
    )
    assert dashes == "5px, 4px"
    assert page.locator(".mlw-step").count() == 3
    assert "Not done" in page.locator(".mlw-step").nth(1).inner_text()


def test_the_crosshair_reads_out_the_candle_under_it(page: Any) -> None:
    newest = read_out(page)

    page.mouse.move(*middle(page))

    page.wait_for_function(
        "text => document.querySelector('.mlw-chart__read').innerText !== text", arg=newest
    )
    for name in ("O", "H", "L", "C", "Vol", "MA 20"):
        assert name in read_out(page)
    assert page.locator(".mlw-chart__time-line .mlw-chart__tag").inner_text() != ""


def test_a_drag_moves_to_the_past_and_the_button_back(page: Any) -> None:
    x, y = middle(page)
    for _ in range(3):
        page.mouse.move(x - 500, y)
        page.mouse.down()
        page.mouse.move(x + 600, y, steps=10)
        page.mouse.up()

    page.click(".mlw-chart__latest")

    page.wait_for_selector(".mlw-chart__latest", state="detached")
    assert candles_drawn(page) <= 400


def test_the_wheel_zooms_out_to_longer_candles(page: Any) -> None:
    page.mouse.move(*middle(page))
    for _ in range(4):
        page.mouse.wheel(0, 240)

    page.wait_for_selector("text=h candles")
    assert candles_drawn(page) <= 400

    page.click("text=1D")
    page.wait_for_selector(".mlw-chart__level", state="detached")


def test_a_live_price_moves_the_price_line_and_stretches_the_scale(page: Any) -> None:
    tag = page.locator(".mlw-chart__price .mlw-chart__tag")
    before = tag.inner_text()

    page.click(".live")

    page.wait_for_function(
        "text => document.querySelector('.mlw-chart__price span').innerText !== text", arg=before
    )
    price = float(tag.inner_text().replace(",", ""))
    assert price == pytest.approx(2 * float(before.replace(",", "")), rel=1e-3)
    page.wait_for_selector(f"{MARKS}:nth-child(9) path.line", state="attached")


def test_the_keyboard_moves_the_view(page: Any) -> None:
    page.focus(".mlw-chart__plot")
    ticks = page.locator(".mlw-chart .axis").first.text_content()

    for _ in range(30):
        page.keyboard.press("ArrowLeft")

    page.wait_for_function(
        "text => document.querySelector('.mlw-chart .axis').textContent !== text", arg=ticks
    )
    page.wait_for_selector(".mlw-chart__latest")


def test_a_step_that_is_clicked_reaches_the_kernel(page: Any) -> None:
    page.locator(".mlw-step").nth(1).click()

    page.wait_for_selector("text=clicked evaluate")


def test_chart_and_stepper_turn_dark_with_the_page(page: Any) -> None:
    page.click(".dark")

    page.wait_for_selector(".mlw-chart.mlw--dark")
    page.wait_for_selector(".mlw-stepper.mlw--dark")
    background = "chart => getComputedStyle(chart).backgroundColor"
    assert page.locator(".mlw-chart").evaluate(background) == "rgb(19, 23, 34)"


def test_nothing_went_wrong_in_the_page(page: Any) -> None:
    assert page.errors == []

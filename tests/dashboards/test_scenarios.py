"""The guide's scenarios, and the frame around them: a server, a browser, real training."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pages import Site, steps, visiting
from serving import serving
from waiting import wait_until

from mlwidgets.evaluation.backtest import backtest
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.jobs.requests import TrainRequest
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore
from mlwidgets.registry import ModelRegistry

TO_DO, DONE, WAITS = ("grey", "Not done"), ("green", "Done"), ("yellow", "Waits for a save")
HOURS = 1500
IN_PRODUCTION = {
    "ETHUSDT": ModelConfig(hidden_size=2, sequence_length=6, epochs=1),
    "SOLUSDT": ModelConfig(hidden_size=8, sequence_length=8, epochs=8, learning_rate=0.01),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server over candles of five markets; of two of them a model is in production."""
    home = tmp_path_factory.mktemp("home")
    keep_candles(home, "BTCUSDT", seed=0, recent=True)
    for seed, symbol in enumerate(("ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT"), start=1):
        candles = keep_candles(home, symbol, seed=seed)
        if config := IN_PRODUCTION.get(symbol):
            spec = ModelSpec(symbol=symbol, model_type="LSTM", config=config)
            ModelRegistry(home / "models").save(backtest(spec, candles).model)
    with serving(home, warm_kernels=0) as server, visiting(server) as site:
        yield site


@pytest.fixture(autouse=True)
def _pages_of_one_test(site: Site) -> Iterator[None]:
    yield
    site.close_pages()


def keep_candles(home: Path, symbol: str, seed: int, recent: bool = False) -> pd.DataFrame:
    """Puts candles without a label, whose direction can be learnt, into the store.

    They are the same whenever the test runs: those that are to be recent are moved there.
    """
    candles = simulate_market(periods=HOURS, seed=seed, best_directional_accuracy=0.7).candles
    candles.attrs.clear()
    if recent:
        last_closed = pd.Timestamp.now("UTC").floor("h") - pd.Timedelta(hours=1)
        candles.index = (candles.index + (last_closed - candles.index[-1])).as_unit("ms")
    CandleStore(home / "data" / "candles").write("binance", symbol, "1h", candles)
    return candles


def fill(form: Any, **fields: object) -> None:
    """Type into fields by their labels, where `_` stands for a space."""
    for label, value in fields.items():
        form.get_by_label(label.replace("_", " "), exact=True).fill(str(value))


def test_a_first_training_is_saved_by_itself_and_forecasts_in_trading(site: Site) -> None:
    page = site.open("ml?symbol=BTCUSDT&model=LSTM")
    assert steps(page) == [TO_DO, TO_DO, TO_DO]
    assert site.files("BTCUSDT") == {}
    form = page.get_by_role("form", name="Optimization")
    start = form.get_by_role("button", name="Start Optimization")

    fill(form, Trials=2, Folds=0)
    form.get_by_text("Must be ≥ 1, ≤ 50.").wait_for()
    assert start.is_disabled()
    fill(form, Folds=2)
    form.get_by_text("Hyper-parameter ranges").click()
    for field, value in {
        "Hidden size: Minimum": 4,
        "Hidden size: Maximum": 8,
        "Learning rate: Maximum": 0.03,
        "Epochs, at most: Value": 2,
    }.items():
        form.get_by_label(field).fill(str(value))
    start.click()
    to_trading = page.get_by_role("link", name="Show it in trading")
    to_trading.wait_for()

    assert [*site.files("BTCUSDT")] == ["BTCUSDT_LSTM_1.0.0.json", "BTCUSDT_LSTM_1.0.0.meta.json"]
    assert steps(page) == [DONE, TO_DO, DONE]
    [job] = site.jobs.list(symbol="BTCUSDT")
    assert isinstance(job.request, TrainRequest)
    assert (job.request.n_trials, job.request.n_folds) == (2, 2)
    assert page.locator(".mlw-trials tbody tr").count() == 2

    to_trading.click()
    label = page.locator(".mlw-chart .svg-figure text.label")
    label.wait_for()
    assert label.text_content().startswith("ML: $")
    assert "1.0.0" in page.locator(".mlw-panel").inner_text()
    page.get_by_label("Show ML on Chart").uncheck(force=True)
    label.wait_for(state="hidden")


def test_a_better_model_replaces_production_when_a_person_saves_it(site: Site) -> None:
    before = site.files("ETHUSDT")
    page = site.open("ml?symbol=ETHUSDT&model=LSTM&tab=evaluate")
    assert steps(page) == [DONE, TO_DO, DONE]
    save = page.get_by_role("button", name="Save Model", exact=True)
    assert save.is_disabled()

    run_backtest(page, Hidden_size=64, **{"Epochs,_at_most": 200})
    assert steps(page) == [DONE, WAITS, DONE]
    assert site.files("ETHUSDT") == before

    page.get_by_text("Better than chance").wait_for()
    measured = page.get_by_role("region", name="Metrics").get_by_role("rowheader")
    said = [metric.inner_text().splitlines()[0] for metric in measured.all()]
    assert {"MAE", "RMSE", "MAPE", "R²", "Directional Accuracy"} <= {*said}
    save.click()
    page.get_by_text("Backtest saved as 1.0.1").wait_for()

    after = site.files("ETHUSDT")
    new = {"ETHUSDT_LSTM_1.0.1.json", "ETHUSDT_LSTM_1.0.1.meta.json"}
    assert {name: after.pop(name) for name in new}.keys() == new
    assert after == {f"archive/{name}": content for name, content in before.items()}
    assert steps(page) == [DONE, DONE, DONE]
    saved = ModelRegistry(site.server.home / "models").get_meta("ETHUSDT", "LSTM").config
    assert (saved.hidden_size, saved.epochs) == (64, 200)


def test_extreme_parameters_are_tried_without_risk(site: Site) -> None:
    before = site.files("SOLUSDT")
    page = site.open("ml?symbol=SOLUSDT&model=LSTM&tab=evaluate")

    run_backtest(page, Hidden_size=1, Learning_rate=1, **{"Epochs,_at_most": 1})

    page.get_by_text("No better than chance").wait_for()
    assert steps(page) == [DONE, WAITS, DONE]
    page.get_by_role("button", name="Save Model", exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Do not save").click()
    page.get_by_role("alertdialog").wait_for(state="detached")
    page.get_by_role("tab", name="Models").click()
    page.get_by_role("cell", name="1.0.0").first.wait_for()
    assert site.files("SOLUSDT") == before


def run_backtest(page: Any, **fields: object) -> None:
    """Type parameters, run their backtest, and wait until it waits for its save."""
    form = page.get_by_role("form", name="Backtest")
    fill(form, **fields)
    form.get_by_role("button", name="Run Backtest").click()
    page.get_by_text("Press Save Model to use it").wait_for()


def test_a_running_search_is_the_same_in_every_window_and_after_a_reload_until_it_is_stopped(
    site: Site,
) -> None:
    page, other = (site.open("ml?symbol=XRPUSDT&model=LSTM") for _ in range(2))
    form = page.get_by_role("form", name="Optimization")
    fill(form, Trials=1000)
    form.get_by_role("button", name="Start Optimization").click()
    other.get_by_text("Under way: trial").wait_for()
    page.reload()

    [job] = site.jobs.list(symbol="XRPUSDT")
    for window in (page, other):
        window.get_by_role("button", name="Stop").wait_for()
        window.locator(".mlw-trials tbody tr").first.wait_for()
        assert job.id in window.locator(".mlw-search .mlw-card__aside").get_attribute("title")
        assert steps(window)[0][1].startswith("Optimization is running")
        assert window.get_by_role("button", name="Start Optimization").is_disabled()

    page.get_by_role("button", name="Stop").click()
    for window in (page, other):
        window.get_by_text("Stopped before its end").wait_for()
        assert steps(window) == [TO_DO, TO_DO, TO_DO]
    assert site.jobs.get(job.id).state == "cancelled"
    assert site.files("XRPUSDT") == {}


def test_a_comparison_saves_both_models(site: Site) -> None:
    page = site.open("ml?symbol=ADAUSDT&tab=compare")
    page.get_by_text("both models of ADAUSDT are saved automatically").wait_for()
    for side in page.locator("details.mlw-compare__side").all():
        side.locator("summary").first.click()
        fill(side, Hidden_size=4, **{"Epochs,_at_most": 1})

    page.get_by_role("button", name="Start Comparison").click()

    saved = page.get_by_text("Saved as 1.0.0, in production")
    wait_until(lambda: saved.count() == 2)
    assert [*site.files("ADAUSDT")] == [
        f"ADAUSDT_{kind}_1.0.0{end}.json" for kind in ("HYBRID", "LSTM") for end in ("", ".meta")
    ]


def test_a_job_of_another_process_is_cancelled_in_the_drawer(site: Site) -> None:
    page = site.open("ml?symbol=DOTUSDT&model=LSTM")
    job = site.jobs.create(TrainRequest(symbol="DOTUSDT", model_type="LSTM"))

    page.get_by_role("button", name="Jobs, 1 at work").click()
    drawer = page.get_by_role("dialog", name="Jobs")
    drawer.get_by_label("Only DOTUSDT").check()
    drawer.get_by_role("button", name="Cancel: Train LSTM").click()
    notice = page.get_by_role("status").filter(has_text="Train LSTM was cancelled: DOTUSDT")
    notice.wait_for()
    assert site.jobs.get(job.id).state == "cancelled"
    drawer.get_by_role("button", name="Resume: Train LSTM").wait_for()

    notice.get_by_role("button", name="Dismiss").click()
    notice.wait_for(state="detached")
    drawer.get_by_role("button", name="Close jobs").focus()
    page.keyboard.press("Escape")
    drawer.wait_for(state="hidden")
    opener = page.locator(".mlw-page__jobs")
    assert opener.evaluate("button => button === document.activeElement")


def test_the_keyboard_moves_along_the_tabs_and_the_address_follows_each_choice(site: Site) -> None:
    page = site.open("ml?symbol=LTCUSDT&model=LSTM&tab=compare")
    page.get_by_role("tab", name="Compare", selected=True).focus()

    for key, tab in (("End", "Models"), ("ArrowRight", "Train (HPO)"), ("ArrowLeft", "Models")):
        page.keyboard.press(key)
        chosen = page.get_by_role("tab", name=tab, selected=True)
        chosen.wait_for()
        assert chosen.evaluate("tab => tab === document.activeElement")
    assert page.locator("[role=tabpanel]:visible").count() == 1

    about = page.get_by_role("group", name="What this page is about")
    about.get_by_role("button", name="HYBRID").click()
    page.get_by_role("button", name="Dark theme").click()
    page.locator(".mlw-stepper.mlw--dark").wait_for()
    asked = "?symbol=LTCUSDT&timeframe=1h&model=HYBRID&tab=models"
    page.wait_for_function("asked => location.search === asked", arg=asked)

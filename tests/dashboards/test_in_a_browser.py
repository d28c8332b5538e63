"""Both pages as a person sees and uses them: Voilà, a kernel and Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browser import chromium, voila

from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.jobs.requests import TrainRequest
from mlwidgets.jobs.store import JobStore
from mlwidgets.market.store import CandleStore
from mlwidgets.registry import ModelRegistry
from mlwidgets.settings import get_settings

SOURCE = """
import os
import mlwidgets as mw
on_trading = "trading" in os.environ["QUERY_STRING"]
mw.TradingDashboard() if on_trading else mw.MLDashboard()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, candles: pd.DataFrame) -> Iterator[Path]:
    """A home with candles that asks no exchange."""
    folder = tmp_path_factory.mktemp("home")
    CandleStore(folder / "data" / "candles").write("binance", "BTCUSDT", "1h", candles)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MLWIDGETS_HOME", str(folder))
        environment.setenv("MLWIDGETS_OFFLINE", "1")
        yield folder


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with voila(SOURCE, home) as address:
        yield address


@pytest.fixture
def page() -> Iterator[Any]:
    with chromium() as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(60_000)
        yield page
        assert errors == []


def test_the_workflow_page_follows_other_processes_and_does_what_is_clicked(
    address: str, page: Any, home: Path, report: BacktestReport
) -> None:
    page.goto(f"{address}?symbol=BTCUSDT")
    page.get_by_text("No model yet").wait_for()

    ModelRegistry(home / "models").save(report.model)
    page.get_by_role("link", name="Open Trading").wait_for()

    jobs = JobStore(get_settings().study_url)
    job = jobs.create(TrainRequest(symbol="BTCUSDT", model_type="LSTM"))
    opener = page.locator(".mlw-page__jobs")
    page.get_by_role("button", name="Jobs, 1 at work").click()
    drawer = page.get_by_role("dialog", name="Jobs")
    drawer.get_by_role("button", name="Cancel: Train LSTM").click()
    drawer.get_by_role("button", name="Resume: Train LSTM").wait_for()
    assert jobs.get(job.id).state == "cancelled"

    page.get_by_role("status").filter(has_text="Train LSTM was cancelled").wait_for()
    page.get_by_role("button", name="Dismiss").click()
    page.locator(".mlw-notice").wait_for(state="detached")
    drawer.get_by_role("button", name="Close jobs").focus()
    page.keyboard.press("Escape")
    drawer.wait_for(state="hidden")
    assert opener.evaluate("button => button === document.activeElement")

    page.get_by_role("button", name="HYBRID", exact=True).click()
    page.get_by_role("button", name="Dark theme").click()
    page.locator(".mlw-stepper.mlw--dark").wait_for()
    chosen = "?symbol=BTCUSDT&timeframe=1h&model=HYBRID"
    page.wait_for_function("chosen => location.search === chosen", arg=chosen)


def test_the_keyboard_moves_along_the_tabs_and_the_address_follows(address: str, page: Any) -> None:
    page.goto(f"{address}?symbol=BTCUSDT&model=LSTM&tab=compare")
    page.get_by_role("tab", name="Compare", selected=True).focus()

    for key, tab in (("End", "Models"), ("ArrowRight", "Train (HPO)"), ("ArrowLeft", "Models")):
        page.keyboard.press(key)
        chosen = page.get_by_role("tab", name=tab, selected=True)
        chosen.wait_for()
        assert chosen.evaluate("tab => tab === document.activeElement")
    page.wait_for_function("location.search.endsWith('model=LSTM&tab=models')")
    assert page.locator("[role=tabpanel]:visible").count() == 1


def test_the_trading_page_draws_the_forecast_and_hides_it(
    address: str, page: Any, home: Path, report: BacktestReport
) -> None:
    ModelRegistry(home / "models").save(report.model)
    page.goto(f"{address}?symbol=BTCUSDT&page=trading")
    label = page.locator(".mlw-chart .svg-figure text.label")
    label.wait_for()
    assert label.text_content().startswith("ML: $")
    assert page.locator(".mlw-panel__price strong").inner_text().startswith("$")
    assert "Offline" in page.locator(".mlw-page__notice").inner_text()

    page.get_by_label("Show ML on Chart").uncheck(force=True)
    label.wait_for(state="hidden")

    page.get_by_role("button", name="4h").click()
    page.get_by_text("BTCUSDT · 4h").wait_for()
    page.locator("nav a[href$='ml?symbol=BTCUSDT&timeframe=4h&model=LSTM']").wait_for()

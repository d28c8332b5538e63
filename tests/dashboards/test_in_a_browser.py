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
    page.get_by_text("No model of BTCUSDT LSTM is in production yet.").wait_for()

    version = ModelRegistry(home / "models").save(report.model).version
    page.locator(".mlw-model").get_by_text(version).wait_for()

    jobs = JobStore(get_settings().study_url)
    job = jobs.create(TrainRequest(symbol="BTCUSDT", model_type="LSTM"))
    page.get_by_role("button", name="Cancel: Train LSTM").click()
    page.get_by_role("button", name="Resume: Train LSTM").wait_for()
    assert jobs.get(job.id).state == "cancelled"

    page.get_by_role("button", name="HYBRID").click()
    page.get_by_text("mlwidgets train BTCUSDT --model HYBRID").wait_for()
    page.get_by_role("button", name="Dark theme").click()
    page.locator(".mlw-stepper.mlw--dark").wait_for()
    chosen = "?symbol=BTCUSDT&timeframe=1h&model=HYBRID"
    page.wait_for_function("chosen => location.search === chosen", arg=chosen)


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

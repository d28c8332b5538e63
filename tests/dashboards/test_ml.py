"""The page /ml shows the truth of a home, whoever changes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlwidgets.components.background import in_thread
from mlwidgets.dashboards.ml import MLDashboard
from mlwidgets.dashboards.sources import Sources
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.records import JobFailure, JobProgress, JobResult
from mlwidgets.jobs.requests import EvaluateRequest, TrainRequest
from mlwidgets.jobs.store import JobStore
from mlwidgets.settings import get_settings

Beat = Callable[..., None]
TRAIN = TrainRequest(symbol="BTCUSDT", model_type="LSTM")


@pytest.fixture(autouse=True)
def _offline(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLWIDGETS_OFFLINE", "1")


@pytest.fixture
def jobs(home: Path) -> JobStore:
    """The home's jobs, as another process sees them."""
    return JobStore(get_settings().study_url)


def press(widget: Any, event: str, data: Any) -> None:
    """Send what a page sends."""
    widget._handle_event(widget, {"event": event, "data": data}, [])


def test_an_empty_home_says_what_to_do_first(sources: Sources) -> None:
    page = MLDashboard(sources=sources)

    assert [step["word"] for step in page.stepper.steps] == ["Not done"] * 3
    assert page.card.empty == "No model of BTCUSDT LSTM is in production yet."
    assert page.next_step.command == "mlwidgets train BTCUSDT --model LSTM --offline --detach"
    assert page.job_list.words["empty"] == "No jobs for BTCUSDT yet."
    assert page.facts == []


def test_a_model_that_another_process_saves_appears(
    sources: Sources, save: Callable[[], str], beat: Beat
) -> None:
    page = MLDashboard(sources=sources)

    version = save()
    beat(page)

    assert page.card.model["version"] == version
    assert page.stepper.steps[2]["word"] == "Done"
    assert page.facts == ["1h ahead, 1h candles"]
    assert page.next_step.to_trading
    assert page.next_step.command == ""


def test_a_job_of_another_process_is_followed_to_its_end(
    sources: Sources, jobs: JobStore, beat: Beat
) -> None:
    page = MLDashboard(sources=sources)
    lease = jobs.claim(jobs.create(TRAIN).id, "here")
    lease.progress(
        JobProgress(stage="search", trials_done=3, n_trials=50, fraction=0.06, eta_seconds=600)
    )
    beat(page)
    [job] = page.job_list.jobs
    assert (job["task"], job["word"], job["fraction"]) == ("Train LSTM", "running", 6)
    assert (job["detail"], job["left"]) == ("Searching · trial 3 of 50 · 6 %", "about 10 min left")
    assert page.stepper.steps[0]["running"]

    lease.complete(JobResult())
    beat(page)

    [job] = page.job_list.jobs
    assert (job["word"], job["fraction"], job["can_cancel"]) == ("completed", None, False)
    assert page.stepper.steps[0]["word"] == "Done"


def test_a_failed_job_says_why_and_can_be_resumed(
    sources: Sources, jobs: JobStore, beat: Beat
) -> None:
    page = MLDashboard(sources=sources)
    lease = jobs.claim(jobs.create(TRAIN).id, "here")
    lease.fail(JobFailure(type="NotEnoughCandles", message="70 candles hold no window."))

    beat(page)

    [job] = page.job_list.jobs
    assert (job["word"], job["error"]) == ("failed", "70 candles hold no window.")
    assert job["can_resume"]


def test_a_backtest_that_waits_is_the_next_step(
    sources: Sources, jobs: JobStore, report: BacktestReport, beat: Beat
) -> None:
    page = MLDashboard(sources=sources)
    job = jobs.create(EvaluateRequest(symbol="BTCUSDT", model_type="LSTM"))
    jobs.claim(job.id, "here").complete(JobResult())
    CandidateStore(get_settings().study_url).keep(report, job_id=job.id)

    beat(page)

    assert page.stepper.steps[1]["word"] == "Waits for a save"
    assert page.next_step.command == f"mlwidgets jobs save {job.id}"


def test_a_clicked_step_says_how_it_is_done(sources: Sources, save: Callable[[], str]) -> None:
    save()
    page = MLDashboard(sources=sources)

    press(page.stepper, "choose", "evaluate")
    assert page.next_step.command.startswith("mlwidgets evaluate BTCUSDT")

    press(page, "choose", {"model_type": "HYBRID"})
    assert page.next_step.command.startswith("mlwidgets train BTCUSDT --model HYBRID")


def test_cancel_stops_the_job(sources: Sources, jobs: JobStore) -> None:
    job = jobs.create(TRAIN)
    page = MLDashboard(sources=sources)

    async def cancel() -> None:
        press(page.job_list, "cancel", job.id)
        while page.jobs.records[0].state != "cancelled":
            await in_thread(lambda: None)

    asyncio.run(asyncio.wait_for(cancel(), 60))

    assert jobs.get(job.id).state == "cancelled"
    assert page.job_list.jobs[0]["can_resume"]
    assert page.job_list.jobs[0]["detail"] == "It had not begun"


def test_the_model_stands_beside_the_baselines_of_its_backtest(
    sources: Sources, save: Callable[[], str], report: BacktestReport
) -> None:
    CandidateStore(get_settings().study_url).keep(report)
    save()

    card = MLDashboard(sources=sources).card.model

    assert [row["name"] for row in card["scale"]["rows"]] == [
        "LSTM", "Momentum", "Reversal", "Always up"
    ]  # fmt: skip
    assert card["scale"]["rows"][0]["from"] <= card["scale"]["rows"][0]["at"]
    assert {fact["name"]: fact["value"] for fact in card["config"]}["Hidden size"] == "4"
    assert "coin" in card["verdict"]


def test_another_symbol_is_another_workflow(sources: Sources, save: Callable[[], str]) -> None:
    save()
    page = MLDashboard(sources=sources)

    press(page, "choose", {"symbol": "eth/usdt"})

    assert page.symbol == "ETHUSDT"
    assert page.card.model == {}
    assert page.query == "symbol=ETHUSDT&timeframe=1h&model=LSTM"
    assert page.symbols == ["BTCUSDT", "ETHUSDT"]


def test_a_symbol_that_is_none_is_refused_where_it_was_typed(sources: Sources) -> None:
    page = MLDashboard(sources=sources)

    press(page, "choose", {"symbol": "??"})
    assert "'??'" in page.problem
    assert page.symbol == "BTCUSDT"

    press(page, "choose", {"symbol": "ETHUSDT"})
    assert page.problem == ""


def test_a_database_out_of_reach_is_said_and_the_page_opens(
    home: Path, monkeypatch: pytest.MonkeyPatch, beat: Beat
) -> None:
    monkeypatch.setenv("MLWIDGETS_DATABASE_URL", f"sqlite:///{home}/data/home.db/no.db")
    (home / "data").mkdir()
    (home / "data" / "home.db").touch()

    page = MLDashboard()
    beat(page)

    assert page.job_list.problem
    assert page.stepper.problem


def test_a_damaged_model_is_said(sources: Sources, save: Callable[[], str], home: Path) -> None:
    version = save()
    (home / "models" / f"BTCUSDT_LSTM_{version}.meta.json").write_text("{}")

    page = MLDashboard(sources=sources)

    assert "BTCUSDT_LSTM_1.0.0.meta.json" in page.card.problem


def test_the_page_speaks_the_browsers_language_and_changes_it(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_ACCEPT_LANGUAGE", "ru-RU,ru;q=0.9,en;q=0.8")
    page = MLDashboard(sources=sources)
    assert page.words["trading"] == "Торговля"
    assert page.job_list.words["heading"] == "Задачи"

    press(page, "speak", "en")

    assert page.words["trading"] == "Trading"
    assert page.job_list.words["heading"] == "Jobs"


def test_an_offline_page_says_so_and_asks_nobody(sources: Sources, beat: Beat) -> None:
    page = MLDashboard(sources=sources)

    beat(page)

    assert (page.market["kind"], page.market["text"]) == ("offline", "Offline")


def test_what_a_beat_did_not_expect_is_said(sources: Sources) -> None:
    page = MLDashboard(sources=sources)

    page._broke(ZeroDivisionError("division by zero"))

    assert "ZeroDivisionError: division by zero" in page.problem


def test_arguments_that_there_are_not_are_refused() -> None:
    with pytest.raises(TypeError):
        MLDashboard(simbol="BTCUSDT")  # type: ignore[call-arg]

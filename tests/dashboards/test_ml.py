"""The page /ml shows the truth of a home, whoever changes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlwidgets.components.background import in_thread
from mlwidgets.dashboards.ml import MLDashboard
from mlwidgets.dashboards.ml_tabs import TABS
from mlwidgets.dashboards.sources import Sources
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


class Reads:
    """A tab's state that notes when it is read."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self.refresh = lambda: notes.append(name)


def press(widget: Any, event: str, data: Any) -> None:
    """Send what a page sends."""
    widget._handle_event(widget, {"event": event, "data": data}, [])


def test_a_job_of_another_process_is_followed_to_its_end(
    sources: Sources, jobs: JobStore, beat: Beat
) -> None:
    page = MLDashboard(sources=sources)
    lease = jobs.claim(jobs.create(TRAIN).id, "here")
    lease.progress(
        JobProgress(stage="search", trials_done=3, n_trials=50, fraction=0.06, eta_seconds=600)
    )
    beat(page)
    [job] = page.desk.job_list.jobs
    assert (job["task"], job["word"], job["fraction"]) == ("Train LSTM", "running", 6)
    assert (job["detail"], job["left"]) == ("Searching · trial 3 of 50 · 6 %", "about 10 min left")
    assert page.stepper.steps[0]["running"]

    lease.complete(JobResult())
    beat(page)

    [job] = page.desk.job_list.jobs
    assert (job["word"], job["fraction"], job["can_cancel"]) == ("completed", None, False)
    assert page.stepper.steps[0]["word"] == "Done"


def test_a_failed_job_says_why_and_can_be_resumed(
    sources: Sources, jobs: JobStore, beat: Beat
) -> None:
    page = MLDashboard(sources=sources)
    lease = jobs.claim(jobs.create(TRAIN).id, "here")
    lease.fail(JobFailure(type="NotEnoughCandles", message="70 candles hold no window."))

    beat(page)

    [job] = page.desk.job_list.jobs
    assert (job["word"], job["error"]) == ("failed", "70 candles hold no window.")
    assert job["can_resume"]


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

    assert page.desk.job_list.problem
    assert page.stepper.problem


def test_the_page_speaks_the_browsers_language_and_changes_it(
    sources: Sources, monkeypatch: pytest.MonkeyPatch, beat: Beat
) -> None:
    monkeypatch.setenv("HTTP_ACCEPT_LANGUAGE", "ru-RU,ru;q=0.9,en;q=0.8")
    page = MLDashboard(sources=sources)
    beat(page)
    assert page.words["trading"] == "Торговля"
    assert page.desk.job_list.words["heading"] == "Задачи"

    press(page, "speak", "en")

    assert page.words["trading"] == "Trading"
    assert page.desk.job_list.words["heading"] == "Jobs"


def test_an_offline_page_says_so_and_asks_nobody(sources: Sources, beat: Beat) -> None:
    page = MLDashboard(sources=sources)

    beat(page)

    assert (page.market["kind"], page.market["text"]) == ("offline", "Offline")


def test_arguments_that_there_are_not_are_refused() -> None:
    with pytest.raises(TypeError):
        MLDashboard(simbol="BTCUSDT")  # type: ignore[call-arg]


def test_an_empty_home_opens_with_every_step_to_do(sources: Sources, beat: Beat) -> None:
    page = MLDashboard(sources=sources)
    beat(page)

    assert [step["word"] for step in page.stepper.steps] == ["Not done"] * 3
    assert page.desk.job_list.words["empty"] == "No jobs yet."
    assert (page.running, page.broken, page.problem) == (0, "", "")


def test_tabs_that_nobody_has_opened_are_made_once_the_page_is_there(
    sources: Sources, beat: Beat
) -> None:
    page = MLDashboard(sources=sources)
    assert [*page.tabs.states] == ["train"]

    beat(page, 4)

    assert [*page.tabs.states] == ["train", "evaluate", "compare", "models"]


def test_a_model_that_another_process_saves_is_in_use(
    sources: Sources, save: Callable[[], str], beat: Beat
) -> None:
    page = MLDashboard(sources=sources)

    save()
    beat(page)

    assert page.stepper.steps[2]["word"] == "Done"
    assert page.symbols == ["BTCUSDT"]


def test_a_clicked_step_opens_its_tab(sources: Sources) -> None:
    page = MLDashboard(sources=sources)
    opened = []

    for step in ("evaluate", "production", "train"):
        press(page.stepper, "choose", step)
        opened.append((page.tabs.panel.active, page.place.partition("&tab=")[2]))

    assert opened == [("evaluate", "evaluate"), ("models", "models"), ("train", "")]


def test_the_address_opens_a_tab(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(query: str) -> str:
        monkeypatch.setenv("QUERY_STRING", query)
        return MLDashboard(sources=sources).tabs.panel.active

    assert opened("symbol=ETHUSDT&tab=models") == "models"
    assert opened("tab=%3Cscript%3E") == "train"


def test_a_caller_s_tab_that_there_is_not_is_refused(sources: Sources) -> None:
    with pytest.raises(ValueError, match="'training'"):
        MLDashboard(sources=sources, tab="training")


def test_the_horizon_is_chosen_and_carried_to_the_other_page(sources: Sources) -> None:
    page = MLDashboard(sources=sources)
    assert page.horizons == ["1h", "4h", "24h"]

    press(page, "choose", {"horizon": "4h"})
    assert page.query.endswith("&horizon=4h")

    press(page, "choose", {"horizon": "90m"})
    assert "90m" in page.problem
    assert page.horizon == "4h"


def test_a_progress_is_read_by_the_tab_in_sight_alone_an_end_by_all(
    sources: Sources, jobs: JobStore, beat: Beat
) -> None:
    page = MLDashboard(sources=sources)
    lease = jobs.claim(jobs.create(TRAIN).id, "here")
    beat(page, 4)
    read: list[str] = []
    for name in page.tabs.states:
        page.tabs.states[name] = Reads(name, read)

    lease.progress(JobProgress(stage="search", trials_done=3, n_trials=50, fraction=0.06))
    beat(page, 2)
    assert read == ["train"]

    lease.complete(JobResult())
    beat(page, 2)
    assert read[1:] == ["train", "evaluate", "compare", "models"]


def test_a_job_that_ends_is_told_and_leads_to_its_tab(
    sources: Sources, jobs: JobStore, beat: Beat
) -> None:
    page = MLDashboard(sources=sources)
    beat(page)
    request = EvaluateRequest(symbol="ETHUSDT", model_type="HYBRID", horizon="4h")
    jobs.claim(jobs.create(request).id, "here").complete(JobResult())

    asyncio.run(page.look_at_jobs())  # as a page out of sight does

    [notice] = page.desk.notices.notices
    assert notice["title"] == "Backtest HYBRID has completed: ETHUSDT · 1h · 4h ahead"
    press(page.desk.notices, "act", notice["id"])
    assert page.place == "symbol=ETHUSDT&timeframe=1h&model=HYBRID&horizon=4h&tab=evaluate"


def test_cancel_in_the_drawer_stops_the_job(sources: Sources, jobs: JobStore, beat: Beat) -> None:
    page = MLDashboard(sources=sources)
    job = jobs.create(TRAIN)
    beat(page)
    assert (page.running, page.words["jobs_button"]) == (1, "Jobs, 1 at work")

    async def cancel() -> None:
        press(page.desk.job_list, "cancel", job.id)
        while page.running:
            await in_thread(lambda: None)

    asyncio.run(asyncio.wait_for(cancel(), 60))

    assert jobs.get(job.id).state == "cancelled"
    assert page.desk.job_list.jobs[0]["detail"] == "It had not begun"


def test_another_symbol_is_another_workflow(sources: Sources, save: Callable[[], str]) -> None:
    save()
    page = MLDashboard(sources=sources)

    press(page, "choose", {"symbol": "eth/usdt"})

    assert page.symbol == "ETHUSDT"
    assert page.stepper.steps[2]["word"] == "Not done"
    assert page.query == page.stepper.query == "symbol=ETHUSDT&timeframe=1h&model=LSTM"
    assert page.symbols == ["BTCUSDT", "ETHUSDT"]


def test_a_damaged_model_is_said(sources: Sources, save: Callable[[], str], home: Path) -> None:
    version = save()
    (home / "models" / f"BTCUSDT_LSTM_{version}.meta.json").write_text("{}")

    assert MLDashboard(sources=sources).stepper.steps[2]["damaged"]


def test_what_a_beat_did_not_expect_is_said_until_one_goes_well(
    sources: Sources, beat: Beat
) -> None:
    page = MLDashboard(sources=sources)

    page._broke(ZeroDivisionError("division by zero"))
    assert "ZeroDivisionError: division by zero" in page.broken

    beat(page)
    assert page.broken == ""


def test_events_that_make_no_sense_break_nothing(sources: Sources) -> None:
    page = MLDashboard(sources=sources)

    for event in ("look", "choose", "speak", "darken"):
        for data in (3, None, {}, {"view": 1}, ["symbol"]):
            press(page, event, data)
    press(page, "forgive", None)
    press(page, "choose", {"model_type": "HYBRID"})

    assert (page.model_type, page.broken) == ("HYBRID", "")


def test_a_tab_that_cannot_be_made_says_why_and_the_others_are_there(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Any:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setitem(TABS, "train", ("page.tab.train", fail))

    page = MLDashboard(sources=sources)
    assert "division by zero" in page.broken

    press(page.stepper, "choose", "evaluate")
    assert [*page.tabs.states] == ["evaluate"]

"""A search is started, followed, stopped, resumed and extended; the records are the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mlwidgets.components.choice import Choice
from mlwidgets.components.texts import language
from mlwidgets.components.training.state import TrainState
from mlwidgets.components.training.tab import TrainTab
from mlwidgets.dashboards.sources import Sources
from mlwidgets.errors import ClusterUnavailable, StorageError
from mlwidgets.evaluation.backtest import backtest
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.jobs.leases import JobLease
from mlwidgets.jobs.records import JobFailure, JobProgress, JobRecord, JobResult
from mlwidgets.jobs.requests import JobRequest, TrainRequest
from mlwidgets.jobs.standing import judge
from mlwidgets.jobs.store import JobStore
from mlwidgets.market.simulator import simulate_market

Begin = Callable[..., JobLease]


@pytest.fixture(scope="session")
def report() -> BacktestReport:
    """A backtest of BTCUSDT LSTM."""
    candles: pd.DataFrame = simulate_market("1h", periods=1500, seed=3).candles
    candles.attrs.clear()
    config = ModelConfig(hidden_size=4, sequence_length=6, epochs=2, learning_rate=0.02)
    return backtest(ModelSpec(symbol="BTCUSDT", model_type="LSTM", config=config), candles)


@pytest.fixture
def tab(state: TrainState) -> TrainTab:
    return TrainTab(state)


def test_an_empty_home_says_what_to_do_and_what_will_be_saved(tab: TrainTab) -> None:
    assert tab.progress.empty == "No optimization of BTCUSDT LSTM, 1h ahead, yet."
    assert "there is none yet" in tab.form.saving
    assert not tab.searched


def test_start_submits_what_the_form_says_once(state: TrainState, tab: TrainTab) -> None:
    state.fields.edit("n_trials", "7")

    asyncio.run(state.start())
    asyncio.run(state.start())

    [record] = state.sources.jobs.list()
    assert record.request.n_trials == 7
    assert tab.form.blocked == "A search of this model is under way."
    assert tab.searched


def test_a_running_search_is_shown_by_every_page_that_opens(
    state: TrainState, sources: Sources, begin: Begin
) -> None:
    lease = begin(TrainRequest(symbol="BTCUSDT", model_type="LSTM", n_trials=20, n_folds=3))
    config = ModelConfig(hidden_size=16)
    lease.progress(JobProgress(
        stage="search", trials_done=5, n_trials=20, folds_done=15, n_folds=60, best_number=2,
        best_value=0.98, best_config=config, fraction=0.25, elapsed_seconds=75, eta_seconds=300,
    ))  # fmt: skip

    page = TrainTab(TrainState(Choice(), sources))

    job = page.progress.job
    assert (job["state"], job["fraction"], job["stage"]) == (
        "running", 25, "Searching for hyper-parameters"
    )  # fmt: skip
    assert {fact["name"]: fact["value"] for fact in job["facts"]} == {
        "Trials": "5 / 20", "Folds": "15 / 60", "Elapsed": "0:01:15", "Left": "≈ 5 min",
    }  # fmt: skip
    assert (job["best"]["skill"], job["best"]["trial"]) == ("+2.00 %", "trial 2")
    facts = {fact["name"]: fact["value"] for fact in page.form.facts}
    assert (facts["Trials"], facts["Hidden size"]) == ("20", "8 – 48, log")


def test_stop_is_said_until_the_search_has_stopped(
    state: TrainState, tab: TrainTab, begin: Begin
) -> None:
    lease = begin()
    state.refresh()

    asyncio.run(state.stop())
    assert tab.progress.job["word"] == "stopping"
    assert not tab.progress.job["can_stop"]

    lease.cancelled()
    state.refresh()
    assert (tab.progress.job["word"], tab.progress.job["can_resume"]) == ("cancelled", True)
    assert tab.form.blocked == ""


def test_a_failed_search_says_why_and_what_to_do_and_is_resumed(
    state: TrainState, tab: TrainTab, begin: Begin
) -> None:
    begin().fail(JobFailure(type="NotEnoughCandles", message="70 candles hold no window."))
    state.refresh()
    assert tab.progress.job["error"] == "70 candles hold no window."
    assert tab.progress.job["advice"] == "Choose a longer history or fewer folds and start again."

    asyncio.run(state.resume())

    assert tab.progress.job["state"] == "queued"


def test_more_trials_are_added_to_a_completed_search(
    state: TrainState, tab: TrainTab, begin: Begin
) -> None:
    begin().complete(JobResult())
    state.refresh()
    tab.progress.vue_type_more("x")
    assert tab.progress.more_problem == "Type a whole number."

    asyncio.run(state.extend(30))

    assert state.record is not None
    assert (state.record.state, state.record.request.n_trials) == ("queued", 50)


def test_the_saved_model_stands_beside_the_baselines(
    state: TrainState, sources: Sources, tab: TrainTab, begin: Begin, report: BacktestReport
) -> None:
    lease, standing = begin(), judge(report).to_json()
    candidate = sources.candidates.keep(report, job_id=lease.job_id, standing=standing)
    meta = sources.models.save(report.model)
    lease.complete(
        JobResult(candidates={"LSTM": candidate.id}, standings={"LSTM": standing}, saved=(meta,))
    )
    state.refresh()
    asyncio.run(state.load())

    result = tab.progress.result
    assert (result["title"], result["version"]) == ("BTCUSDT LSTM", "1.0.0")
    assert result["verdict"]
    assert [row["name"] for row in result["rows"]] == [
        "LSTM", "Last value", "Momentum", "Reversal", "Always up"
    ]  # fmt: skip
    measured, *tests = result["facts"]
    assert measured == "Measured on 720 forecasts that neither search nor training saw."
    assert any("the last price's (p = " in said for said in tests)
    assert "replaces LSTM 1.0.0" in tab.form.saving
    assert tab.progress.query == "symbol=BTCUSDT&timeframe=1h&model=LSTM"

    language.code = "ru"
    assert tab.progress.result["rows"][1]["name"] == "Последняя цена"


def test_a_search_that_was_extended_shows_what_it_measured_anew(
    state: TrainState, sources: Sources, begin: Begin, report: BacktestReport
) -> None:
    lease = begin()
    first = sources.candidates.keep(report, job_id=lease.job_id)
    lease.complete(JobResult(candidates={"LSTM": first.id}))
    state.refresh()
    asyncio.run(state.load())
    assert state.measured == first

    asyncio.run(state.extend(5))
    second = sources.candidates.keep(report, job_id=lease.job_id)
    sources.jobs.claim(lease.job_id, "here").complete(JobResult(candidates={"LSTM": second.id}))
    state.refresh()
    asyncio.run(state.load())

    assert state.measured == second


def test_a_damaged_production_model_hides_no_search(
    home: Path, state: TrainState, sources: Sources, tab: TrainTab, begin: Begin,
    report: BacktestReport,
) -> None:  # fmt: skip
    sources.models.save(report.model)
    (home / "models" / "BTCUSDT_LSTM_1.0.0.meta.json").write_text("{}")

    begin()
    state.refresh()

    assert state.active
    assert "whose files are damaged" in tab.form.saving


def test_a_search_that_another_page_has_started_is_not_started_again(
    state: TrainState, begin: Begin
) -> None:
    begin()

    asyncio.run(state.start())

    assert len(state.sources.jobs.list()) == 1


def test_of_a_market_that_cannot_be_read_no_search_is_shown(
    state: TrainState, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> list[JobRecord]:
        raise StorageError("The database is out of reach.")

    begin()
    state.refresh()
    monkeypatch.setattr(JobStore, "list", refuse)
    state.refresh()
    assert state.record is not None

    state.choice.symbol = "ETHUSDT"

    assert (state.record, state.problem) == (None, "The database is out of reach.")


def test_a_job_of_another_horizon_is_another_search(state: TrainState, begin: Begin) -> None:
    begin(TrainRequest(symbol="BTCUSDT", model_type="LSTM", horizon="4h"))
    state.refresh()
    assert state.record is None

    state.choice.horizon = "4h"

    assert state.record is not None


def test_a_refusal_stays_until_the_next_action(
    state: TrainState, tab: TrainTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: JobRequest) -> JobRecord:
        raise ClusterUnavailable("No cluster took the job.")

    with monkeypatch.context() as patch:
        patch.setattr(state.sources, "submit", refuse)
        asyncio.run(state.start())
    state.refresh()
    assert tab.form.problem == "No cluster took the job."
    assert not tab.form.busy

    asyncio.run(state.start())
    assert tab.form.problem == ""

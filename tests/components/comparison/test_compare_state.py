"""A comparison is asked for, followed and read as the job records have it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from mlwidgets.components.choice import Choice
from mlwidgets.components.comparison.state import CompareState
from mlwidgets.components.comparison.tab import CompareTab
from mlwidgets.dashboards.sources import Sources
from mlwidgets.errors import ClusterUnavailable, StorageError
from mlwidgets.evaluation.comparison import Comparison
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.records import JobFailure, JobProgress, JobRecord
from mlwidgets.jobs.requests import CompareRequest, LoadedCandles
from mlwidgets.jobs.schema import CANDIDATE_FILES, CANDIDATES
from mlwidgets.jobs.store import JobStore
from mlwidgets.registry import ModelRegistry

Load = Callable[[], None]
Complete = Callable[..., JobRecord]
REQUEST = CompareRequest(
    symbol="BTCUSDT", configs={"HYBRID": ModelConfig(hidden_size=16)}, refit_every="7d",
    test_start="2025-05-01", test_end="2025-05-11",
)  # fmt: skip


@pytest.fixture
def submitted(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is submitted is written down as a job that no cluster takes."""
    asked: list[Any] = []

    def submit(request: Any) -> JobRecord:
        asked.append(request)
        return sources.jobs.create(request)

    monkeypatch.setattr(sources, "submit", submit)
    return asked


def test_the_form_offers_defaults_and_the_last_thirty_days_of_known_candles(
    state: CompareState, load: Load
) -> None:
    load()

    assert state.origin == {"LSTM": "defaults", "HYBRID": "defaults"}
    assert state.configs["HYBRID"].config == ModelConfig()
    assert (state.window.values["start"], state.window.values["end"]) == (
        "2025-05-02", "2025-05-31",
    )  # fmt: skip


def test_the_form_opens_with_what_is_in_production(
    sources: Sources, comparison: Comparison
) -> None:
    model = comparison.reports["HYBRID"].model
    ModelRegistry(sources.settings.models_dir).save(model)

    state = CompareState(Choice(), sources)
    tab = CompareTab(state)

    assert state.origin == {"LSTM": "defaults", "HYBRID": "production"}
    assert state.configs["HYBRID"].config == model.spec.config
    assert tab.form["promise"][1:] == [
        "LSTM becomes the first production model.",
        "HYBRID replaces 1.0.0, which goes to the archive.",
    ]


def test_a_model_that_is_saved_meanwhile_fills_what_nobody_has_typed(
    sources: Sources, state: CompareState, comparison: Comparison
) -> None:
    state.configs["HYBRID"].edit("hidden_size", "99")
    for report in comparison.reports.values():
        ModelRegistry(sources.settings.models_dir).save(report.model)
    state.refresh()

    saved = comparison.reports["LSTM"].spec.config
    assert (state.configs["LSTM"].config, state.origin["LSTM"]) == (saved, "production")
    assert state.configs["HYBRID"].values["hidden_size"] == "99"
    assert state.origin["HYBRID"] == "defaults"


def test_run_asks_for_what_the_form_says_and_only_once(
    state: CompareState, load: Load, submitted: list[Any]
) -> None:
    load()
    state.configs["LSTM"].edit("hidden_size", "8")

    asyncio.run(state.run())
    asyncio.run(state.run())

    [request] = submitted
    assert request.configs["LSTM"].hidden_size == 8
    assert isinstance(request.candles, LoadedCandles)
    assert request.candles.offline
    assert f"{request.test_start:%m-%d} {request.test_end:%m-%d}" == "05-02 06-01"
    assert state.blocked == "running"


@pytest.mark.parametrize(("field", "value", "why"), [
    ("hidden_size", "none", "config"), ("start", "2025-13-01", "window"),
])  # fmt: skip
def test_a_wrong_field_blocks_the_start(
    state: CompareState, load: Load, submitted: list[Any], field: str, value: str, why: str
) -> None:
    load()
    state.configs["HYBRID"].edit(field, value)
    state.window.edit(field, value)

    asyncio.run(state.run())

    assert state.blocked == why
    assert submitted == []
    assert CompareTab(state).form["blocked"]


def test_a_reload_finds_the_running_comparison_with_its_parameters(sources: Sources) -> None:
    lease = sources.jobs.claim(sources.jobs.create(REQUEST).id, "here")
    lease.progress(JobProgress(stage="training", fraction=0.31, eta_seconds=95))

    state = CompareState(Choice(), sources)
    tab = CompareTab(state)

    assert tab.at_work
    assert (tab.job["word"], tab.job["fraction"], tab.job["can_stop"]) == ("running", 31, True)
    assert state.configs["HYBRID"].config == ModelConfig(hidden_size=16)
    assert state.window.values == {
        "start": "2025-05-01", "end": "2025-05-10", "refit_every": "7d",
    }  # fmt: skip


def test_stop_asks_the_job_to_stop(sources: Sources, state: CompareState, load: Load) -> None:
    job = sources.jobs.create(REQUEST)
    load()

    asyncio.run(state.stop())

    assert sources.jobs.get(job.id).state == "cancelled"
    words = CompareTab(state).job
    assert (words["word"], words["can_resume"]) == ("cancelled", True)


def test_a_failed_comparison_says_why(sources: Sources) -> None:
    lease = sources.jobs.claim(sources.jobs.create(REQUEST).id, "here")
    lease.fail(JobFailure(type="NotEnoughCandles", message="70 candles hold no window."))

    tab = CompareTab(CompareState(Choice(), sources))

    assert (tab.job["error"], tab.job["can_resume"]) == ("70 candles hold no window.", True)
    assert not tab.form["blocked"]


def test_what_cannot_be_started_is_said_in_place(
    sources: Sources, state: CompareState, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Any) -> JobRecord:
        raise ClusterUnavailable("No cluster took the job.")

    monkeypatch.setattr(sources, "submit", refuse)
    load()

    asyncio.run(state.run())

    assert (state.problem, state.busy) == ("No cluster took the job.", False)


def test_of_a_market_that_cannot_be_read_no_comparison_is_shown(
    state: CompareState, complete: Complete, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise StorageError("The database is out of reach.")

    complete()
    load()
    assert state.results is not None

    monkeypatch.setattr(JobStore, "list", refuse)
    state.choice.symbol = "ETHUSDT"

    assert (state.job, state.results) == (None, None)
    assert state.problem == "The database is out of reach."


def test_a_finished_comparison_stands_side_by_side(
    state: CompareState, complete: Complete, load: Load
) -> None:
    complete("LSTM")
    load()

    tab = CompareTab(state)

    lstm, hybrid = tab.result["sides"]
    assert (lstm["saved"], hybrid["saved"]) == (
        "Saved as 1.0.0, in production", "Saved later by its home",
    )  # fmt: skip
    assert lstm["verdict"]
    assert [head["title"] for head in tab.table.heads[:3]] == ["LSTM", "HYBRID", "Last value"]
    assert [cell["best"] for cell in tab.table.rows[0]["cells"]].count(True) <= 1
    assert "(p = " in tab.result["difference"] or "(p < " in tab.result["difference"]
    assert tab.charts is not None
    assert [entry["name"] for entry in tab.charts.price.legend] == [
        "Actual", "LSTM, predicted", "HYBRID, predicted",
    ]  # fmt: skip
    assert tab.job == {}


def test_both_are_measured_on_the_forecasts_that_both_made(
    state: CompareState, complete: Complete, load: Load, comparison: Comparison
) -> None:
    complete()
    load()

    table = comparison.table()
    assert state.results is not None
    for kind in ("LSTM", "HYBRID"):
        assert state.results.metrics[kind].mae == pytest.approx(table[kind]["mae"], rel=1e-12)


def test_measures_that_made_room_are_missed_and_the_rest_stays(
    sources: Sources, state: CompareState, complete: Complete, load: Load
) -> None:
    complete("LSTM", "HYBRID")
    with sources.candidates._storage.writing() as connection:
        connection.execute(delete(CANDIDATE_FILES))
        connection.execute(delete(CANDIDATES))
    load()

    tab = CompareTab(state)

    assert "have made room" in tab.result["gone"]
    assert tab.result["sides"][1]["saved"] == "Saved as 1.0.0, in production"
    assert not tab.measured


def test_another_symbol_shows_nothing_of_this_one(
    state: CompareState, complete: Complete, load: Load
) -> None:
    complete()
    load()

    state.choice.symbol = "ETHUSDT"

    tab = CompareTab(state)
    assert (state.results, tab.result, tab.job) == (None, {}, {})

"""The workflow's steps tell what the disk and the database hold, whoever changed it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlwidgets.components.texts import language
from mlwidgets.components.workflow.state import WorkflowState
from mlwidgets.components.workflow.stepper import WorkflowStepper
from mlwidgets.components.workflow.steps import Status
from mlwidgets.errors import StorageError
from mlwidgets.evaluation.backtest import backtest
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.records import JobProgress, JobResult
from mlwidgets.jobs.requests import CompareRequest, EvaluateRequest, JobRequest, TrainRequest
from mlwidgets.jobs.saving import save_candidate
from mlwidgets.jobs.store import JobStore
from mlwidgets.market.simulator import simulate_market
from mlwidgets.registry import ModelRegistry

SYMBOL = "SIMUSDT"
CONFIG = ModelConfig(hidden_size=4, sequence_length=6, epochs=1)
TRAIN = TrainRequest(symbol=SYMBOL, model_type="LSTM")
EVALUATE = EvaluateRequest(symbol=SYMBOL, model_type="LSTM", config=CONFIG)


@pytest.fixture(scope="module")
def report() -> BacktestReport:
    candles = simulate_market("1h", periods=1500, seed=3).candles
    return backtest(ModelSpec(symbol=SYMBOL, model_type="LSTM", config=CONFIG), candles)


class Home:
    """A person's models folder and database."""

    def __init__(self, folder: Path) -> None:
        self.models = ModelRegistry(folder / "models")
        url = f"sqlite:///{folder / 'mlwidgets.db'}"
        self.jobs, self.candidates = JobStore(url, is_dead=lambda _: False), CandidateStore(url)

    def workflow(self, model_type: str = "LSTM") -> WorkflowState:
        return WorkflowState(
            self.models, self.candidates, self.jobs, symbol=SYMBOL, model_type=model_type
        )

    def finish(self, request: JobRequest) -> str:
        job = self.jobs.create(request)
        self.jobs.claim(job.id, "here").complete(JobResult())
        return job.id

    def statuses(self, model_type: str = "LSTM") -> list[Status]:
        return [step.status for step in self.workflow(model_type).steps]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_nothing_is_done_at_first(home: Home) -> None:
    assert home.statuses() == ["todo", "todo", "todo"]


def test_a_finished_search_has_trained_and_saved(home: Home, report: BacktestReport) -> None:
    job = home.finish(TRAIN)
    kept = home.candidates.keep(report, job_id=job)
    save_candidate(home.candidates, home.models, kept.id)

    assert home.statuses() == ["done", "todo", "done"]
    assert home.workflow()["production"].version == "1.0.0"


def test_a_search_whose_model_could_not_be_saved_yet_is_not_done(home: Home) -> None:
    lease = home.jobs.claim(home.jobs.create(TRAIN).id, "here")
    lease.complete(JobResult(unsaved=("LSTM",)))

    assert home.statuses() == ["todo", "todo", "todo"]


def test_a_backtest_waits_for_its_save(home: Home, report: BacktestReport) -> None:
    kept = home.candidates.keep(report, job_id=home.finish(EVALUATE))
    assert home.statuses() == ["todo", "waiting", "todo"]

    save_candidate(home.candidates, home.models, kept.id)
    assert home.statuses() == ["done", "done", "done"]


def test_a_script_backtest_waits_too(home: Home, report: BacktestReport) -> None:
    home.candidates.keep(report)

    assert home.statuses() == ["todo", "waiting", "todo"]


def test_a_newer_backtest_waits_though_an_older_one_was_saved(
    home: Home, report: BacktestReport
) -> None:
    save_candidate(home.candidates, home.models, home.candidates.keep(report).id)

    home.candidates.keep(replace(report, seconds=report.seconds + 1))

    assert home.statuses() == ["done", "waiting", "done"]


def test_what_a_comparison_measured_is_no_backtest_by_hand(
    home: Home, report: BacktestReport
) -> None:
    home.candidates.keep(report, job_id=home.finish(CompareRequest(symbol=SYMBOL)))

    assert home.statuses() == ["todo", "todo", "todo"]


def test_the_other_model_type_has_steps_of_its_own(home: Home, report: BacktestReport) -> None:
    home.candidates.keep(report)
    home.finish(TRAIN)

    assert home.statuses("HYBRID") == ["todo", "todo", "todo"]


def test_a_failed_or_cancelled_search_has_not_trained(home: Home) -> None:
    home.jobs.request_cancel(home.jobs.create(TRAIN).id)

    assert home.statuses() == ["todo", "todo", "todo"]


def test_a_running_job_is_shown_with_its_progress(home: Home) -> None:
    job = home.jobs.create(TRAIN)
    lease = home.jobs.claim(job.id, "here")
    lease.progress(JobProgress(stage="search", fraction=0.42))

    step = home.workflow()["train"]

    assert (step.status, step.running, step.fraction) == ("todo", True, 0.42)


def test_a_model_that_somebody_copied_here_counts_as_trained(
    home: Home, report: BacktestReport
) -> None:
    home.models.save(report.model)

    assert home.statuses() == ["done", "todo", "done"]


def test_damaged_model_files_are_said_so(home: Home, report: BacktestReport) -> None:
    home.models.save(report.model)
    (home.models.root / f"{SYMBOL}_LSTM_1.0.0.meta.json").write_text("{}")

    assert home.workflow()["production"].damaged


def test_the_state_follows_a_change_when_it_is_refreshed(
    home: Home, report: BacktestReport
) -> None:
    workflow = home.workflow()
    seen: list[list[Status]] = []
    workflow.observe(lambda change: seen.append([step.status for step in change.new]), "steps")

    home.models.save(report.model)
    workflow.refresh()
    workflow.refresh()

    assert seen == [["done", "todo", "done"]]


def test_another_choice_reads_another_slot(home: Home, report: BacktestReport) -> None:
    home.models.save(report.model)
    workflow = home.workflow()

    workflow.model_type = "HYBRID"
    assert workflow["production"].status == "todo"

    workflow.model_type = "LSTM"
    assert workflow["production"].status == "done"


def test_a_database_out_of_reach_is_said_and_the_steps_stay(
    home: Home, report: BacktestReport
) -> None:
    class Gone:
        def list(self, **_: object) -> list[object]:
            raise StorageError("The database cannot be opened.")

    home.models.save(report.model)
    workflow = home.workflow()
    workflow._sources = (home.models, home.candidates, Gone())

    workflow.refresh()

    assert workflow.problem == "The database cannot be opened."
    assert workflow["production"].status == "done"


def test_the_stepper_says_every_step_in_words_with_its_age(
    home: Home, report: BacktestReport
) -> None:
    home.models.save(report.model)
    home.candidates.keep(report)

    stepper = WorkflowStepper(home.workflow())

    assert [step["word"] for step in stepper.steps] == ["Done", "Waits for a save", "Done"]
    assert stepper.steps[2]["reason"] == "Model 1.0.0 is in use"
    assert stepper.steps[1]["age"] == "just now"
    assert stepper.label == "Workflow of SIMUSDT LSTM"


def test_the_stepper_follows_its_state_and_the_language(home: Home, report: BacktestReport) -> None:
    workflow = home.workflow()
    stepper = WorkflowStepper(workflow)

    home.models.save(report.model)
    workflow.refresh()
    assert stepper.steps[0]["status"] == "done"

    language.code = "ru"
    try:
        assert stepper.steps[0]["word"] == "Выполнено"
    finally:
        language.code = "en"


def test_a_click_names_the_step(home: Home) -> None:
    clicked: list[str] = []
    stepper = WorkflowStepper(home.workflow(), clicked.append)
    stepper.on_step(lambda name: clicked.append(name.upper()))

    stepper._handle_event(stepper, {"event": "choose", "data": "evaluate"}, [])
    stepper._handle_event(stepper, {"event": "choose", "data": "<script>"}, [])

    assert clicked == ["evaluate", "EVALUATE"]


def test_a_running_search_is_said_with_its_share(home: Home) -> None:
    lease = home.jobs.claim(home.jobs.create(TRAIN).id, "here")
    lease.progress(JobProgress(stage="search", fraction=0.42))

    train = WorkflowStepper(home.workflow()).steps[0]

    assert train["reason"] == "Optimization is running, 42 %"
    assert train["running"]

"""The end of a job, in this process: the database, the registry and the model are real."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier, Thread
from typing import Any, cast

import pandas as pd
import pytest
from distributed import Client

from mlwidgets.errors import Cancelled, JobLost, ModelNotFound, StorageError
from mlwidgets.evaluation.backtest import backtest
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.attempt import Attempt, Measured
from mlwidgets.jobs.candidates import Candidate, CandidateStore
from mlwidgets.jobs.concluding import conclude
from mlwidgets.jobs.delivery import deliver, deliver_pending
from mlwidgets.jobs.heartbeat import Heart
from mlwidgets.jobs.home import Home
from mlwidgets.jobs.meter import JobMeter, stage_lengths
from mlwidgets.jobs.order import JobOrder
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.reporting import Reporter
from mlwidgets.jobs.requests import CompareRequest, EvaluateRequest, JobRequest, SimulatedCandles
from mlwidgets.jobs.saving import save_candidate, saved_as
from mlwidgets.jobs.store import JobStore
from mlwidgets.market.simulator import simulate_market
from mlwidgets.registry.registry import ModelRegistry
from mlwidgets.settings import Settings

CONFIG = ModelConfig(hidden_size=4, sequence_length=4, learning_rate=0.02, epochs=3)
CANDLES = SimulatedCandles(periods=1104, seed=3)
EVALUATE = EvaluateRequest(symbol="SIMUSDT", model_type="LSTM", config=CONFIG, candles=CANDLES)
COMPARE = CompareRequest(symbol="SIMUSDT", candles=CANDLES)
NOBODY = cast(Client, None)


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return simulate_market("1h", periods=CANDLES.periods, seed=CANDLES.seed).candles


@pytest.fixture(scope="module")
def report(candles: pd.DataFrame) -> BacktestReport:
    return backtest(EVALUATE.spec("LSTM", CONFIG), candles, start="2024-02-10")


@pytest.fixture(scope="module")
def other(candles: pd.DataFrame) -> BacktestReport:
    return backtest(EVALUATE.spec("LSTM", CONFIG), candles, start="2024-02-10", seed=1)


@dataclass(frozen=True)
class Desk:
    """A home with its database, and a job of which a report was measured."""

    settings: Settings
    store: JobStore
    candidates: CandidateStore
    registry: ModelRegistry
    report: BacktestReport
    candles: pd.DataFrame

    @property
    def home(self) -> Home:
        return Home.of(self.settings)

    def attempt(self, request: JobRequest, home: Home | None = None) -> Attempt:
        job = self.store.create(request, home_id=self.home.id)
        lease = self.store.claim(job.id, "tls://here:8786")
        order = JobOrder(job.id, self.store.url, home or self.home)
        reporter = Reporter(lease, JobMeter(stage_lengths(request, 2)))
        return Attempt(order, self.store, self.candidates, lease, NOBODY, reporter, Heart(lease))

    def conclude(self, attempt: Attempt) -> JobRecord:
        """What a coordinator does with a measured report."""
        attempt.lease.complete(conclude(attempt, Measured({"LSTM": self.report}), self.candles))
        return self.store.get(attempt.order.job_id)

    def undelivered(self) -> JobRecord:
        """A job that ran where this home is out of reach."""
        return self.conclude(self.attempt(COMPARE, replace(self.home, id="another")))

    def versions(self) -> list[str]:
        return self.registry.list_versions("SIMUSDT", "LSTM")


@pytest.fixture
def desk(tmp_path: Path, report: BacktestReport, candles: pd.DataFrame) -> Desk:
    settings = Settings(home=tmp_path)
    url = settings.study_url
    return Desk(
        settings, JobStore(url), CandidateStore(url), ModelRegistry(settings.models_dir),
        report, candles,
    )  # fmt: skip


def test_exactly_the_measured_weights_are_saved(desk: Desk) -> None:
    job = desk.conclude(desk.attempt(COMPARE))

    saved = desk.registry.load_artifact("SIMUSDT", "LSTM")
    assert saved.digest() == desk.report.model.to_artifact().digest()
    assert job.result.saved == (saved.meta,)


def test_an_end_that_is_repeated_keeps_and_saves_once(desk: Desk) -> None:
    attempt = desk.attempt(COMPARE)
    first, again = (
        conclude(attempt, Measured({"LSTM": desk.report}), desk.candles) for _ in range(2)
    )

    assert again == first
    assert desk.versions() == ["1.0.0"]
    assert len(desk.candidates.list()) == 1


def test_an_attempt_that_was_killed_between_keeping_and_saving_saves_the_kept_model(
    desk: Desk, other: BacktestReport
) -> None:
    attempt = desk.attempt(COMPARE)
    kept = desk.candidates.keep(desk.report, job_id=attempt.order.job_id)

    result = conclude(attempt, Measured({"LSTM": other}), desk.candles)

    assert result.candidates == {"LSTM": kept.id}
    assert [meta.trained_at for meta in result.saved] == [kept.meta.trained_at]


def test_an_attempt_that_was_overtaken_while_it_kept_its_model_saves_nothing(desk: Desk) -> None:
    class Overtaken(CandidateStore):
        def keep(self, *arguments: Any, **options: Any) -> Candidate:
            kept = super().keep(*arguments, **options)
            desk.store.claim(attempt.order.job_id, "tls://elsewhere:8786")
            return kept

    attempt = replace(desk.attempt(COMPARE), candidates=Overtaken(desk.store.url))

    with pytest.raises(JobLost):
        conclude(attempt, Measured({"LSTM": desk.report}), desk.candles)

    assert desk.versions() == []


def test_a_job_that_was_resumed_from_another_home_is_left_to_its_own(
    desk: Desk, tmp_path: Path
) -> None:
    neighbour = Settings(home=tmp_path / "neighbour")

    job = desk.conclude(desk.attempt(COMPARE, Home.of(neighbour)))

    assert job.result.unsaved == ("LSTM",)
    assert not neighbour.models_dir.exists()


def test_a_cancel_while_measuring_keeps_nothing(desk: Desk) -> None:
    attempt = desk.attempt(COMPARE)
    desk.store.request_cancel(attempt.order.job_id)

    with pytest.raises(Cancelled):
        conclude(attempt, Measured({"LSTM": desk.report}), desk.candles)

    assert desk.candidates.list() == []
    assert desk.versions() == []


def test_a_models_folder_that_refuses_leaves_the_model_to_a_later_call(desk: Desk) -> None:
    attempt = desk.attempt(COMPARE)
    desk.settings.models_dir.write_text("in the way")
    job = desk.conclude(attempt)

    assert (job.state, job.result.unsaved) == ("completed", ("LSTM",))
    with pytest.raises(StorageError):
        deliver_pending(desk.store, desk.settings)
    desk.settings.models_dir.unlink()
    [job] = deliver_pending(desk.store, desk.settings)
    assert job.result.unsaved == ()
    assert [meta.version for meta in job.result.saved] == desk.versions() == ["1.0.0"]


def test_a_report_is_judged_against_chance_where_the_home_is_out_of_reach(desk: Desk) -> None:
    desk.registry.save(desk.report.model)

    job = desk.undelivered()

    assert job.result.standings["LSTM"]["production"] is None
    assert job.result.standings["LSTM"]["verdict"]["text"]


def test_delivery_compares_with_the_production_model_that_it_replaces(
    desk: Desk, other: BacktestReport
) -> None:
    before = desk.registry.save(other.model)

    job = desk.undelivered()
    deliver(desk.store, desk.candidates, desk.home, job)

    standing = desk.candidates.get(job.result.candidates["LSTM"]).standing
    assert standing["production"]["model"]["version"] == before.version
    assert standing["production"]["metrics"] is not None
    assert desk.versions() == ["1.0.1", "1.0.0"]


def test_two_deliveries_at_once_save_once(desk: Desk) -> None:
    job = desk.undelivered()
    together, records = Barrier(4), []

    def each() -> None:
        together.wait()
        records.append(deliver(desk.store, desk.candidates, desk.home, job))

    threads = [Thread(target=each) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert desk.versions() == ["1.0.0"]
    assert [record.result.unsaved for record in records] == [()] * 4


def test_a_delivery_that_was_killed_after_saving_saves_nothing_more(
    desk: Desk, other: BacktestReport
) -> None:
    job = desk.undelivered()
    desk.registry.save(desk.candidates.artifact(job.result.candidates["LSTM"]))
    desk.registry.save(other.model)

    job = deliver(desk.store, desk.candidates, desk.home, job)

    assert [meta.version for meta in job.result.saved] == ["1.0.0"]
    assert len(desk.versions()) == 2


def test_only_its_own_home_saves_a_job(desk: Desk, tmp_path: Path) -> None:
    desk.undelivered()
    url = desk.store.url
    neighbour = Settings(home=tmp_path / "neighbour", database_url=url)

    assert deliver_pending(desk.store, neighbour) == []
    assert Home.of(neighbour).reachable
    assert deliver_pending(desk.store, neighbour) == []
    assert desk.versions() == []


def test_a_candidate_of_an_evaluate_job_is_saved_on_demand(desk: Desk) -> None:
    job = desk.conclude(desk.attempt(EVALUATE))
    assert desk.versions() == []

    meta = save_candidate(desk.candidates, desk.registry, job.result.candidates["LSTM"])

    assert saved_as(desk.registry, desk.report.model.to_artifact()) == meta
    assert desk.candidates.get(job.result.candidates["LSTM"]).saved_version == meta.version


def test_saving_again_brings_a_candidate_back_from_the_archive(
    desk: Desk, other: BacktestReport
) -> None:
    candidate = desk.candidates.keep(desk.report).id
    first = save_candidate(desk.candidates, desk.registry, candidate)
    desk.registry.save(other.model)

    again = save_candidate(desk.candidates, desk.registry, candidate)

    assert again == first == desk.registry.get_meta("SIMUSDT", "LSTM")
    assert len(desk.versions()) == 2


def test_a_candidate_that_made_room_cannot_be_saved(desk: Desk) -> None:
    with pytest.raises(ModelNotFound, match="Run the backtest again"):
        save_candidate(desk.candidates, desk.registry, "000000000000")


def test_saving_works_where_the_models_folder_is_gone(desk: Desk) -> None:
    candidate = desk.candidates.keep(desk.report).id
    shutil.rmtree(desk.settings.models_dir, ignore_errors=True)

    assert save_candidate(desk.candidates, desk.registry, candidate).version == "1.0.0"

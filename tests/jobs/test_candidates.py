"""Candidates: found, bounded in number and age, and exactly what was measured."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlwidgets.errors import ModelFileError, ModelNotFound, SpecError, StorageError
from mlwidgets.evaluation.backtest import backtest
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig, ModelSpec, ModelType
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.records import JobResult
from mlwidgets.jobs.requests import CompareRequest
from mlwidgets.jobs.store import JobStore
from mlwidgets.market.simulator import simulate_market
from mlwidgets.registry import ModelRegistry

Execute = Callable[..., None]
Change = Callable[..., BacktestReport]

CONFIG = ModelConfig(hidden_size=8, sequence_length=8, learning_rate=5e-3, epochs=1)
SPEC = ModelSpec(symbol="SIMUSDT", model_type="LSTM", horizon="2h", config=CONFIG)


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return simulate_market("1h", periods=1600, seed=3).candles


@pytest.fixture(scope="module")
def report(market: pd.DataFrame) -> BacktestReport:
    return backtest(SPEC, market)


@pytest.fixture(scope="module")
def changed(report: BacktestReport) -> Change:
    """The report as if of another symbol, model type or config."""

    def change(**fields: Any) -> BacktestReport:
        model = replace(report.model, meta=report.model.meta.replace(**fields))
        return replace(report, spec=model.spec, model=model)

    return change


@pytest.fixture
def candidates(database_url: str) -> CandidateStore:
    return CandidateStore(database_url)


def age(execute: Execute, candidate_id: str, days: int) -> None:
    execute(
        "UPDATE mlwidgets_candidates SET created_at = created_at - :ms WHERE id = :id",
        ms=days * 86_400_000, id=candidate_id,
    )  # fmt: skip


def test_a_candidate_holds_all_facts_of_its_backtest(
    candidates: CandidateStore, report: BacktestReport
) -> None:
    kept = candidates.keep(report, job_id="j" * 12, standing={"verdict": {"needed": 3}})

    assert candidates.get(kept.id) == kept
    assert (kept.job_id, kept.standing) == ("j" * 12, {"verdict": {"needed": 3}})
    assert (kept.spec, kept.config, kept.symbol) == (SPEC, CONFIG, "SIMUSDT")
    assert (kept.metrics, kept.baselines) == (report.metrics, report.baselines)
    assert kept.baseline_interval == report.baseline_interval
    origins = pd.DatetimeIndex(report.predictions.index).as_unit("ms").asi8
    assert [kept.test_start, kept.test_end] == [origins[0], origins[-1]]
    assert (kept.refits, kept.seconds) == (report.refits, report.seconds)
    assert kept.saved_version is None
    assert kept.meta == report.model.meta.replace(weights_sha256=kept.meta.weights_sha256)


def test_its_weights_are_exactly_those_that_were_measured(
    candidates: CandidateStore, report: BacktestReport, tmp_path: Any
) -> None:
    kept = candidates.keep(report)
    artifact = candidates.artifact(kept.id)

    assert artifact.digest() == report.model.to_artifact().digest()
    assert artifact.meta == kept.meta
    saved = ModelRegistry(tmp_path / "models").save(artifact)
    assert saved.weights_sha256 == kept.meta.weights_sha256
    assert saved.trained_at == kept.meta.trained_at


def test_its_report_is_whole_again(
    candidates: CandidateStore, report: BacktestReport, market: pd.DataFrame
) -> None:
    kept = candidates.keep(report)
    again = candidates.report(kept.id)

    pd.testing.assert_frame_equal(again.predictions, report.predictions, check_freq=False)
    pd.testing.assert_frame_equal(candidates.predictions(kept.id), again.predictions)
    pd.testing.assert_frame_equal(again.table(), report.table())
    for name in ("spec", "metrics", "baselines", "baseline_interval", "refits", "seconds"):
        assert getattr(again, name) == getattr(report, name)
    np.testing.assert_array_equal(
        again.model.predict(market)["predicted"], report.model.predict(market)["predicted"]
    )


def test_the_latest_candidate_is_found_by_symbol_model_type_and_config(
    candidates: CandidateStore, report: BacktestReport, changed: Change
) -> None:
    first = candidates.keep(report)
    second = candidates.keep(report)
    wide = candidates.keep(changed(config=CONFIG.replace(hidden_size=64)))
    candidates.keep(changed(symbol="BTCUSDT"))

    def found(config: dict[str, Any], model_type: ModelType = "LSTM") -> str | None:
        candidate = candidates.find("sim/usdt", model_type, config)
        return candidate and candidate.id

    assert found(CONFIG.model_dump()) == second.id != first.id
    assert found({"hidden_size": 8, "learning_rate": 0.005}) == second.id
    assert found({"hidden_size": 64}) == wide.id == found({})
    assert found({"hidden_size": 9}) is None
    assert found({"hidden_size": 8}, "HYBRID") is None
    with pytest.raises(SpecError, match="A config has no leverage; its fields are hidden_size"):
        found({"leverage": 3})


def test_candidates_are_listed_newest_first_by_slot(
    candidates: CandidateStore, report: BacktestReport, changed: Change
) -> None:
    one, two = candidates.keep(report), candidates.keep(changed(symbol="BTCUSDT"))
    three = candidates.keep(report)

    assert candidates.list() == [three, two, one]
    assert candidates.list(limit=1) == [three]
    assert candidates.list("SIM/USDT") == [three, one]
    assert candidates.list(model_type="LSTM", symbol="BTCUSDT") == [two]
    assert candidates.list(model_type="HYBRID") == []


def test_standing_and_version_are_noted_later(
    candidates: CandidateStore, report: BacktestReport
) -> None:
    kept = candidates.keep(report)
    candidates.set_standing(kept.id, {"production": None, "p": float("nan")})
    candidates.mark_saved(kept.id, "1.0.2")

    noted = candidates.get(kept.id)
    assert (noted.standing, noted.saved_version) == ({"production": None, "p": None}, "1.0.2")
    assert candidates.list() == [noted]


@pytest.mark.parametrize(
    "ask",
    [
        lambda candidates: candidates.get("nobody"),
        lambda candidates: candidates.artifact("nobody"),
        lambda candidates: candidates.predictions("nobody"),
        lambda candidates: candidates.report("nobody"),
        lambda candidates: candidates.set_standing("nobody", {}),
    ],
)
def test_a_candidate_that_is_not_there_is_named(
    candidates: CandidateStore, ask: Callable[[CandidateStore], object]
) -> None:
    with pytest.raises(ModelNotFound, match="There is no candidate 'nobody'"):
        ask(candidates)


def test_damaged_files_of_a_candidate_are_refused(
    candidates: CandidateStore, report: BacktestReport, execute: Execute
) -> None:
    kept = candidates.keep(report)
    execute("UPDATE mlwidgets_candidate_files SET weights = :x, predictions = :x", x=b"{}")

    with pytest.raises(ModelFileError, match="truncated, edited or swapped"):
        candidates.artifact(kept.id)
    with pytest.raises(StorageError, match=f"predictions of candidate {kept.id}"):
        candidates.predictions(kept.id)


def test_a_candidate_of_another_version_hides_no_other(
    candidates: CandidateStore, report: BacktestReport, execute: Execute
) -> None:
    readable, foreign = candidates.keep(report), candidates.keep(report)
    execute("UPDATE mlwidgets_candidates SET facts = '{\"x\": 1}' WHERE id = :id", id=foreign.id)

    assert candidates.list() == [readable]
    with pytest.raises(StorageError, match=f"{foreign.id} was written by another version"):
        candidates.get(foreign.id)


def test_candidates_make_room_after_30_days(
    candidates: CandidateStore, report: BacktestReport, execute: Execute
) -> None:
    old, young = candidates.keep(report), candidates.keep(report)
    age(execute, old.id, 31)
    age(execute, young.id, 29)

    candidates.keep(report)

    assert [kept.id for kept in candidates.list()][1:] == [young.id]
    with pytest.raises(ModelNotFound):
        candidates.artifact(old.id)


def test_a_slot_and_the_whole_keep_the_latest(
    candidates: CandidateStore,
    report: BacktestReport,
    changed: Change,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mlwidgets.jobs.candidate_pruning.KEPT_OF_A_SLOT", 2)
    monkeypatch.setattr("mlwidgets.jobs.candidate_pruning.KEPT", 4)
    others = [candidates.keep(changed(symbol=symbol)) for symbol in ("AUSDT", "BUSDT", "CUSDT")]
    of_slot = [candidates.keep(report) for _ in range(4)]

    assert candidates.list() == [of_slot[3], of_slot[2], others[2], others[1]]


@pytest.mark.parametrize("unsaved", [True, False])
def test_what_a_job_still_has_to_save_makes_no_room(
    candidates: CandidateStore, report: BacktestReport, database_url: str, execute: Execute,
    monkeypatch: pytest.MonkeyPatch, unsaved: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr("mlwidgets.jobs.candidate_pruning.KEPT_OF_A_SLOT", 1)
    store = JobStore(database_url)
    job = store.create(CompareRequest(symbol="SIMUSDT"))
    lease = store.claim(job.id, "c")
    kept = candidates.keep(report, job_id=job.id)
    candidates.keep(report)
    assert candidates.get(kept.id) == kept, "the job that measured it has not ended"

    left: tuple[ModelType, ...] = ("LSTM",) if unsaved else ()
    lease.complete(JobResult(candidates={"LSTM": kept.id}, unsaved=left))
    age(execute, kept.id, 31)
    candidates.keep(report)

    assert (kept.id in {candidate.id for candidate in candidates.list()}) == unsaved


def test_a_candidate_whose_job_never_ends_makes_room_after_30_days(
    candidates: CandidateStore, report: BacktestReport, database_url: str, execute: Execute
) -> None:
    job = JobStore(database_url).create(CompareRequest(symbol="SIMUSDT"))
    kept = candidates.keep(report, job_id=job.id)
    age(execute, kept.id, 31)

    candidates.keep(report)

    assert kept.id not in {candidate.id for candidate in candidates.list()}


def test_reading_candidates_needs_no_torch() -> None:
    code = "import mlwidgets.jobs.candidates, sys; print('torch' in sys.modules)"

    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"

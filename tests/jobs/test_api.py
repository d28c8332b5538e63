"""`mw.jobs`: jobs for scripts, on this machine's cluster and a real database."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import create_engine, text

import mlwidgets as mw
from mlwidgets.errors import (
    Cancelled,
    ClusterUnavailable,
    JobError,
    JobFailed,
    JobNotFound,
    JobStateError,
    ModelMismatch,
    ModelNotFound,
    SpecError,
)
from mlwidgets.jobs import watching
from mlwidgets.jobs.arguments import request_of
from mlwidgets.jobs.dispatch import check_database
from mlwidgets.jobs.home import home_id
from mlwidgets.jobs.leases import JobLease
from mlwidgets.jobs.records import JobFailure, JobRecord, JobResult
from mlwidgets.jobs.requests import CompareRequest
from mlwidgets.jobs.store import JobStore
from mlwidgets.settings import get_settings

QUICK: dict[str, Any] = {
    "epochs": 2, "hidden_size": 4, "sequence_length": 4, "num_layers": 1, "learning_rate": 0.02,
}  # fmt: skip
SPEC = mw.ModelSpec(symbol="BTCUSDT", model_type="LSTM", config=mw.ModelConfig(**QUICK))
SIMULATED = SPEC.replace(symbol="SIMUSDT")
SEARCH: dict[str, Any] = {
    "n_trials": 2, "n_folds": 2, "test_start": "2024-02-10", "space": mw.SearchSpace(**QUICK),
}  # fmt: skip
SECONDS = 120.0
"""Far more than any of these jobs takes."""


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    """46 days of hours called BTCUSDT's, without the simulator's label."""
    frame = mw.simulate_market("1h", periods=46 * 24, seed=3).candles
    frame.attrs.clear()
    return frame


@pytest.fixture
def store(home: Path) -> JobStore:
    """The database of the test's own home."""
    return JobStore()


@pytest.fixture
def waiting(store: JobStore) -> JobRecord:
    """A job that was recorded a moment ago, and that nobody works on."""
    return store.create(mw.jobs.TrainRequest(symbol="BTCUSDT", model_type="LSTM"))


@pytest.fixture
def lease(store: JobStore, waiting: JobRecord) -> JobLease:
    """The right to work on that job, taken by this test."""
    return store.claim(waiting.id, "a cluster")


@contextmanager
def without(file: Path) -> Iterator[None]:
    """A file is out of reach for a while."""
    away = file.with_suffix(".away")
    file.rename(away)
    yield
    away.rename(file)


def test_a_search_on_candles_that_are_given_saves_its_model_and_tells_how_it_went(
    home: Path, candles: pd.DataFrame
) -> None:
    job_id = mw.jobs.submit("train", spec=SPEC, candles=candles, **SEARCH).id
    record = mw.jobs.wait(job_id, timeout=SECONDS)

    assert record.result is not None
    [saved] = record.result.saved
    assert mw.ModelRegistry().get_meta("BTCUSDT", "LSTM") == saved
    assert record.progress.trials_done == 2
    events = mw.jobs.events(job_id)
    assert [event.number for event in events] == [*range(1, len(events) + 1)]
    assert [*mw.jobs.watch(job_id, after=3)] == events[3:]
    assert any("Saved BTCUSDT LSTM 1.0.0" in line for line in mw.jobs.logs(job_id))
    assert mw.jobs.logs(job_id, lines=1) == mw.jobs.logs(job_id)[-1:]
    assert [found.id for found in mw.jobs.list(kind="train", symbol="btc/usdt")] == [job_id]


def test_candles_that_are_given_are_kept_with_the_job(
    store: JobStore, candles: pd.DataFrame
) -> None:
    job = mw.jobs.submit("evaluate", spec=SPEC, candles=candles, test_start="2024-02-10")

    assert job.request.candles.source == "stored"
    pd.testing.assert_frame_equal(store.candles(job.request.candles.digest), candles)
    result = mw.jobs.wait(job.id, timeout=SECONDS).result
    assert result is not None
    assert result.saved == ()
    kept = mw.CandidateStore().get(result.candidates["LSTM"])
    assert (kept.config, kept.job_id) == (SPEC.config, job.id)


def test_models_that_the_job_could_not_save_are_saved_by_the_next_call_from_their_home(
    home: Path, candles: pd.DataFrame
) -> None:
    job = mw.jobs.submit("train", spec=SPEC, candles=candles, **SEARCH)
    with without(get_settings().data_dir / "home-id"):
        result = mw.jobs.wait(job.id, timeout=SECONDS).result
        assert result is not None
        assert (result.saved, result.unsaved) == ((), ("LSTM",))

    result = mw.jobs.get(job.id).result

    assert result is not None
    assert ([meta.version for meta in result.saved], result.unsaved) == (["1.0.0"], ())
    assert [meta.version for meta in mw.ModelRegistry().production()] == ["1.0.0"]


def test_a_job_that_no_cluster_took_is_recorded_and_can_be_resumed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_all = home / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    choice = mw.jobs.SimulatedCandles(periods=1104)
    with monkeypatch.context() as patch:
        patch.setenv("MLWIDGETS_CLUSTER_DIR", str(open_to_all))
        with pytest.raises(ClusterUnavailable) as refused:
            mw.jobs.submit("evaluate", spec=SIMULATED, candles=choice, test_start="2024-02-10")
    [job] = mw.jobs.list()
    assert f"mlwidgets jobs resume {job.id}" in refused.value.message

    mw.jobs.resume(job.id)

    assert mw.jobs.wait(job.id, timeout=SECONDS).state == "completed"


def test_a_job_runs_though_it_is_handed_over_twice(home: Path) -> None:
    choice = mw.jobs.SimulatedCandles(periods=1104)
    job = mw.jobs.submit("evaluate", spec=SIMULATED, candles=choice, test_start="2024-02-10")
    with suppress(JobStateError):  # where it has begun already
        mw.jobs.resume(job.id)
    assert mw.jobs.wait(job.id, timeout=SECONDS).state == "completed"


def test_the_error_of_a_failed_job_is_raised_to_who_waits_for_it(home: Path) -> None:
    choice = mw.jobs.SimulatedCandles(periods=500)
    job = mw.jobs.submit("evaluate", spec=SIMULATED, candles=choice, test_start="2019-01-01")
    with pytest.raises(JobFailed) as raised:
        mw.jobs.wait(job.id, timeout=SECONDS)
    error = mw.jobs.get(job.id).error
    assert error is not None
    assert raised.value.message == f"Job {job.id} failed: {error.message}"
    assert raised.value.details["type"] == error.type == "SpecError"


def test_a_job_that_waits_is_cancelled_at_once(waiting: JobRecord) -> None:
    assert mw.jobs.cancel(waiting.id).state == "cancelled"
    with pytest.raises(Cancelled, match=waiting.id):
        mw.jobs.wait(waiting.id)
    with pytest.raises(JobStateError, match="is cancelled; there is nothing to cancel"):
        mw.jobs.cancel(waiting.id)


def test_waiting_ends_in_time_and_leaves_the_job_alone(lease: JobLease) -> None:
    with pytest.raises(TimeoutError, match=f"{lease.job_id} is still running"):
        mw.jobs.wait(lease.job_id, timeout=0)
    assert mw.jobs.get(lease.job_id).state == "running"


def test_who_watches_sees_each_event_once_as_it_comes(lease: JobLease) -> None:
    watched = mw.jobs.watch(lease.job_id)
    assert [event.text for event in itertools.islice(watched, 2)] == ["Queued.", "Started."]

    lease.event("log", "Half of it is done.")
    assert next(watched).text == "Half of it is done."
    lease.fail(JobFailure(type="TrainingDiverged", message="The loss is not finite."))

    assert [event.data for event in watched] == [{"state": "failed"}]


def test_every_event_is_seen_however_many_there_are(
    lease: JobLease, store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_PAGE", 2)
    for number in range(3):
        lease.event("log", f"Line {number}.")
    lease.complete(JobResult())
    assert [event.number for event in mw.jobs.watch(lease.job_id)] == [1, 2, 3, 4, 5, 6]


def test_watching_ends_where_a_job_stays_interrupted(
    lease: JobLease, store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PATIENCE", 0.0)
    with closing(create_engine(store.url).connect()) as connection:
        connection.execute(text("update mlwidgets_jobs set beat_at = 0"))
        connection.commit()

    assert [event.text for event in mw.jobs.watch(lease.job_id)] == ["Queued.", "Started."]
    with pytest.raises(JobError, match=f"mlwidgets jobs resume {lease.job_id}"):
        mw.jobs.wait(lease.job_id)


@pytest.mark.parametrize(
    "ask", [mw.jobs.get, mw.jobs.watch, mw.jobs.wait, mw.jobs.cancel, mw.jobs.resume, mw.jobs.logs]
)
def test_a_job_that_does_not_exist_is_named(home: Path, ask: Callable[[str], object]) -> None:
    with pytest.raises(JobNotFound, match="There is no job '000000000000'"):
        ask("000000000000")


@pytest.mark.parametrize(
    ("kind", "options", "told"),
    [
        ("train", {"n_trails": 3}, "kind train takes no n_trails; it takes .*n_trials"),
        ("evaluate", {"n_trials": 3}, "kind evaluate takes no n_trials"),
        ("search", {}, "There is no kind of job 'search'; choose train, evaluate, compare"),
        ("train", {"symbol": "ETHUSDT"}, "The spec says symbol already"),
        ("train", {"n_trials": 0}, "n_trials"),
        (mw.jobs.TrainRequest(symbol="BTCUSDT", model_type="LSTM"), {}, "leave spec away"),
        (3, {}, "not as int"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(
    home: Path, kind: Any, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(SpecError, match=told):
        mw.jobs.submit(kind, spec=SPEC, **options)
    assert not get_settings().data_dir.exists()


def test_candles_of_another_symbol_are_refused_before_anything_is_written(
    home: Path, candles: pd.DataFrame
) -> None:
    labelled = candles.copy()
    labelled.attrs["symbol"] = "ETHUSDT"
    with pytest.raises(ModelMismatch, match="ETHUSDT"):
        mw.jobs.submit("evaluate", spec=SPEC, candles=labelled)
    assert not get_settings().data_dir.exists()


def test_simulated_candles_of_a_real_symbol_are_refused_before_anything_is_written(
    home: Path,
) -> None:
    frame = mw.simulate_market("1h", periods=600, symbol="BTCUSDT").candles
    for choice in (frame, mw.jobs.SimulatedCandles()):
        with pytest.raises(SpecError, match="SIMUSDT"):
            mw.jobs.submit("train", spec=SPEC, candles=choice)
    assert not get_settings().data_dir.exists()


def test_a_job_of_a_home_that_asks_no_exchange_asks_none(home: Path) -> None:
    settings = get_settings().model_copy(update={"offline": True})
    job = mw.jobs.submit("evaluate", spec=SPEC, settings=settings)
    with pytest.raises(JobFailed, match="Load them without offline"):
        mw.jobs.wait(job.id, timeout=SECONDS)


def test_who_waits_for_a_job_is_not_told_of_another_that_cannot_be_saved(
    store: JobStore,
) -> None:
    home = home_id(get_settings())
    broken, job = (store.create(CompareRequest(symbol="BTCUSDT"), home_id=home) for _ in range(2))
    lost = JobResult(candidates={"LSTM": "0" * 12}, unsaved=("LSTM",))
    store.claim(broken.id, "tls://here:8786").complete(lost)
    store.claim(job.id, "tls://here:8786").complete(JobResult())

    assert mw.jobs.wait(job.id).id == job.id
    with pytest.raises(ModelNotFound):
        mw.jobs.wait(broken.id)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_scheduler_on_this_machine_may_use_its_sqlite_file(home: Path, host: str) -> None:
    settings = get_settings().model_copy(update={"scheduler": f"tls://{host}:8786"})
    check_database(settings.study_url, settings)


def test_a_cluster_elsewhere_is_refused_with_a_database_that_it_cannot_reach(home: Path) -> None:
    settings = get_settings().model_copy(update={"scheduler": "tls://10.0.0.5:8786"})
    with pytest.raises(SpecError, match="Set MLWIDGETS_DATABASE_URL"):
        mw.jobs.submit("evaluate", spec=SPEC, settings=settings)
    assert not get_settings().data_dir.exists()


def test_a_comparison_takes_the_config_of_its_spec_for_that_model_type_only() -> None:
    request = request_of("compare", SPEC, {})
    assert (request.symbol, request.configs) == ("BTCUSDT", {"LSTM": SPEC.config})

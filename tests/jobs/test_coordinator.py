"""Jobs on a real cluster: what they keep and save, and what a lost coordinator costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import optuna
import pandas as pd
import pytest
from distributed import Client, Future

from mlwidgets.cluster import cluster_label, coordinator_resources, open_cluster
from mlwidgets.errors import JobLost, JobStateError
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.coordinator import run_job
from mlwidgets.jobs.delivery import deliver_pending
from mlwidgets.jobs.home import Home
from mlwidgets.jobs.order import JobOrder
from mlwidgets.jobs.records import JobProgress, JobRecord
from mlwidgets.jobs.requests import (
    CompareRequest,
    EvaluateRequest,
    JobRequest,
    LoadedCandles,
    SimulatedCandles,
    StoredCandles,
    TrainRequest,
)
from mlwidgets.jobs.store import JobStore
from mlwidgets.market.loopback import LoopbackExchange
from mlwidgets.market.simulator import simulate_market
from mlwidgets.registry.registry import ModelRegistry
from mlwidgets.search.ranges import FloatRange, IntRange
from mlwidgets.search.space import SearchSpace
from mlwidgets.settings import Settings

SECONDS = 200
CANDLES = SimulatedCandles(periods=2500)
CONFIG = ModelConfig(hidden_size=4, sequence_length=4, learning_rate=0.01, epochs=3)
SPACE = SearchSpace(
    hidden_size=IntRange(4, 8), sequence_length=IntRange(4, 8),
    learning_rate=FloatRange(1e-3, 1e-2), epochs=2, num_layers=1, batch_size=256,
)  # fmt: skip
ENDLESS = CONFIG.replace(epochs=10_000, patience=10_000)

TRAIN = TrainRequest(
    symbol="SIMUSDT", model_type="LSTM", n_trials=2, n_folds=2, space=SPACE, candles=CANDLES
)
EVALUATE = EvaluateRequest(symbol="SIMUSDT", model_type="LSTM", config=CONFIG, candles=CANDLES)
COMPARE = CompareRequest(
    symbol="SIMUSDT", configs={"LSTM": CONFIG, "HYBRID": CONFIG}, candles=CANDLES
)


@dataclass
class Desk:
    """A database and a home, and a cluster to send jobs to."""

    client: Client
    settings: Settings
    store: JobStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = JobStore(self.settings.study_url)

    @property
    def home(self) -> Home:
        return Home.of(self.settings)

    @property
    def registry(self) -> ModelRegistry:
        return ModelRegistry(self.settings.models_dir)

    @property
    def candidates(self) -> CandidateStore:
        return CandidateStore(self.store.url)

    def submit(self, request: JobRequest) -> JobRecord:
        return self.store.create(request, home_id=self.home.id)

    def begin(self, job: JobRecord, home: Home | None = None) -> Future[None]:
        key = f"job-{job.id}-{self.store.get(job.id).attempt + 1}"
        order = JobOrder(job.id, self.store.url, home or self.home)
        resources = coordinator_resources()
        return self.client.submit(run_job, order, key=key, resources=resources, pure=False)

    def run(self, job: JobRecord, home: Home | None = None) -> JobRecord:
        """See a job through."""
        self.begin(job, home).result(timeout=SECONDS)
        return self.store.get(job.id)

    def versions(self) -> list[str]:
        metas = [*self.registry.production(), *self.registry.archived()]
        return sorted(f"{meta.model_type} {meta.version}" for meta in metas)

    def texts(self, job: JobRecord) -> str:
        return "\n".join(event.text for event in self.store.events(job.id))


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with open_cluster() as client:
        yield client


@pytest.fixture
def desk(client: Client, tmp_path: Path) -> Desk:
    return Desk(client, Settings(home=tmp_path))


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the condition was never met"
        time.sleep(0.05)


def test_a_train_job_searches_measures_and_saves_the_best(desk: Desk) -> None:
    job = desk.run(desk.submit(TRAIN))

    assert job.state == "completed"
    assert job.result is not None
    [meta] = desk.registry.production()
    assert job.result.saved == (meta,)
    assert job.result.unsaved == ()
    kept = desk.candidates.get(job.result.candidates["LSTM"])
    assert (kept.job_id, kept.saved_version) == (job.id, meta.version)
    assert kept.standing == job.result.standings["LSTM"]
    assert job.progress.best_config == meta.config == kept.config
    assert (job.progress.stage, job.progress.fraction) == ("done", 1.0)
    assert (job.progress.trials_done, job.progress.folds_done) == (2, 4)
    study = optuna.load_study(study_name=job.result.study_name, storage=desk.store.url)
    assert study.best_value == job.result.best_value
    assert len(study.trials) == 2


def test_a_job_tells_its_story(desk: Desk) -> None:
    job = desk.run(desk.submit(TRAIN))

    events = desk.store.events(job.id)
    stages = [event.data["stage"] for event in events if event.kind == "stage"]
    assert stages == ["candles", "search", "training", "measuring", "saving"]
    assert {event.data["number"] for event in events if event.kind == "trial"} == {0, 1}
    assert "2,500 candles from 2024-01-01 00:00" in desk.texts(job)
    assert "Best so far: trial" in desk.texts(job)
    assert "Saved SIMUSDT LSTM 1.0.0" in desk.texts(job)


def test_an_evaluate_job_keeps_its_report_and_saves_nothing(desk: Desk) -> None:
    job = desk.run(desk.submit(EVALUATE))

    assert job.state == "completed"
    assert job.result is not None
    assert desk.versions() == []
    kept = desk.candidates.get(job.result.candidates["LSTM"])
    assert kept.config == CONFIG
    assert kept.metrics.origins == len(desk.candidates.predictions(kept.id))


def test_a_compare_job_saves_both_and_tests_their_difference(desk: Desk) -> None:
    job = desk.run(desk.submit(COMPARE))

    assert job.result is not None
    assert desk.versions() == ["HYBRID 1.0.0", "LSTM 1.0.0"]
    assert job.result.difference is not None
    assert job.result.difference.keys() == {"statistic", "pValue"}
    assert job.result.standings.keys() == {"LSTM", "HYBRID"}


def test_a_job_without_enough_candles_fails_and_keeps_nothing(desk: Desk) -> None:
    request = EVALUATE.replace(candles=SimulatedCandles(periods=500), test_start="2024-01-02")
    job = desk.run(desk.submit(request))

    assert job.state == "failed"
    assert job.error is not None
    assert job.error.type == "NotEnoughCandles"
    assert desk.candidates.list() == []
    assert desk.versions() == []


def test_a_models_folder_that_cannot_be_written_is_told_before_the_search(desk: Desk) -> None:
    desk.settings.models_dir.parent.mkdir(exist_ok=True)
    desk.settings.models_dir.write_text("in the way")

    job = desk.run(desk.submit(TRAIN))

    assert job.error is not None
    assert job.error.type == "StorageError"
    assert "Searching" not in desk.texts(job)


@pytest.mark.parametrize(
    "request_",
    [
        TRAIN.replace(n_trials=1, space=SPACE.replace(epochs=10_000, patience=10_000)),
        EVALUATE.replace(config=ENDLESS),
        COMPARE.replace(configs={"LSTM": ENDLESS, "HYBRID": ENDLESS}),
    ],
    ids=["search", "training", "both"],
)
def test_a_cancelled_job_ends_at_once_and_keeps_nothing(desk: Desk, request_: JobRequest) -> None:
    job = desk.submit(request_)
    future = desk.begin(job)
    wait_for(lambda: desk.store.get(job.id).progress.stage in ("search", "training"))

    asked = desk.store.request_cancel(job.id)
    future.result(timeout=SECONDS)

    assert asked.cancelling
    assert desk.store.get(job.id).state == "cancelled"
    assert desk.candidates.list() == []
    assert desk.versions() == []


def test_a_cancelled_job_stops_while_its_exchange_does_not_answer(
    desk: Desk, client: Client, tmp_path: Path
) -> None:
    candles = simulate_market("1h", periods=600).candles
    with LoopbackExchange({("SIMUSDT", "1h"): candles}) as exchange:
        url = exchange.url
    settings = Settings(home=tmp_path, exchange_url=url)  # nobody listens there any more
    desk = Desk(client, settings)
    job = desk.submit(EVALUATE.replace(candles=LoadedCandles(start="2024-01-01")))
    future = desk.begin(job)
    wait_for(lambda: desk.store.get(job.id).progress.stage == "candles")

    desk.store.request_cancel(job.id)
    future.result(timeout=SECONDS)

    assert desk.store.get(job.id).state == "cancelled"


def test_a_job_is_cancelled_in_its_final_training_too(desk: Desk) -> None:
    space = SPACE.replace(epochs=80, patience=80)
    job = desk.submit(TRAIN.replace(n_trials=1, n_folds=1, space=space))
    future = desk.begin(job)
    wait_for(lambda: desk.store.get(job.id).progress.stage == "training")

    desk.store.request_cancel(job.id)
    future.result(timeout=SECONDS)

    assert desk.store.get(job.id).state == "cancelled"
    assert desk.candidates.list() == []
    assert desk.versions() == []


def test_a_resumed_search_goes_on_with_the_trials_it_has(desk: Desk) -> None:
    space = SPACE.replace(epochs=40, patience=40)
    job = desk.submit(TRAIN.replace(n_trials=5, space=space))
    future = desk.begin(job)
    wait_for(lambda: desk.store.get(job.id).progress.trials_done)
    desk.store.request_cancel(job.id)
    future.result(timeout=SECONDS)
    done = finished_trials(desk, job)

    job = desk.run(desk.store.requeue(job.id))

    assert job.state == "completed"
    assert job.attempt == 2
    assert 0 < len(done) < 5
    assert done.items() <= finished_trials(desk, job).items()
    assert len(finished_trials(desk, job)) == 5
    assert f"{len(done)} of 5 trials were finished before" in desk.texts(job)
    assert desk.versions() == ["LSTM 1.0.0"]


def finished_trials(desk: Desk, job: JobRecord) -> dict[int, object]:
    """When each finished trial of a job ended, by number."""
    study = optuna.load_study(study_name=f"job-{job.id}", storage=desk.store.url)
    return {
        trial.number: trial.datetime_complete for trial in study.trials if trial.state.is_finished()
    }


def test_a_completed_search_is_extended_by_more_trials(desk: Desk) -> None:
    first = desk.run(desk.submit(TRAIN))
    more = desk.run(desk.store.requeue(first.id, n_trials=3))

    assert more.state == "completed"
    assert more.progress.trials_done == 3
    assert first.result is not None
    assert more.result is not None
    assert more.result.best_value <= first.result.best_value
    saved = {first.result.candidates["LSTM"], more.result.candidates["LSTM"]}
    assert len(desk.versions()) == len(saved) == len(desk.candidates.list())


def test_loaded_candles_are_kept_so_that_every_attempt_has_the_same(
    client: Client, tmp_path: Path
) -> None:
    candles = simulate_market("1h", periods=2500, start="2024-01-01").candles
    with LoopbackExchange({("SIMUSDT", "1h"): candles}) as exchange:
        desk = Desk(client, Settings(home=tmp_path, exchange_url=exchange.url))
        source = LoadedCandles(start="2024-01-01", end="2024-04-14")
        job = desk.run(desk.submit(EVALUATE.replace(candles=source)))

    assert job.state == "completed"
    kept = job.request.candles
    assert isinstance(kept, StoredCandles)
    frame = desk.store.candles(kept.digest)
    pd.testing.assert_frame_equal(frame, candles.loc[: frame.index[-1]], check_freq=False)
    assert frame.attrs["source"] == "binance"


def test_a_coordinator_that_lost_its_job_stops_and_changes_nothing(desk: Desk) -> None:
    job = desk.submit(EVALUATE.replace(config=ENDLESS))
    future = desk.begin(job)
    wait_for(lambda: desk.store.get(job.id).progress.stage == "training")

    lease = desk.store.claim(job.id, cluster_label(desk.client))
    future.result(timeout=SECONDS)

    assert not lease.beat()
    assert desk.store.get(job.id).state == "running"
    assert desk.candidates.list() == []


def test_a_coordinator_that_comes_back_takes_the_job_over(desk: Desk) -> None:
    job = desk.submit(EVALUATE)
    lost = desk.store.claim(job.id, "tls://a.host.that.died:8786")

    job = desk.run(job)

    assert (job.state, job.attempt) == ("completed", 2)
    with pytest.raises(JobLost):
        lost.beat()


def test_a_job_that_was_cancelled_while_it_waited_is_not_begun(desk: Desk) -> None:
    job = desk.submit(EVALUATE)
    desk.store.mark_dispatched(job.id, cluster_label(desk.client))
    desk.store.request_cancel(job.id)

    assert desk.run(job).state == "cancelled"
    assert desk.store.get(job.id).attempt == 0


def test_a_job_that_was_killed_while_it_saved_can_only_complete(desk: Desk) -> None:
    job = desk.submit(TRAIN)
    lease = desk.store.claim(job.id, "tls://a.host.that.died:8786")
    lease.progress(JobProgress(stage="saving"))
    with pytest.raises(JobStateError, match="too late to cancel"):
        desk.store.request_cancel(job.id)

    future = desk.begin(job)
    wait_for(lambda: "Searching" in desk.texts(job))
    with pytest.raises(JobStateError, match="cancel"):
        desk.store.request_cancel(job.id)
    future.result(timeout=SECONDS)

    assert desk.store.get(job.id).state == "completed"
    assert desk.versions() == ["LSTM 1.0.0"]


def test_models_of_a_home_out_of_reach_wait_for_their_home(desk: Desk) -> None:
    elsewhere = replace(desk.home, id="another")

    job = desk.run(desk.submit(TRAIN), elsewhere)

    assert job.state == "completed"
    assert job.result is not None
    assert (job.result.saved, job.result.unsaved) == ((), ("LSTM",))
    assert desk.versions() == []
    [delivered] = deliver_pending(desk.store, desk.settings)
    assert delivered == desk.store.get(job.id)
    assert delivered.result.unsaved == ()
    assert desk.versions() == ["LSTM 1.0.0"]

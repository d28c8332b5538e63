"""What a person does with a job, and what happens when it cannot be done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mlwidgets.components.choice import Choice
from mlwidgets.components.jobs.end_notice import end_notice
from mlwidgets.components.jobs.ends import JobEnds
from mlwidgets.components.jobs.job_list import JobList
from mlwidgets.components.jobs.state import JobsState
from mlwidgets.errors import ClusterUnavailable, JobStateError, MlwidgetsError
from mlwidgets.jobs.records import JobFailure, JobRecord, JobResult
from mlwidgets.jobs.requests import CompareRequest, TrainRequest
from mlwidgets.jobs.store import JobStore


class Actions:
    """Refuses everything, as a cluster out of reach does."""

    def __init__(self, error: MlwidgetsError) -> None:
        self.error = error

    def cancel(self, job_id: str) -> JobRecord:
        raise self.error

    def resume(self, job_id: str, n_trials: int | None = None) -> JobRecord:
        raise self.error


@pytest.fixture
def store(tmp_path: Path) -> JobStore:
    return JobStore(f"sqlite:///{tmp_path / 'jobs.db'}", is_dead=lambda _: False)


def shown(store: JobStore, error: MlwidgetsError) -> tuple[JobsState, JobList]:
    state = JobsState(store, Actions(error), Choice(symbol="BTCUSDT"))
    return state, JobList(state)


def test_a_refusal_stands_at_its_job(store: JobStore) -> None:
    job = store.create(CompareRequest(symbol="BTCUSDT"))
    store.request_cancel(job.id)
    state, widget = shown(store, ClusterUnavailable("No cluster took the job."))

    asyncio.run(state.resume(job.id))

    [said] = widget.jobs
    assert said["refusal"] == "No cluster took the job."
    assert not said["busy"]
    assert said["resume_label"] == "Resume: Compare LSTM and HYBRID"


def test_who_comes_too_late_sees_what_has_become_of_the_job(store: JobStore) -> None:
    job = store.create(CompareRequest(symbol="BTCUSDT"))
    state, widget = shown(store, JobStateError("It has ended already."))
    store.request_cancel(job.id)

    asyncio.run(state.cancel(job.id))

    [said] = widget.jobs
    assert (said["state"], said["refusal"]) == ("cancelled", "")


def test_a_job_that_is_not_in_the_list_is_left_alone(store: JobStore) -> None:
    state, _ = shown(store, ClusterUnavailable("asked all the same"))

    asyncio.run(state.cancel("../../etc"))

    assert state.refusals == {}


def test_a_job_that_is_told_to_stop_says_so_until_it_has(store: JobStore) -> None:
    job = store.create(CompareRequest(symbol="BTCUSDT"))
    store.claim(job.id, "here")
    store.request_cancel(job.id)

    _, widget = shown(store, ClusterUnavailable(""))

    [said] = widget.jobs
    assert (said["word"], said["can_cancel"], said["can_resume"]) == ("stopping", False, False)


def test_jobs_of_all_symbols_are_there_and_those_at_work_come_first(store: JobStore) -> None:
    running = store.create(TrainRequest(symbol="ETHUSDT", model_type="LSTM"))
    ended = store.create(CompareRequest(symbol="BTCUSDT", horizon="4h"))
    store.request_cancel(ended.id)
    state, widget = shown(store, ClusterUnavailable(""))

    assert [job["id"] for job in widget.jobs] == [running.id, ended.id]
    assert widget.jobs[1]["about"] == "BTCUSDT · 1h · 4h ahead"
    assert widget.jobs[1]["query"].endswith("model=LSTM&horizon=4h&tab=compare")
    assert state.running == 1

    widget.set_state({"only_chosen": True})

    assert [job["id"] for job in widget.jobs] == [ended.id]


def test_what_has_ended_is_told_once_and_what_had_ended_before_is_not(store: JobStore) -> None:
    def create() -> JobRecord:
        return store.create(CompareRequest(symbol="BTCUSDT"))

    old, running, ends = create(), create(), JobEnds()
    store.request_cancel(old.id)
    lease = store.claim(running.id, "here")
    assert ends.among(store.list()) == []

    lease.fail(JobFailure(type="X", message="No."))
    quick = create()
    store.claim(quick.id, "here").complete(JobResult())

    assert [record.id for record in ends.among(store.list())] == [running.id, quick.id]
    assert ends.among(store.list()) == []

    store.requeue(old.id)
    store.claim(old.id, "here").complete(JobResult())
    assert [record.id for record in ends.among(store.list())] == [old.id]


def test_a_failed_job_s_notice_says_why(store: JobStore) -> None:
    job = store.create(TrainRequest(symbol="BTCUSDT", model_type="LSTM"))
    store.claim(job.id, "here").fail(JobFailure(type="NotEnoughCandles", message="70 candles."))

    notice = end_notice(store.get(job.id))

    assert (notice.kind, notice.title) == ("failed", "Train LSTM has failed: BTCUSDT · 1h")
    assert (notice.text, notice.action, notice.link) == ("70 candles.", "Show", "")

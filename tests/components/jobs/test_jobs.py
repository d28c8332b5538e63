"""What a person does with a job, and what happens when it cannot be done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mlwidgets.components.jobs.job_list import JobList
from mlwidgets.components.jobs.state import JobsState
from mlwidgets.errors import ClusterUnavailable, JobStateError, MlwidgetsError
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import CompareRequest
from mlwidgets.jobs.store import JobStore


class Actions:
    """Refuses everything, as a cluster out of reach does."""

    def __init__(self, error: MlwidgetsError) -> None:
        self.error = error

    def cancel(self, job_id: str) -> JobRecord:
        raise self.error

    resume = cancel


@pytest.fixture
def store(tmp_path: Path) -> JobStore:
    return JobStore(f"sqlite:///{tmp_path / 'jobs.db'}", is_dead=lambda _: False)


def shown(store: JobStore, error: MlwidgetsError) -> tuple[JobsState, JobList]:
    state = JobsState(store, Actions(error), symbol="BTCUSDT")
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

"""Many processes at one database, and some that are killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from mlwidgets.errors import JobLost
from mlwidgets.jobs.records import JobProgress, JobResult
from mlwidgets.jobs.requests import TrainRequest
from mlwidgets.jobs.store import JobStore

Together = Callable[[int, Callable[[int], object]], list[Any]]

REQUEST = TrainRequest(symbol="BTCUSDT", model_type="LSTM")


def alive(_label: str) -> bool:
    return False


def test_processes_that_open_an_empty_database_at_once_all_find_it_ready(
    database_url: str, together: Together
) -> None:
    ids = together(6, lambda _: JobStore(database_url, alive).create(REQUEST).id)

    assert {job.id for job in JobStore(database_url, alive).list()} == {*ids}
    assert len({*ids}) == 6


def test_of_coordinators_that_claim_a_job_at_once_one_holds_it(
    database_url: str, together: Together
) -> None:
    store = JobStore(database_url, alive)
    job = store.create(REQUEST)

    attempts = together(8, lambda n: JobStore(database_url, alive).claim(job.id, f"c{n}").attempt)

    assert sorted(attempts) == [*range(1, 9)]
    assert store.get(job.id).attempt == 8


def test_of_holders_that_write_at_once_the_last_alone_gets_through_and_events_have_no_gap(
    database_url: str, together: Together
) -> None:
    store = JobStore(database_url, alive)
    job = store.create(REQUEST)

    def work(number: int) -> tuple[int, int]:
        lease = JobStore(database_url, alive).claim(job.id, f"c{number}")
        written = 0
        try:
            for _ in range(15):
                lease.event("log", f"{lease.attempt}")
                written += 1
                lease.beat()
        except JobLost:
            pass
        return lease.attempt, written

    written = dict(together(8, work))

    events = store.events(job.id)
    assert [event.number for event in events] == [*range(1, len(events) + 1)]
    lines = [int(event.text) for event in events if event.kind == "log"]
    assert lines == sorted(lines)
    assert {attempt: lines.count(attempt) for attempt in written} == written
    assert written[8] == 15


def test_a_cancel_and_a_resume_beside_a_coordinator_leave_no_gap(
    database_url: str, together: Together
) -> None:
    store = JobStore(database_url, alive)
    job = store.create(REQUEST)
    lease = store.claim(job.id, "c")

    def disturb(number: int) -> None:
        mine = JobStore(database_url, alive)
        for line in range(10):
            if number == 0:
                mine.request_cancel(job.id)
            elif number == 1:
                lease_again = type(lease)(
                    mine._storage, job.id, lease.attempt, lease.request, lease.home_id
                )
                lease_again.event("log", f"line {line}")
            else:
                mine.list(states=["running"])

    together(4, disturb)

    assert [event.number for event in store.events(job.id)] == [*range(1, 14)]
    assert lease.beat()


@pytest.mark.parametrize("events", [3, 40])
def test_a_writer_that_is_killed_leaves_whole_jobs_behind(database_url: str, events: int) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("killing a process in the middle of its work needs fork")
    store = JobStore(database_url, alive)
    child = os.fork()
    if child == 0:
        _write_for_ever(database_url)
    await_condition(lambda: len(store.list(limit=1000)) * 6 > events)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    jobs = JobStore(database_url, alive).list(limit=10_000)
    for job in jobs:
        told = store.events(job.id)
        assert [event.number for event in told] == [*range(1, len(told) + 1)]
        assert told[-1].data.get("state", job.state) == job.state
        assert (job.state == "completed") == (job.result is not None) == (len(told) == 5)
    _check_file(database_url)
    assert store.claim(store.create(REQUEST).id, "c").beat() is False


def _write_for_ever(database_url: str) -> None:
    try:
        store = JobStore(database_url, alive)
        while True:
            lease = store.claim(store.create(REQUEST).id, "c")
            lease.event("log", "x" * 5000)
            lease.progress(JobProgress(stage="search"))
            lease.event("log", "y" * 5000)
            lease.complete(JobResult(study_name="s"))
    finally:
        os._exit(1)


def _check_file(database_url: str) -> None:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        with sqlite3.connect(str(url.database)) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def await_condition(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "the condition did not come to hold"
        time.sleep(0.005)

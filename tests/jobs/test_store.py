"""What a job's record says, whoever reads it and whatever happened, on SQLite and PostgreSQL."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import optuna
import pytest
import sqlalchemy

from mlwidgets.errors import JobLost, JobNotFound, JobStateError, SpecError, StorageError
from mlwidgets.jobs.leases import JobLease
from mlwidgets.jobs.records import JobFailure, JobProgress, JobRecord, JobResult, JobState
from mlwidgets.jobs.requests import CompareRequest, EvaluateRequest, SimulatedCandles, TrainRequest
from mlwidgets.jobs.store import JobStore
from mlwidgets.jobs.studies import study_name
from mlwidgets.search.storage import open_storage

TRAIN = TrainRequest(
    symbol="sim/usdt", model_type="LSTM", n_trials=8, candles=SimulatedCandles(seed=3)
)
EVALUATE = EvaluateRequest(symbol="ETHUSDT", model_type="HYBRID")
COMPARE = CompareRequest(symbol="BTCUSDT")
CLUSTER = "local:here:1"
FAILURE = JobFailure(type="CandleError", message="Row 3 goes back in time.", details={"rows": [3]})
RESULT = JobResult(candidates={"LSTM": "c" * 12}, study_name="s", best_value=0.98)

Execute = Callable[..., None]
Ending = Callable[[JobLease], None]

ENDINGS: dict[JobState, Ending] = {
    "completed": lambda lease: lease.complete(RESULT),
    "failed": lambda lease: lease.fail(FAILURE),
    "cancelled": lambda lease: lease.cancelled(),
}


def ended(store: JobStore, state: JobState) -> JobRecord:
    job = store.create(TRAIN)
    ENDINGS[state](store.claim(job.id, CLUSTER))
    return store.get(job.id)


def states(store: JobStore, job: JobRecord) -> list[Any]:
    return [event.data["state"] for event in store.events(job.id) if event.kind == "state"]


@pytest.mark.parametrize("request_", [TRAIN, EVALUATE, COMPARE], ids=lambda r: r.kind)
def test_a_job_that_was_submitted_is_queued_and_as_it_was_asked_for(
    store: JobStore, request_: Any
) -> None:
    job = store.create(request_)

    assert job == store.get(job.id)
    assert (job.request, job.kind, job.state, job.attempt) == (
        request_, request_.kind, "queued", 0,
    )  # fmt: skip
    assert (job.started_at, job.finished_at, job.result, job.error) == (None,) * 4
    [event] = store.events(job.id)
    assert (event.number, event.kind, event.data) == (1, "state", {"state": "queued"})
    assert event.time >= job.created_at > 1_700_000_000_000


def test_ids_are_short_and_sort_by_creation_even_within_a_millisecond(store: JobStore) -> None:
    ids = [store.create(TRAIN).id for _ in range(30)]

    assert ids == sorted({*ids})
    assert all(len(id_) == 12 and id_.isalnum() and id_ == id_.lower() for id_ in ids)
    assert [job.id for job in store.list()] == ids[::-1]


def test_a_coordinator_claims_a_job_and_tells_how_it_goes(store: JobStore) -> None:
    job = store.create(TRAIN)
    lease = store.claim(job.id, CLUSTER)
    lease.progress(JobProgress(stage="search", trials_done=2, n_trials=8, best_value=0.97))
    lease.event("fold", "Trial 2, fold 1.", number=2, n_folds=5, loss=0.97)

    running = store.get(job.id)
    assert (lease.attempt, lease.request) == (1, TRAIN)
    assert (running.state, running.attempt, running.progress.trials_done) == ("running", 1, 2)
    assert running.started_at is not None
    assert not lease.beat()
    last = store.events(job.id)[-1]
    assert (last.number, last.kind, last.text) == (3, "fold", "Trial 2, fold 1.")
    assert last.data == {"number": 2, "nFolds": 5, "loss": 0.97}


@pytest.mark.parametrize("state", ENDINGS)
def test_a_job_ends_with_its_result_or_its_error(store: JobStore, state: JobState) -> None:
    job = ended(store, state)

    assert (job.state, job.finished) == (state, True)
    assert job.finished_at is not None
    assert job.result == (RESULT if state == "completed" else None)
    assert job.error == (FAILURE if state == "failed" else None)
    assert states(store, job) == ["queued", "running", state]


WRITES: dict[str, Callable[[JobLease], object]] = {
    "beat": lambda lease: lease.beat(),
    "progress": lambda lease: lease.progress(JobProgress(stage="done")),
    "event": lambda lease: lease.event("log", "I am still here."),
    "use candles": lambda lease: lease.use_candles("0" * 64),
    **ENDINGS,
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_holder_that_was_overtaken_can_write_nothing(
    store: JobStore, write: Callable[[JobLease], object]
) -> None:
    job = store.create(TRAIN)
    first, second = store.claim(job.id, CLUSTER), store.claim(job.id, "local:here:2")
    before = store.get(job.id), store.events(job.id)

    with pytest.raises(JobLost, match=f"Attempt 1 at job {job.id} is over"):
        write(first)

    assert (store.get(job.id), store.events(job.id)) == before
    assert (second.attempt, second.beat()) == (2, False)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_holder_whose_job_has_ended_or_was_deleted_can_write_nothing(
    store: JobStore, write: Callable[[JobLease], object]
) -> None:
    job = store.create(TRAIN)
    lease = store.claim(job.id, CLUSTER)
    lease.complete(RESULT)

    with pytest.raises(JobLost):
        write(lease)
    assert store.get(job.id).result == RESULT
    store.delete(job.id)
    with pytest.raises(JobLost):
        write(lease)


def test_a_job_that_waits_is_cancelled_at_once(store: JobStore) -> None:
    job = store.request_cancel(store.create(TRAIN).id)

    assert (job.state, job.cancelling) == ("cancelled", False)
    assert job.finished_at is not None
    with pytest.raises(JobStateError, match="is cancelled; there is nothing to do"):
        store.claim(job.id, CLUSTER)


def test_a_job_that_runs_learns_with_its_next_beat_that_it_is_to_stop(store: JobStore) -> None:
    job = store.create(TRAIN)
    lease = store.claim(job.id, CLUSTER)

    asked = store.request_cancel(job.id)
    assert (asked.state, asked.cancelling) == ("running", True)
    assert store.request_cancel(job.id) == asked
    assert lease.beat()
    restarted = store.claim(job.id, CLUSTER)
    assert restarted.beat()
    restarted.cancelled()
    assert (store.get(job.id).state, store.get(job.id).cancelling) == ("cancelled", False)


@pytest.mark.parametrize("state", ENDINGS)
def test_a_finished_job_is_neither_cancelled_nor_claimed(store: JobStore, state: JobState) -> None:
    job = ended(store, state)

    with pytest.raises(JobStateError, match=f"{job.id} is {state}; there is nothing to cancel"):
        store.request_cancel(job.id)
    with pytest.raises(JobStateError, match="there is nothing to do"):
        store.claim(job.id, CLUSTER)
    assert store.get(job.id) == job


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_job_that_did_not_complete_is_queued_again_and_counts_its_attempts(
    store: JobStore, state: JobState
) -> None:
    job = ended(store, state)

    again = store.requeue(job.id)
    assert (again.state, again.attempt, again.error) == ("queued", 1, None)
    assert (again.finished_at, again.started_at) == (None, job.started_at)
    assert store.requeue(job.id) == again
    assert store.claim(job.id, CLUSTER).attempt == 2
    assert [event.number for event in store.events(job.id)] == [1, 2, 3, 4, 5]


def test_a_cancel_is_forgotten_when_the_job_is_queued_again(store: JobStore) -> None:
    job = store.create(TRAIN)
    store.claim(job.id, CLUSTER)
    store.request_cancel(job.id)
    store.claim(job.id, CLUSTER).cancelled()

    store.requeue(job.id)
    assert not store.claim(job.id, CLUSTER).beat()


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_job_that_is_queued_again_waits_with_what_it_has_found(
    store: JobStore, end: JobState
) -> None:
    job = store.create(TRAIN)
    lease = store.claim(job.id, CLUSTER)
    lease.progress(JobProgress(stage="search", fraction=0.5, trials_done=3, eta_seconds=9.0))
    ENDINGS[end](lease)

    again = store.requeue(job.id)

    assert again.progress == JobProgress(stage="queued", trials_done=3)


def test_an_attempt_that_was_cut_off_while_saving_is_still_too_far_to_be_cancelled(
    store: JobStore, gone: set[str]
) -> None:
    job = store.create(TRAIN)
    store.claim(job.id, CLUSTER).progress(JobProgress(stage="saving"))
    gone.add(CLUSTER)

    store.requeue(job.id)

    with pytest.raises(JobStateError, match="its models are being saved"):
        store.request_cancel(job.id)


def test_a_job_that_was_cancelled_just_before_it_would_save_can_be_cancelled_again(
    store: JobStore,
) -> None:
    job = store.create(TRAIN)
    lease = store.claim(job.id, CLUSTER)
    lease.progress(JobProgress(stage="saving"))
    lease.cancelled()

    store.requeue(job.id)

    assert store.request_cancel(job.id).state == "cancelled"


def test_a_running_job_is_not_queued_again(store: JobStore) -> None:
    job = store.create(TRAIN)
    store.claim(job.id, CLUSTER)

    with pytest.raises(JobStateError, match="is running; there is nothing to resume"):
        store.requeue(job.id)


def test_a_completed_search_goes_on_with_more_trials_only(store: JobStore) -> None:
    job = ended(store, "completed")

    for n_trials in (None, 8, 5):
        with pytest.raises(JobStateError, match="given more trials"):
            store.requeue(job.id, n_trials=n_trials)
    with pytest.raises(SpecError, match="n_trials"):
        store.requeue(job.id, n_trials=0)
    assert store.get(job.id) == job
    more = store.requeue(job.id, n_trials=12)
    assert (more.state, more.result, more.request) == (
        "queued", None, TRAIN.replace(n_trials=12),
    )  # fmt: skip
    assert store.claim(job.id, CLUSTER).request == more.request


def test_a_backtest_has_no_trials_to_add(store: JobStore) -> None:
    job = store.request_cancel(store.create(EVALUATE).id)

    with pytest.raises(SpecError, match="has no trials"):
        store.requeue(job.id, n_trials=5)


AGO = "UPDATE mlwidgets_jobs SET {0} = {0} - {1}"


@pytest.mark.parametrize(
    ("begun", "dispatched", "time", "dead", "expected"),
    [
        (False, False, None, False, "queued"),
        (False, False, ("queued_at", 29_000), False, "queued"),
        (False, False, ("queued_at", 31_000), False, "interrupted"),
        (False, True, ("queued_at", 9_000_000), False, "queued"),
        (False, True, None, True, "interrupted"),
        (True, True, None, False, "running"),
        (True, True, ("beat_at", 14_000), False, "running"),
        (True, True, ("beat_at", 16_000), False, "interrupted"),
        (True, True, None, True, "interrupted"),
    ],
    ids=[
        "just submitted", "not sent yet", "never sent", "waits long", "its cluster has gone",
        "just begun", "beats late", "silent", "its running cluster has gone",
    ],
)  # fmt: skip
def test_a_job_that_nobody_works_on_is_seen_as_interrupted(
    store: JobStore, gone: set[str], execute: Execute, begun: bool, dispatched: bool,
    time: tuple[str, int] | None, dead: bool, expected: JobState,
) -> None:  # fmt: skip
    job, other = store.create(TRAIN), store.create(EVALUATE)
    store.claim(other.id, "tls://elsewhere:8786")
    if dispatched:
        store.mark_dispatched(job.id, CLUSTER)
    if begun:
        store.claim(job.id, CLUSTER)
    if time:
        execute(AGO.format(*time) + " WHERE id = :id", id=job.id)
    if dead:
        gone.add(CLUSTER)

    assert store.get(job.id).state == expected
    assert [found.id for found in store.list(states=[expected], kind="train")] == [job.id]
    assert store.list(states={"queued", "running", "interrupted"} - {expected}, kind="train") == []
    assert store.get(other.id).state == "running"


@pytest.mark.parametrize("begun", [False, True])
def test_an_interrupted_job_can_be_resumed_or_cancelled_but_not_deleted(
    store: JobStore, gone: set[str], begun: bool
) -> None:
    job = store.create(TRAIN)
    store.mark_dispatched(job.id, CLUSTER)
    lease = store.claim(job.id, CLUSTER) if begun else None
    gone.add(CLUSTER)

    with pytest.raises(JobStateError, match="is interrupted; only finished jobs can be deleted"):
        store.delete(job.id)
    assert store.requeue(job.id).state == "queued"
    store.mark_dispatched(job.id, CLUSTER)
    assert store.request_cancel(job.id).state == "cancelled"
    if lease:
        with pytest.raises(JobLost):
            lease.beat()


def test_a_slow_holder_of_an_interrupted_job_goes_on_if_nobody_took_it(
    store: JobStore, execute: Execute
) -> None:
    job = store.create(TRAIN)
    lease = store.claim(job.id, CLUSTER)
    execute(AGO.format("beat_at", 60_000))
    assert store.get(job.id).state == "interrupted"

    lease.beat()

    assert store.get(job.id).state == "running"


def test_a_dispatch_that_is_noted_late_does_not_undo_the_claim(
    store: JobStore, gone: set[str]
) -> None:
    job = store.create(TRAIN)
    store.claim(job.id, CLUSTER)
    store.mark_dispatched(job.id, "local:here:old")
    gone.add("local:here:old")

    assert store.get(job.id).state == "running"


def test_jobs_are_listed_by_state_kind_and_symbol_in_pages(store: JobStore) -> None:
    jobs = [store.create(request) for request in (TRAIN, EVALUATE, COMPARE) * 3]
    store.request_cancel(jobs[0].id)
    ids = [job.id for job in reversed(jobs)]

    def found(**filters: Any) -> list[str]:
        return [job.id for job in store.list(**filters)]

    assert found() == ids
    assert found(limit=4) == ids[:4]
    assert found(limit=4, before=ids[3]) == ids[4:8]
    assert found(before=ids[-1]) == []
    assert found(kind="compare") == ids[0::3]
    assert found(symbol="eth/usdt") == ids[1::3]
    assert found(states=["cancelled"]) == [jobs[0].id]
    assert found(states=["queued"], kind="train") == [jobs[6].id, jobs[3].id]
    assert found(states=[]) == []


def test_a_list_takes_two_queries_however_long_it_is(store: JobStore, gone: set[str]) -> None:
    for number in range(12):
        store.claim(store.create(TRAIN).id, f"local:here:{number % 3}")
    statements: list[str] = []
    engine = store._storage._engine
    sqlalchemy.event.listen(
        engine, "before_cursor_execute", lambda *call: statements.append(call[2])
    )

    assert len(store.list(limit=1000)) == 12
    assert len([text for text in statements if text.startswith("SELECT")]) == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("request", '{"kind": "ensemble", "symbol": "BTCUSDT"}'),
        ("request", '{"kind": "compare", "symbol": "BTCUSDT", "leverage": 5}'),
        ("progress", '{"stage": "dreaming"}'),
        ("result", '{"medals": 3}'),
    ],
)
def test_a_job_of_another_version_is_named_when_asked_for_and_hides_no_other(
    store: JobStore, execute: Execute, caplog: pytest.LogCaptureFixture, column: str, value: str
) -> None:
    readable, foreign = store.create(TRAIN), store.request_cancel(store.create(TRAIN).id)
    execute(
        f"UPDATE mlwidgets_jobs SET {column} = :value WHERE id = :id", value=value, id=foreign.id
    )

    with caplog.at_level(logging.WARNING):
        assert store.list() == [readable]
    assert foreign.id in caplog.text
    with pytest.raises(StorageError, match=f"Job {foreign.id} was written by another version"):
        store.get(foreign.id)
    store.delete(foreign.id)
    assert store.list() == [readable]


def test_events_come_in_order_and_in_pages(store: JobStore) -> None:
    job = store.create(TRAIN)
    lease = store.claim(job.id, CLUSTER)
    for number in range(10):
        lease.event("log", f"line {number}")

    numbers = [event.number for event in store.events(job.id)]
    assert numbers == [*range(1, 13)]
    assert [event.number for event in store.events(job.id, after=5, limit=3)] == [6, 7, 8]
    assert store.events(job.id, after=12) == []


def test_an_event_is_kept_whatever_it_carries(store: JobStore) -> None:
    job = store.create(TRAIN)
    lease = store.claim(job.id, CLUSTER)
    odd = {"loss": float("nan"), "file": "caf\udce9", "where": object, "text_": "a\0b"}
    lease.event("log", "nul \0, surrogate \udce9, quote ' and ₿", **odd)
    lease.fail(JobFailure(type="X", message="bad \udce9", details={"value": float("inf")}))

    event = store.events(job.id)[-2]
    assert event.text == "nul \0, surrogate ?, quote ' and ₿"
    assert event.data["loss"] is None
    assert event.data["file"] == "caf?"
    error = store.get(job.id).error
    assert error is not None
    assert (error.message, error.details) == ("bad ?", {"value": None})


def test_deleting_a_job_takes_its_events_along(store: JobStore) -> None:
    job, other = ended(store, "failed"), ended(store, "completed")

    store.delete(job.id)

    assert store.list() == [other]
    for ask in (store.get, store.events, store.delete):
        with pytest.raises(JobNotFound):
            ask(job.id)
    assert len(store.events(other.id)) == 3


def test_deleting_a_job_takes_its_study_along_and_no_other(store: JobStore) -> None:
    job, other = ended(store, "failed"), ended(store, "completed")
    storage = open_storage(store.url)
    for one in (job, other):
        study = optuna.create_study(storage=storage, study_name=study_name(one.id))
        study.add_trial(optuna.create_trial(value=1.0))

    store.delete(job.id)

    assert optuna.get_all_study_names(storage) == [study_name(other.id)]
    assert storage.get_n_trials(storage.get_study_id_from_name(study_name(other.id))) == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda store, id_: store.get(id_),
        lambda store, id_: store.events(id_, after=3),
        lambda store, id_: store.mark_dispatched(id_, CLUSTER),
        lambda store, id_: store.claim(id_, CLUSTER),
        lambda store, id_: store.request_cancel(id_),
        lambda store, id_: store.requeue(id_, n_trials=3),
        lambda store, id_: store.delete(id_),
    ],
)
def test_an_id_that_does_not_exist_is_named(
    store: JobStore, ask: Callable[[JobStore, str], object]
) -> None:
    for id_ in ("", "nonsense; --", "x" * 500):
        with pytest.raises(JobNotFound, match=f"There is no job '{id_}' in .*mlwidgets jobs list"):
            ask(store, id_)


def test_a_mistyped_id_is_answered_with_the_one_that_was_meant(store: JobStore) -> None:
    job = store.create(TRAIN)

    with pytest.raises(JobNotFound, match=f"Did you mean {job.id}"):
        store.get(job.id[:-1])

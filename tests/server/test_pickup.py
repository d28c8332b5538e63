"""A job whose page went before it could give it to the cluster."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import mlwidgets as mw
from mlwidgets.jobs.home import home_id
from mlwidgets.jobs.requests import EvaluateRequest, SimulatedCandles
from mlwidgets.jobs.store import JobStore
from mlwidgets.server.pickup import JobPickup
from mlwidgets.settings import get_settings

REQUEST = EvaluateRequest(
    symbol="SIMUSDT", model_type="LSTM", candles=SimulatedCandles(periods=1500),
    config=mw.ModelConfig(hidden_size=4, sequence_length=4, epochs=1),
)  # fmt: skip


def aged(store: JobStore, job_id: str, seconds: int) -> None:
    """Let a job have been submitted so long ago."""
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as database, database:
        database.execute(
            "UPDATE mlwidgets_jobs SET queued_at = queued_at - ? WHERE id = ?",
            [seconds * 1000, job_id],
        )


def test_it_is_given_to_the_cluster_by_the_server(home: Path) -> None:
    settings = get_settings()
    store, mine = JobStore(), home_id(settings)
    left, new, forgotten, foreign = (
        store.create(REQUEST, home_id=name).id for name in (mine, mine, mine, "another")
    )
    for job_id, seconds in ((left, 20), (forgotten, 3600), (foreign, 20)):
        aged(store, job_id, seconds)

    JobPickup(settings).look()

    assert mw.jobs.wait(left, 120).state == "completed"
    assert [store.get(job_id).attempt for job_id in (new, forgotten, foreign)] == [0, 0, 0]


def test_where_no_job_was_ever_submitted_no_database_is_made(home: Path) -> None:
    JobPickup(get_settings()).look()

    assert not any(home.iterdir())

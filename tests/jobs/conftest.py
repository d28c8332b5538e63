"""The jobs' database, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from postgres import new_postgres_database
from sqlalchemy import create_engine, text

from mlwidgets.jobs.store import JobStore

__all__ = ["new_postgres_database"]

Execute = Callable[..., None]
Together = Callable[[int, Callable[[int], object]], list[Any]]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'mlwidgets.db'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return make()


@pytest.fixture
def gone() -> set[str]:
    """Labels of clusters that have ended; tests add to it."""
    return set()


@pytest.fixture
def store(database_url: str, gone: set[str]) -> JobStore:
    """An empty job store."""
    return JobStore(database_url, is_dead=gone.__contains__)


@pytest.fixture
def execute(database_url: str) -> Execute:
    """Runs a statement past the store, as time, damage and other versions do."""

    def run(statement: str, **values: object) -> None:
        engine = create_engine(database_url)
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    return run


@pytest.fixture
def together() -> Together:
    """Runs an action in n processes that begin at the same moment; returns what each returned."""
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("starting many processes quickly needs fork")
    context = multiprocessing.get_context("fork")

    def run(count: int, action: Callable[[int], object]) -> list[Any]:
        start, answers = context.Barrier(count), context.SimpleQueue()

        def each(number: int) -> None:
            start.wait()
            answers.put(action(number))

        processes = [context.Process(target=each, args=(number,)) for number in range(count)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0] * count
        return [answers.get() for _ in processes]

    return run

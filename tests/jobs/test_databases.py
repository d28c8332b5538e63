"""Databases that cannot be used, and how they are named."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from mlwidgets.database import everywhere, refusal
from mlwidgets.errors import SpecError, StorageError
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.requests import CompareRequest
from mlwidgets.jobs.store import JobStore
from mlwidgets.settings import Settings

REQUEST = CompareRequest(symbol="BTCUSDT")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "makes no sense"),
        ("sqlite:/jobs.db", "makes no sense"),
        ("nosuchdb://host/name", "makes no sense"),
        ("sqlite://", "is in memory, where no other process sees it"),
        ("sqlite:///:memory:", "is in memory"),
        ("mysql://me:hunter2@host/jobs", "SQLite or PostgreSQL, not in mysql"),
    ],
)
@pytest.mark.parametrize("store", [JobStore, CandidateStore])
def test_a_url_that_jobs_cannot_use_is_refused(
    store: type[JobStore] | type[CandidateStore], url: str, message: str
) -> None:
    with pytest.raises(SpecError, match=message) as refusal:
        store(url)
    assert "hunter2" not in str(refusal.value) + str(refusal.value.details)


def test_a_folder_or_a_place_below_a_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for place in (tmp_path, tmp_path / "file" / "jobs.db"):
        with pytest.raises(StorageError, match="Cannot use the database sqlite:"):
            JobStore(f"sqlite:///{place}")


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Do not overwrite me, I am 40 bytes of text." * 30)
    before = file.read_bytes()

    with pytest.raises(StorageError, match="file is not a database"):
        JobStore(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with socket.socket() as closed:  # bound and not listening: connections are refused
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(StorageError, match=f"127.0.0.1:{port}/jobs") as refusal:
            JobStore(f"postgresql+psycopg://me:hunter2@127.0.0.1:{port}/jobs?connect_timeout=5")
    assert "hunter2" not in str(refusal.value) + str(refusal.value.details)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://me:hunter2/hunter2@host/jobs",
        "postgres://me:hunter2@hunter2@host/jobs",
        "postgres://host/jobs?password=hunter2",
        "mysql://host/jobs?password=hunter2",
    ],
)
def test_a_url_that_makes_no_sense_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SpecError, match="postgresql") as refusal:
        JobStore(url)
    assert "hunter2" not in str(refusal.value) + str(refusal.value.details)
    assert "hunter2" not in repr(Settings(database_url=url))


def test_a_password_among_the_options_of_a_url_is_not_shown() -> None:
    url = "postgresql+psycopg://host/jobs?password=hunter2&sslmode=require"
    error = refusal(url, "the server said no")
    assert "sslmode=require" in error.message
    assert "hunter2" not in error.message + str(error.details)


def test_a_database_that_goes_away_is_an_error_and_comes_back(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "data", tmp_path / "unmounted"
    store = JobStore(f"sqlite:///{folder / 'jobs.db'}")
    job = store.create(REQUEST)
    store._storage._engine.dispose()

    folder.rename(elsewhere)
    with pytest.raises(StorageError, match="unable to open database file"):
        store.get(job.id)
    elsewhere.rename(folder)
    assert store.get(job.id) == job


def test_a_file_is_named_by_its_whole_path_since_workers_have_folders_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = JobStore("sqlite:///data/jobs.db")
    job = store.create(REQUEST)

    monkeypatch.chdir(os.sep)
    assert JobStore(store.url).get(job.id) == job
    assert everywhere(store.url) == store.url


def test_the_settings_database_is_the_default(home: Path) -> None:
    job = JobStore().create(REQUEST)

    assert (home / "data" / "mlwidgets.db").is_file()
    assert JobStore().list() == [job]


def test_no_connection_outlives_its_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    for _ in range(5):
        JobStore(url).list()

    # SQLite removes the write-ahead log when the last connection closes.
    assert not (tmp_path / "jobs.db-wal").exists()

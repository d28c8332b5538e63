"""The tables come from the steps, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import optuna
import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, insert, inspect, select, text

from mlwidgets.database import open_engine
from mlwidgets.database.migration import (
    HEAD,
    VERSION_TABLE,
    migrate,
    migration_steps,
    schema_version,
)
from mlwidgets.errors import SchemaTooNew, StorageError
from mlwidgets.jobs import schema as jobs
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.requests import CompareRequest
from mlwidgets.jobs.store import JobStore
from mlwidgets.record import schema as record
from mlwidgets.search.storage import open_storage

REQUEST = CompareRequest(symbol="BTCUSDT")


def tables(database_url: str) -> set[str]:
    engine = create_engine(database_url)
    names = {*inspect(engine).get_table_names()}
    engine.dispose()
    return names


def test_the_steps_lead_to_the_tables_that_the_code_uses(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        context.opts["include_name"] = lambda name, kind, _parents: (
            kind != "table" or name != "mlwidgets_version"
        )
        assert compare_metadata(context, [jobs.METADATA, record.METADATA]) == []
        assert schema_version(connection) == HEAD
    engine.dispose()


def test_the_head_is_the_last_step() -> None:
    assert migration_steps().get_heads() == [HEAD]


def test_migrating_again_changes_nothing(database_url: str) -> None:
    job = JobStore(database_url).create(REQUEST)
    engine = open_engine(database_url)
    migrate(engine)
    migrate(engine)
    engine.dispose()

    assert JobStore(database_url).list() == [job]


def test_a_database_of_the_first_version_gets_the_later_tables_and_keeps_its_jobs(
    database_url: str, tmp_path: Path
) -> None:
    elsewhere = JobStore(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    job = elsewhere.create(REQUEST)
    with elsewhere._storage.reading() as connection:
        row = connection.execute(select(jobs.JOBS)).one()._asdict()
    engine = open_engine(database_url)
    with engine.begin() as connection:
        to_step("0001", connection)
        connection.execute(insert(jobs.JOBS).values(**row))
    engine.dispose()
    assert "mlwidgets_forecasts" not in tables(database_url)

    assert JobStore(database_url).list() == [job]
    assert "mlwidgets_forecasts" in tables(database_url)


def to_step(revision: str, connection: Connection) -> None:
    """Bring an empty database to an earlier version's tables."""
    steps = migration_steps()
    options = {
        "version_table": VERSION_TABLE,
        "fn": lambda present, _context: steps._upgrade_revs(revision, present),
    }
    context = MigrationContext.configure(connection, opts=options)
    with Operations.context(context):
        context.run_migrations()


@pytest.mark.parametrize("studies_first", [True, False])
def test_jobs_and_studies_share_a_database(database_url: str, studies_first: bool) -> None:
    def make_study() -> None:
        optuna.create_study(storage=open_storage(database_url), study_name="s")

    def make_job() -> None:
        JobStore(database_url).create(REQUEST)

    first, second = (make_study, make_job) if studies_first else (make_job, make_study)
    first()
    second()

    assert optuna.get_all_study_names(open_storage(database_url)) == ["s"]
    assert len(JobStore(database_url).list()) == 1
    assert {"alembic_version", "mlwidgets_version"} <= tables(database_url)


@pytest.mark.parametrize("store", [JobStore, CandidateStore])
def test_a_database_of_a_later_version_is_refused_and_left_alone(
    database_url: str, execute: Callable[..., None], store: type[JobStore] | type[CandidateStore]
) -> None:
    job = JobStore(database_url).create(REQUEST)
    execute("UPDATE mlwidgets_version SET version_num = '9999'")

    with pytest.raises(SchemaTooNew, match=f"at version 9999, this mlwidgets knows {HEAD}") as no:
        store(database_url)
    assert "pip install -U mlwidgets" in no.value.message
    assert no.value.details["version"] == "9999"
    execute(f"UPDATE mlwidgets_version SET version_num = '{HEAD}'")
    assert JobStore(database_url).list() == [job]


def test_a_step_that_fails_leaves_no_table_behind(
    database_url: str, execute: Callable[..., None]
) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mlwidgets_candidates (mine INTEGER)"))
    engine.dispose()

    with pytest.raises(StorageError, match="already exists"):
        JobStore(database_url)

    assert tables(database_url) == {"mlwidgets_candidates"}
    execute("DROP TABLE mlwidgets_candidates")
    assert JobStore(database_url).list() == []

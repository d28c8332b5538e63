"""Brings a database to the tables that this version of mlwidgets knows."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select, text

from mlwidgets.database.engine import shown, writer
from mlwidgets.errors import SchemaTooNew

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

HEAD = "0002"
"""The latest step in `migrations`; a database that is there already costs no Alembic."""

VERSION_TABLE = "mlwidgets_version"
"""Alembic's table for these tables; its default name is taken by Optuna's."""

_VERSION = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))
_ADVISORY_LOCK = 0x6D6C7764
_one_thread = threading.Lock()  # Alembic's `op` is one for the whole process


def migrate(engine: Engine) -> None:
    """Make the tables, or bring them up to date; nothing happens where they are.

    All steps are one transaction. Of processes that begin at once, one works and the others
    find it done.

    Raises:
        SchemaTooNew: a later version of mlwidgets has written the database.
    """
    with engine.begin() as connection:
        if schema_version(connection) == HEAD:
            return
    with _one_thread, writer(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        if schema_version(connection) != HEAD:
            _upgrade(connection)


def schema_version(connection: Connection) -> str | None:
    """The last step that a database has seen; None for one without our tables."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(select(_VERSION.c.version_num))


def migration_steps() -> ScriptDirectory:
    """The steps, as Alembic sees them."""
    from alembic.script import ScriptDirectory  # a third of a second that few calls need

    folder = str(Path(__file__).parent / "migrations")
    return ScriptDirectory(folder, version_locations=[folder])


def _upgrade(connection: Connection) -> None:
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    steps = migration_steps()
    version = schema_version(connection)
    _refuse_newer(version, {step.revision for step in steps.walk_revisions()}, connection)
    options = {
        "version_table": VERSION_TABLE,
        "fn": lambda present, _context: steps._upgrade_revs(HEAD, present),
    }
    context = MigrationContext.configure(connection, opts=options)
    with Operations.context(context):
        context.run_migrations()


def _refuse_newer(version: str | None, known: set[str], connection: Connection) -> None:
    if version is None or version in known:
        return
    where = shown(connection.engine.url)
    raise SchemaTooNew(
        f"A later version of mlwidgets has written the database {where}: its tables are at "
        f"version {version}, this mlwidgets knows {HEAD}. Update it (pip install -U mlwidgets), "
        "or use another database.",
        database=where, version=version, known=HEAD,
    )  # fmt: skip

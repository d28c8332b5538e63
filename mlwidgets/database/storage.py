"""The database as the parts with tables use it: brought up to date, in short transactions."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from mlwidgets.database.engine import database_errors, everywhere, open_engine, writer
from mlwidgets.database.migration import migrate
from mlwidgets.settings import get_settings


class Database:
    """A database that holds our tables.

    Args:
        url: SQLAlchemy URL of SQLite or PostgreSQL; default: the settings'.

    Raises:
        SpecError: the URL is malformed or names a database that other processes do not see.
        StorageError: the database cannot be opened or written.
        SchemaTooNew: a later version of mlwidgets has written it.
    """

    def __init__(self, url: str | None = None) -> None:
        self.url = everywhere(url or get_settings().study_url)
        self._engine = open_engine(self.url)
        self._writer = writer(self._engine)
        self.close = weakref.finalize(self, self._engine.dispose)
        """Closes the connections; so does forgetting the object."""
        with database_errors(self.url):
            migrate(self._engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with database_errors(self.url), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept whole or not at all."""
        with database_errors(self.url), self._writer.begin() as connection:
            yield connection


def insert_or_leave(connection: Connection, table: Table, **values: object) -> None:
    """Insert a row unless one with its key is there, another process' of this moment too."""
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[
        connection.dialect.name
    ]
    connection.execute(insert(table).values(**values).on_conflict_do_nothing())

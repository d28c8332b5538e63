"""The database of jobs and candidates: opened, brought up to date, used in short transactions."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from mlwidgets.database import database_errors, everywhere, now_ms, open_engine, writer
from mlwidgets.jobs.ids import next_id
from mlwidgets.jobs.migration import migrate
from mlwidgets.settings import get_settings

_T = TypeVar("_T")


class Storage:
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
        weakref.finalize(self, self._engine.dispose)
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

    def insert(self, table: Table, row: Callable[[Connection, str, int], _T]) -> _T:
        """Let `row(connection, id, now)` insert into a table, under an id after all others."""

        # On PostgreSQL two writers may choose the same id; the second chooses again.
        @retry(
            retry=retry_if_exception_type(IntegrityError), stop=stop_after_attempt(5), reraise=True
        )
        def attempt() -> _T:
            with self._writer.begin() as connection:
                now: int = connection.scalar(select(now_ms())) or 0
                latest = connection.scalar(select(table.c.id).order_by(table.c.id.desc()).limit(1))
                return row(connection, next_id(now, latest), now)

        with database_errors(self.url):
            return attempt()


def insert_or_leave(connection: Connection, table: Table, **values: object) -> None:
    """Insert a row unless one with its key is there, another process' of this moment too."""
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[
        connection.dialect.name
    ]
    connection.execute(insert(table).values(**values).on_conflict_do_nothing())

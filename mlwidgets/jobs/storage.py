"""The database of jobs and candidates, whose ids are in the order of their making."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import IntegrityError
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from mlwidgets.database import database_errors, now_ms
from mlwidgets.database.storage import Database
from mlwidgets.jobs.ids import next_id

_T = TypeVar("_T")


class Storage(Database):
    """The database, with ids for what is inserted; arguments and errors are its own."""

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

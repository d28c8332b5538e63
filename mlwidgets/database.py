"""The one database: SQLite in WAL mode, or whatever SQLAlchemy reaches by a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from mlwidgets.errors import SpecError, StorageError

BUSY_SECONDS = 30
"""How long a writer of SQLite waits for another."""


def open_engine(url: str) -> Engine:
    """An engine of a database; SQLite's file and folder are created where there are none.

    Args:
        url: SQLAlchemy URL, e.g. `sqlite:///data/mlwidgets.db`.

    Raises:
        SpecError: the URL is malformed.
        StorageError: the database cannot be opened or written.
    """
    parsed = parse_url(url)
    with database_errors(parsed):
        engine = sqlalchemy.create_engine(parsed, **engine_options(parsed))
        if is_sqlite(parsed):
            make_folder(parsed)
            use_wal(engine)
        with engine.connect():
            return engine


def engine_options(url: URL) -> dict[str, Any]:
    """How SQLAlchemy connects to a database of this kind."""
    if is_sqlite(url):
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_pre_ping": True}


def is_sqlite(url: URL | str) -> bool:
    """Whether a URL names a SQLite file, which only this machine reaches."""
    return make_url(url).get_backend_name() == "sqlite"


@contextmanager
def database_errors(url: URL | str | None, *others: type[Exception]) -> Iterator[None]:
    """Translate what SQLAlchemy and its drivers raise into StorageError.

    Args:
        url: of the database, for the message; its password is never shown.
        *others: further exceptions that mean trouble with the database.
    """
    refusals: tuple[type[Exception], ...] = (SQLAlchemyError, *others)
    try:
        yield
    except ImportError as error:
        raise StorageError(
            f"The database's driver is not installed ({error}); for PostgreSQL: "
            "pip install 'mlwidgets[postgres]'."
        ) from error
    except refusals as error:
        cause = error.__cause__ or error
        raise refusal(url, getattr(cause, "orig", None) or cause) from error


def refusal(url: URL | str | None, cause: object) -> StorageError:
    """The error that says which database refused, and why."""
    where = "memory" if url is None else make_url(url).render_as_string(hide_password=True)
    return StorageError(
        f"Cannot use the database {where}: {str(cause).splitlines()[0]}. "
        "Check that it exists, is writable and has room.",
        database=where,
    )


def make_folder(url: URL) -> None:
    """Make the folder of a SQLite file."""
    if url.database in (None, "", ":memory:"):
        return
    try:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(url, error) from error


def use_wal(engine: Engine) -> None:
    """Readers (pages, the command line) never wait for a writer."""

    # In WAL mode NORMAL survives a killed process; only a power cut may cost the last writes.
    @sqlalchemy.event.listens_for(engine, "connect")
    def _each_connection(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    engine.dispose()
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("PRAGMA journal_mode=WAL"))


def parse_url(url: str) -> URL:
    """Read a database URL.

    Raises:
        SpecError: it is malformed; a password in it is not shown.
    """
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        shown = re.sub(r"//[^/@]*@", "//***@", str(url))
        raise SpecError(
            f"Database URL {shown!r} makes no sense; write it as 'sqlite:///path/to.db' or "
            "'postgresql+psycopg://user:password@host/name'.",
            field="storage", value=shown,
        ) from error  # fmt: skip
    return parsed

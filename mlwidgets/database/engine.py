"""Engines: SQLite in WAL mode, or whatever SQLAlchemy reaches by a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger, Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from mlwidgets.errors import SpecError, StorageError

BUSY_SECONDS = 30
"""How long a writer of SQLite waits for another."""

_WRITES = "mlwidgets_writes"


class now_ms(FunctionElement[int]):  # noqa: N801 (named as SQL functions are)
    """The database's own time in epoch milliseconds: one clock for all machines."""

    type = BigInteger()
    inherit_cache = True


@compiles(now_ms, "sqlite")
def _sqlite_now(*_: Any, **__: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(now_ms)
def _now(*_: Any, **__: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


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
            lock_first(engine)
        with engine.connect():
            return engine


def writer(engine: Engine) -> Engine:
    """The same engine, for transactions that write; on SQLite they lock the file as they begin.

    A transaction that reads first and locks later fails where another wrote in between.
    """
    return engine.execution_options(**{_WRITES: True})


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
    where = "memory" if url is None else shown(url)
    return StorageError(
        f"Cannot use the database {where}: {str(cause).splitlines()[0]}. "
        "Check that it exists, is writable and has room.",
        database=where,
    )


def shown(url: URL | str) -> str:
    """A URL without its passwords, wherever they stand in it.

    >>> shown("postgresql+psycopg://me:secret@host/jobs?sslmode=require&sslpassword=secret")
    'postgresql+psycopg://me:***@host/jobs?sslmode=require&sslpassword=***'
    """
    text = make_url(url).render_as_string(hide_password=True)
    return re.sub(r"(password=)[^&]*", r"\1***", text)


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


def lock_first(engine: Engine) -> None:
    """Begin SQLite's transactions by hand, those of a `writer` with the lock."""

    @sqlalchemy.event.listens_for(engine, "connect")
    def _no_begin_of_its_own(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @sqlalchemy.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    engine.dispose()


def everywhere(url: str) -> str:
    """The URL as other processes can use it: SQLite's file by its whole path.

    Raises:
        SpecError: the URL is malformed, or names a database in memory or of another kind than
            SQLite and PostgreSQL.

    >>> everywhere("sqlite:////srv/forecasts/data/mlwidgets.db")
    'sqlite:////srv/forecasts/data/mlwidgets.db'
    """
    parsed = parse_url(url)
    if not is_sqlite(parsed):
        _require_postgresql(parsed)
        return url
    name = parsed.database
    if name in (None, "", ":memory:"):
        raise SpecError(
            f"Database {url!r} is in memory, where no other process sees it; jobs need a file: "
            "'sqlite:///path/to.db'.", field="storage", value=url,
        )  # fmt: skip
    if not str(name).startswith("file:"):
        parsed = parsed.set(database=str(Path(str(name)).absolute()))
    return parsed.render_as_string(hide_password=False)


def _require_postgresql(url: URL) -> None:
    if url.get_backend_name() != "postgresql":
        raise SpecError(
            f"Jobs live in SQLite or PostgreSQL, not in {url.get_backend_name()}; set "
            "MLWIDGETS_DATABASE_URL to 'postgresql+psycopg://user:password@host/name'.",
            field="storage", value=shown(url),
        )  # fmt: skip


def parse_url(url: str) -> URL:
    """Read a database URL.

    Raises:
        SpecError: it is malformed; a password in it is not shown.
    """
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        hidden = re.sub(r"//.*@", "//***@", str(url).partition("?")[0])
        raise SpecError(
            f"Database URL {hidden!r} makes no sense; write it as 'sqlite:///path/to.db' or "
            "'postgresql+psycopg://user:password@host/name'.",
            field="storage", value=hidden,
        ) from error  # fmt: skip
    return parsed

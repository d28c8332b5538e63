"""Optuna's storage over SQLite in WAL mode or any other SQLAlchemy database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
import sqlalchemy
from optuna.storages import BaseStorage, InMemoryStorage, RDBStorage
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random

from mlwidgets.errors import SpecError, StorageError

_BUSY_SECONDS = 30


def open_storage(url: str | None) -> BaseStorage:
    """Open the database of studies, and create it where there is none.

    Args:
        url: SQLAlchemy URL, e.g. `sqlite:///data/mlwidgets.db`; None keeps studies in memory.

    Raises:
        SpecError: the URL is malformed.
        StorageError: the database cannot be opened or written.
    """
    if url is None:
        return InMemoryStorage()
    parsed = _parse(url)
    with storage_errors(parsed):
        if parsed.get_backend_name() != "sqlite":
            return _create(url, {"pool_pre_ping": True})
        _make_folder(parsed)
        storage = _create(url, {"connect_args": {"timeout": _BUSY_SECONDS}})
        # Readers (pages, the command line) never wait for the coordinator's writes.
        _set_pragmas(storage)
        return storage


@contextmanager
def storage_errors(url: URL | str | None) -> Iterator[None]:
    """Translate what SQLAlchemy and Optuna's storage raise into StorageError."""
    try:
        yield
    except ImportError as error:
        raise StorageError(
            f"The database's driver is not installed ({error}); for PostgreSQL: "
            "pip install 'mlwidgets[postgres]'."
        ) from error
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        cause = error.__cause__ or error
        raise _refusal(url, getattr(cause, "orig", None) or cause) from error


@retry(
    # Two processes that create the tables at once: the slower one finds them there.
    retry=retry_if_exception_type(sqlalchemy.exc.OperationalError),
    stop=stop_after_attempt(3), wait=wait_random(0.05, 0.2), reraise=True,
)  # fmt: skip
def _create(url: str, engine_kwargs: dict[str, Any]) -> RDBStorage:
    return RDBStorage(url, engine_kwargs=engine_kwargs)


def _make_folder(url: URL) -> None:
    if url.database in (None, "", ":memory:"):
        return
    try:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refusal(url, error) from error


def _refusal(url: URL | str | None, cause: object) -> StorageError:
    where = "memory" if url is None else make_url(url).render_as_string(hide_password=True)
    return StorageError(
        f"Cannot use the studies' database {where}: {str(cause).splitlines()[0]}. "
        "Check that it exists, is writable and has room.",
        database=where,
    )


def _set_pragmas(storage: RDBStorage) -> None:
    # In WAL mode NORMAL survives a killed process; only a power cut may cost the last trial.
    @sqlalchemy.event.listens_for(storage.engine, "connect")
    def _each_connection(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    storage.engine.dispose()
    with storage.engine.connect() as connection:
        connection.execute(sqlalchemy.text("PRAGMA journal_mode=WAL"))


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        shown = re.sub(r"//[^/@]*@", "//***@", str(url))  # it may hold a password
        raise SpecError(
            f"Database URL {shown!r} makes no sense; write it as 'sqlite:///path/to.db' or "
            "'postgresql+psycopg://user:password@host/name'.",
            field="storage", value=shown,
        ) from error  # fmt: skip
    return parsed

"""Optuna's storage over the database."""

from __future__ import annotations

from contextlib import AbstractContextManager

import optuna
import sqlalchemy
from optuna.storages import BaseStorage, InMemoryStorage, RDBStorage
from sqlalchemy.engine import URL
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random

from mlwidgets.database import (
    database_errors,
    engine_options,
    is_sqlite,
    make_folder,
    parse_url,
    use_wal,
)


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
    parsed = parse_url(url)
    with storage_errors(parsed):
        if not is_sqlite(parsed):
            return _create(parsed)
        make_folder(parsed)
        storage = _create(parsed)
        use_wal(storage.engine)
        return storage


def storage_errors(url: URL | str | None) -> AbstractContextManager[None]:
    """Translate what SQLAlchemy and Optuna's storage raise into StorageError."""
    return database_errors(url, optuna.exceptions.StorageInternalError)


@retry(
    # Two processes that create the tables at once: the slower one finds them there.
    retry=retry_if_exception_type(sqlalchemy.exc.OperationalError),
    stop=stop_after_attempt(3), wait=wait_random(0.05, 0.2), reraise=True,
)  # fmt: skip
def _create(url: URL) -> RDBStorage:
    text = url.render_as_string(hide_password=False)
    return RDBStorage(text, engine_kwargs=engine_options(url))

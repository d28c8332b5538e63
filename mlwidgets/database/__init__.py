"""The one database: SQLite in WAL mode, or PostgreSQL, and the steps that make its tables."""

from mlwidgets.database.engine import (
    BUSY_SECONDS,
    database_errors,
    engine_options,
    everywhere,
    is_sqlite,
    make_folder,
    now_ms,
    open_engine,
    parse_url,
    refusal,
    shown,
    use_wal,
    writer,
)

__all__ = [
    "BUSY_SECONDS",
    "database_errors",
    "engine_options",
    "everywhere",
    "is_sqlite",
    "make_folder",
    "now_ms",
    "open_engine",
    "parse_url",
    "refusal",
    "shown",
    "use_wal",
    "writer",
]

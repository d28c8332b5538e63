"""Candles kept for jobs: each frame once, under the digest of what it holds."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
from sqlalchemy import Connection, delete, select, update

from mlwidgets.database import now_ms
from mlwidgets.database.storage import insert_or_leave
from mlwidgets.errors import StorageError
from mlwidgets.forecast.artifact import tensors_digest
from mlwidgets.jobs.frames import decode_frame, encode_frame
from mlwidgets.jobs.schema import CANDLES, JOBS
from mlwidgets.jobs.storage import Storage

GRACE_MS = 3_600_000
"""How long a frame stays that no job names yet: it is kept before its job is submitted."""


def keep_candles(storage: Storage, candles: pd.DataFrame) -> str:
    """Keep canonical candles with their labels; returns their digest."""
    digest = candles_digest(candles)
    again = update(CANDLES).where(CANDLES.c.digest == digest).values(kept_at=now_ms())
    with storage.writing() as connection:
        if connection.execute(again).rowcount:
            return digest
    frame = encode_frame(candles)
    with storage.writing() as connection:
        insert_or_leave(connection, CANDLES, digest=digest, kept_at=now_ms(), frame=frame)
    return digest


def load_candles(storage: Storage, digest: str) -> pd.DataFrame:
    """Kept candles.

    Raises:
        StorageError: they are gone or damaged.
    """
    with storage.reading() as connection:
        data = connection.scalar(select(CANDLES.c.frame).where(CANDLES.c.digest == digest))
    if data is None:
        raise StorageError(
            f"The candles {digest[:12]}… are not in the database any more; submit the job anew "
            "with its candles.", digest=digest,
        )  # fmt: skip
    what = f"The frame of candles {digest[:12]}…"
    candles = decode_frame(data, what)
    if candles_digest(candles) != digest:
        raise StorageError(f"{what} in the database is not the one that was kept.", digest=digest)
    return candles


def drop_unused(connection: Connection) -> None:
    """Delete the frames that no job names."""
    named = select(JOBS.c.candles).where(JOBS.c.candles.is_not(None))
    connection.execute(
        delete(CANDLES).where(
            CANDLES.c.digest.not_in(named), CANDLES.c.kept_at < now_ms() - GRACE_MS
        )
    )


def candles_digest(candles: pd.DataFrame) -> str:
    """SHA-256 over times, prices, volumes and labels: the same for equal frames everywhere."""
    columns = {name: candles[name].to_numpy() for name in candles.columns}
    times = pd.DatetimeIndex(candles.index).as_unit("ms").asi8
    labels = json.dumps(candles.attrs, sort_keys=True, default=str)
    return hashlib.sha256(f"{tensors_digest({'': times, **columns})}|{labels}".encode()).hexdigest()

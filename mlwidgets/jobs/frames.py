"""Frames as Parquet bytes, with index, dtypes and labels (`attrs`), and back."""

from __future__ import annotations

import io
import json

import pandas as pd
import pyarrow as pa

from mlwidgets.errors import StorageError


def encode_frame(frame: pd.DataFrame) -> bytes:
    """The Parquet bytes of a frame; a label that JSON does not know becomes text."""
    labelled = frame.copy(deep=False)
    labelled.attrs = json.loads(json.dumps(frame.attrs, default=str))
    sink = io.BytesIO()
    labelled.to_parquet(sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue()


def decode_frame(data: bytes, what: str) -> pd.DataFrame:
    """What `encode_frame` wrote.

    Args:
        data: its bytes.
        what: what they are, for messages.

    Raises:
        StorageError: the bytes are damaged.
    """
    try:
        return pd.read_parquet(io.BytesIO(data), page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise StorageError(f"{what} in the database cannot be read: {reason}.") from error

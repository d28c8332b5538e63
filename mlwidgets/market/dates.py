"""Instants as callers write them: text, datetime or Timestamp, naive meaning UTC."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from mlwidgets.errors import SpecError

Instant = str | datetime | pd.Timestamp
"""A point in time; without a timezone it means UTC."""


def utc_timestamp(value: Instant, field: str = "time") -> pd.Timestamp:
    """The instant as a UTC Timestamp.

    Args:
        value: ISO text, datetime or Timestamp; naive means UTC.
        field: the argument's name, for the error.

    Raises:
        SpecError: the value is no date.

    >>> utc_timestamp("2025-01-31")
    Timestamp('2025-01-31 00:00:00+0000', tz='UTC')
    """
    if not isinstance(value, str | datetime):
        raise SpecError(
            f"{field} is {value!r}; write it as '2025-01-31', a datetime or a Timestamp.",
            field=field, value=repr(value),
        )  # fmt: skip
    try:
        stamp = pd.Timestamp(value)
        if pd.isna(stamp):
            raise ValueError("it is no date")
        utc = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")
        return utc.as_unit("ms")
    except (ValueError, OverflowError) as error:
        raise SpecError(
            f"{field} is {str(value)!r}, which is no date ({error}); write it as '2025-01-31'.",
            field=field, value=str(value),
        ) from None  # fmt: skip


def epoch_ms(instant: pd.Timestamp) -> int:
    """Milliseconds from the epoch to a UTC Timestamp, rounded down.

    >>> epoch_ms(pd.Timestamp("1970-01-01 00:00:01", tz="UTC"))
    1000
    """
    return int(instant.as_unit("ns").value // 1_000_000)


def from_epoch_ms(milliseconds: int) -> pd.Timestamp:
    """The UTC Timestamp of a number of epoch milliseconds.

    >>> from_epoch_ms(1000)
    Timestamp('1970-01-01 00:00:01+0000', tz='UTC')
    """
    return pd.Timestamp(milliseconds, unit="ms", tz="UTC")

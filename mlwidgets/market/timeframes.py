"""Timeframes and horizons: a candle's length, and how far ahead a forecast looks."""

from __future__ import annotations

import re

import pandas as pd

from mlwidgets.errors import SpecError, UnknownTimeframe

MINUTES: dict[str, int] = {
    "1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "1d": 1440,
}  # fmt: skip
"""Length of each known timeframe, in minutes."""

_UNIT_MINUTES = {"m": 1, "h": 60, "d": 1440}
_DURATION = re.compile(r"(\d{1,6})([mhd])")


def timeframe_minutes(timeframe: str) -> int:
    """Length of a timeframe in minutes.

    Raises:
        UnknownTimeframe: the timeframe is none of `MINUTES`.

    >>> timeframe_minutes("4h")
    240
    """
    try:
        return MINUTES[timeframe]
    except (KeyError, TypeError):
        raise UnknownTimeframe(
            f"Unknown timeframe {timeframe!r}; use one of {', '.join(MINUTES)}.",
            timeframe=str(timeframe), known=list(MINUTES),
        ) from None  # fmt: skip


def timeframe_delta(timeframe: str) -> pd.Timedelta:
    """Length of a timeframe as a Timedelta.

    >>> timeframe_delta("15m")
    Timedelta('0 days 00:15:00')
    """
    return pd.Timedelta(minutes=timeframe_minutes(timeframe))


def horizon_steps(horizon: str, timeframe: str) -> int:
    """How many candles of `timeframe` a horizon spans.

    Raises:
        SpecError: the horizon is no duration, is zero, or is no whole number of timeframes.

    >>> horizon_steps("24h", "4h")
    6
    """
    minutes = timeframe_minutes(timeframe)
    match = _DURATION.fullmatch(horizon) if isinstance(horizon, str) else None
    span = int(match[1]) * _UNIT_MINUTES[match[2]] if match else 0
    if span <= 0:
        raise SpecError(
            f"Horizon {horizon!r} is no duration; write it as '1h', '4h', '24h'.",
            field="horizon", value=str(horizon),
        )  # fmt: skip
    if span % minutes:
        raise SpecError(
            f"Horizon {horizon!r} is no whole number of {timeframe} candles; "
            f"use a multiple of {timeframe}.",
            field="horizon", value=horizon, timeframe=timeframe,
        )  # fmt: skip
    return span // minutes

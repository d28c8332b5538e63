"""What a simulated market can be asked for, and the times that its candles open at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlwidgets.errors import SpecError
from mlwidgets.market.candles import INDEX_DTYPE
from mlwidgets.market.timeframes import timeframe_delta

_MOST_CANDLES, _LAST_DAY = 5_000_000, pd.Timestamp("2200-01-01", tz="UTC")


def check_arguments(
    periods: int, seed: int, best_directional_accuracy: float, trend: float, start_price: float
) -> None:
    """Refuse what no market can be simulated from.

    Raises:
        SpecError: an argument lies outside its bounds.
    """
    _require("periods", periods, 1, _MOST_CANDLES, whole=True)
    _require("seed", seed, 0, 2**63 - 1, whole=True)
    _require("best_directional_accuracy", best_directional_accuracy, 0.5, 0.7)
    _require("trend", trend, 0, 3)
    _require("start_price", start_price, 1e-9, 1e12)


def open_times(timeframe: str, start: str | pd.Timestamp, n: int) -> pd.DatetimeIndex:
    """The open times of n candles from a start on the timeframe's grid.

    Raises:
        SpecError: the start is no date or off the grid, or the candles leave our times.
        UnknownTimeframe: the timeframe is not known.
    """
    step = timeframe_delta(timeframe)
    first = _instant(start)
    if first.value % step.value:
        raise SpecError(
            f"start={first} is off the {timeframe} grid; use {first.floor(step)}.", field="start"
        )
    if first.year < 1971 or (_LAST_DAY - first) / step < n:
        raise SpecError(
            f"{n} candles of {timeframe} from {first} leave the years 1971 to 2199; "
            "ask for fewer periods or another start.",
            field="periods",
        )
    times = first.value + step.value * np.arange(n, dtype=np.int64)
    index = pd.to_datetime(times, unit="ns", utc=True).astype(INDEX_DTYPE)
    return pd.DatetimeIndex(index, name="time")


def _instant(start: str | pd.Timestamp) -> pd.Timestamp:
    try:
        time = pd.Timestamp(start)
        # A missing time has no year; NaT compares as unequal to everything.
        if time.year != time.year:
            raise ValueError
        return (time.tz_localize("UTC") if time.tz is None else time.tz_convert("UTC")).as_unit(
            "ns"
        )
    except (TypeError, ValueError):
        message = f"start={start!r} is no date of our times; write it as '2024-01-01'."
        raise SpecError(message, field="start") from None


def _require(field: str, value: float, least: float, most: float, whole: bool = False) -> None:
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        kind = "a whole number" if whole else "a number"
        raise SpecError(
            f"{field}={value!r} must be {kind} from {least:g} to {most:g}.",
            field=field, value=str(value),
        )  # fmt: skip

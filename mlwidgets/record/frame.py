"""Rows of the record as a frame for people and tests of quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mlwidgets.record.scoring import PATIENCE_MS
from mlwidgets.record.values import RecordedModel

_NUMBERS = ("close", "predicted", "lower", "upper", "probability_up")


Rows = Sequence[Any]
"""Forecasts: rows of the database's table, or `ScoredForecast`s."""


def frame_of(rows: Rows, models: Mapping[int, RecordedModel], now: int) -> pd.DataFrame:
    """The rows as known at a time, whatever was found out since."""
    closed = np.array([row.target_time + models[row.model_id].step_ms for row in rows], np.int64)
    number = {name: np.array([getattr(row, name) for row in rows], np.float64) for name in _NUMBERS}
    actual = np.array([row.actual for row in rows], np.float64)
    actual = np.where(closed <= now, actual, np.nan)
    scored = np.isfinite(actual)
    state = np.where(scored, "scored", np.where(closed + PATIENCE_MS <= now, "unscorable", "open"))
    sides = np.sign(actual - number["close"]), np.sign(number["predicted"] - number["close"])
    inside = (number["lower"] <= actual) & (actual <= number["upper"])
    columns = {
        "target_time": _times(row.target_time for row in rows),
        "version": [models[row.model_id].version for row in rows],
        **number,
        "regime": [row.regime for row in rows],
        "actual": actual,
        "hit": _tristate(sides[0] == sides[1], scored & (sides[0] * sides[1] != 0)),
        "inside": _tristate(inside, scored),
        "state": state.astype(str),
        "made_at": _times(row.made_at for row in rows),
        "simulated": np.array([row.simulated for row in rows], bool),
    }
    index = _times(row.origin for row in rows).rename("origin")
    frame = pd.DataFrame(columns, index=index)
    return frame.astype({"version": "str", "regime": "str", "state": "str"})


def _times(milliseconds: Any) -> pd.DatetimeIndex:
    times = pd.DatetimeIndex(np.array([*milliseconds], dtype="datetime64[ms]"))
    return times.tz_localize("UTC")


def _tristate(values: np.ndarray, known: np.ndarray) -> pd.arrays.BooleanArray:
    """Booleans that are missing where nothing is known."""
    return pd.arrays.BooleanArray(np.asarray(values, bool), ~np.asarray(known, bool))

"""Directional accuracies on one scale: the model with its interval, and the baselines."""

from __future__ import annotations

import math
from typing import Any

from mlwidgets.components.formats import percent
from mlwidgets.components.models.state import ModelState
from mlwidgets.components.texts import text

_BASELINES = {
    "momentum": "model.baseline.momentum",
    "reversal": "model.baseline.reversal",
    "always_up": "model.baseline.always_up",
}
"""Naive forecasts that call a direction."""

Row = tuple[str, float, float | None, float | None]
"""Name, accuracy, and the ends of its interval."""


def accuracy_scale(state: ModelState) -> dict[str, Any]:
    """Rows to draw on a scale of whole tens of per cent; empty where nothing was measured."""
    rows = _rows(state)
    if not rows:
        return {}
    known = [value for row in rows for value in row[1:] if value is not None] + [0.5]
    low = max(0.0, math.floor(10 * (min(known) - 0.01)) / 10)
    high = min(1.0, math.ceil(10 * (max(known) + 0.01)) / 10)
    return {
        "coin": _place(0.5, low, high),
        "low": percent(low, 0),
        "high": percent(high, 0),
        "rows": [_drawn(row, low, high) for row in rows],
    }


def _rows(state: ModelState) -> list[Row]:
    meta = state.meta
    if meta is None or meta.accuracy is None:
        return []
    numbers = meta.metrics
    rows: list[Row] = [
        (meta.model_type, meta.accuracy, numbers.get("accuracyLow"), numbers.get("accuracyHigh"))
    ]
    baselines = state.measured.baselines if state.measured else {}
    for name, key in _BASELINES.items():
        accuracy = baselines[name].directional_accuracy if name in baselines else None
        if accuracy is not None:
            rows.append((text(key), accuracy, None, None))
    return rows


def _drawn(row: Row, low: float, high: float) -> dict[str, Any]:
    name, value, bottom, top = row
    whole = bottom is not None and top is not None
    return {
        "name": name,
        "value": percent(value),
        "at": _place(value, low, high),
        "from": _place(bottom, low, high) if whole else None,
        "to": _place(top, low, high) if whole else None,
    }


def _place(value: float | None, low: float, high: float) -> float:
    """Where a value lies on the scale, in per cent of its width.

    >>> _place(0.5, 0.4, 0.6)
    50.0
    """
    return round(100 * ((value or 0.0) - low) / (high - low), 2)

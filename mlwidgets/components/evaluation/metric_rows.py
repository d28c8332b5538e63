"""Metrics as rows of a table: what they are called, how they are written, which value is better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mlwidgets.components.evaluation.chances import chance_words
from mlwidgets.components.formats import NOTHING, percent, price
from mlwidgets.components.texts import text
from mlwidgets.evaluation.report import Metrics, PointMetrics

Better = Literal["higher", "lower", "nearer"]
Write = Callable[[float, float], str]
"""Writes a value in words, given one whose size decides the decimals."""


@dataclass(frozen=True, slots=True)
class Column:
    """Metrics of one forecast.

    Attributes:
        title: what made it.
        metrics: what was measured; rows that it lacks stay empty.
        kind: `model`, `production` or `baseline`; baselines step back.
        note: a line below the title.
    """

    title: str
    metrics: Metrics | PointMetrics
    kind: Literal["model", "production", "baseline"] = "model"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A metric.

    Attributes:
        field: its name in the metrics.
        label: key of its name.
        write: its value in words.
        better: which of two values is the better one.
        hint: key of what it means, where the name does not say it.
        points: whether a difference is in percentage points.
    """

    field: str
    label: str
    write: Write
    better: Better
    hint: str = ""
    points: bool = False


def _share(decimals: int) -> Write:
    return lambda value, _: percent(value, decimals)


def _number(value: float, _: float) -> str:
    return f"{round(value, 4) or 0.0:,.4f}"


ROWS = (
    Row("mae", "metric.mae", price, "lower", "metric.mae.hint"),
    Row("rmse", "metric.rmse", price, "lower", "metric.rmse.hint"),
    Row("mape", "metric.mape", _share(3), "lower", points=True),
    Row("r2_score", "metric.r2_score", _number, "higher", "metric.r2_score.hint"),
    Row("r2_returns", "metric.r2_returns", _number, "higher", "metric.r2_returns.hint"),
    Row("skill", "metric.skill", _share(2), "higher", "metric.skill.hint", points=True),
    Row("directional_accuracy", "metric.directional_accuracy", _share(1), "higher",
        "metric.directional_accuracy.hint", points=True),
    Row("coverage", "metric.coverage", _share(1), "nearer", "metric.coverage.hint", points=True),
    Row("width", "metric.width", _share(2), "lower", "metric.width.hint", points=True),
    Row("winkler", "metric.winkler", _share(2), "lower", "metric.winkler.hint", points=True),
    Row("brier", "metric.brier", _number, "lower", "metric.brier.hint"),
    Row("calibration_error", "metric.calibration_error", _share(2), "lower",
        "metric.calibration_error.hint", points=True),
)  # fmt: skip
"""The guide's five metrics and what they need beside them to be understood."""


def table_rows(
    columns: Sequence[Column], compare: tuple[int, int] | None = None
) -> list[dict[str, Any]]:
    """Rows in words; those that no column can have are left out.

    Args:
        columns: the forecasts.
        compare: positions of two of them whose difference is said, the first minus the second.
    """
    shown = [row for row in ROWS if any(hasattr(column.metrics, row.field) for column in columns)]
    return [_row(row, columns, compare) for row in shown]


def _row(row: Row, columns: Sequence[Column], compare: tuple[int, int] | None) -> dict[str, Any]:
    values = [_value(row, column) for column in columns]
    like = min((abs(value) for value in values if value), default=0.0)
    cells = [
        {"text": NOTHING if value is None else _minus(row.write(value, like)), "best": False,
         "notes": _notes(row, column)}
        for column, value in zip(columns, values, strict=True)
    ]  # fmt: skip
    difference = {"text": "", "word": "", "sign": ""}
    if compare is not None:
        first, second = compare
        difference, winner = _difference(row, columns[first], columns[second], like)
        if winner is not None:
            cells[compare[winner]]["best"] = True
    return {
        "name": row.field, "label": text(row.label), "hint": text(row.hint) if row.hint else "",
        "cells": cells, "difference": difference,
    }  # fmt: skip


def _difference(
    row: Row, first: Column, second: Column, like: float
) -> tuple[dict[str, str], int | None]:
    """The first column minus the second, in words, and which is the better; None: neither."""
    ours, theirs = _value(row, first), _value(row, second)
    if ours is None or theirs is None:
        return {"text": NOTHING, "word": "", "sign": ""}, None
    alike = row.write(ours, like) == row.write(theirs, like)
    written = row.write(0.0 if alike else abs(ours - theirs), like)
    if row.points:
        written = text("metric.points", value=written.removesuffix(" %"))
    if alike:
        return {"text": written, "word": text("metric.same"), "sign": "same"}, None
    better = _distance(row, first, ours) < _distance(row, second, theirs)
    return {
        "text": f"{'+' if ours > theirs else '−'}{written}",
        "word": text("metric.better" if better else "metric.worse"),
        "sign": "better" if better else "worse",
    }, 0 if better else 1


def _minus(number: str) -> str:
    """A number with the sign that the differences beside it have."""
    return number.replace("-", "−")


def _distance(row: Row, column: Column, value: float) -> float:
    """How far a value is from the best there could be."""
    if row.better == "nearer":
        return abs(value - getattr(column.metrics, "nominal_coverage", value))
    return value if row.better == "lower" else -value


def _value(row: Row, column: Column) -> float | None:
    if row.field == "skill" and column.metrics.skill == 0.0 and column.kind == "baseline":
        return None  # the last value is what skill is measured against
    value: float | None = getattr(column.metrics, row.field, None)
    return value


def _notes(row: Row, column: Column) -> list[str]:
    """What a value is worth: its interval and its p-value."""
    metrics = column.metrics
    if row.field == "directional_accuracy" and metrics.directional_accuracy is not None:
        ends = (metrics.accuracy_low, metrics.accuracy_high)
        low, high = (percent(end).replace(" ", "\N{NO-BREAK SPACE}") for end in ends)
        interval = text("metric.interval", low=low, high=high)
        if column.kind == "baseline":
            return [interval]
        return [interval, chance_words("coin", metrics.accuracy_p_value)]
    if row.field == "skill" and column.kind != "baseline" and (metrics.skill or 0.0) > 0:
        return [chance_words("skill", metrics.skill_p_value)]
    if row.field == "coverage" and isinstance(metrics, Metrics):
        return [text("metric.intended", share=percent(metrics.nominal_coverage, 0))]
    return []

"""Metrics side by side: a row a metric, a column a forecast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich import box
from rich.table import Table
from rich.text import Text

from mlwidgets.cli.figures import amount, number, p_value, percent

Better = Literal["higher", "lower", "nearer"]

BASELINE_NAMES = {
    "last_value": "Last value", "momentum": "Momentum", "reversal": "Reversal",
    "always_up": "Always up",
}  # fmt: skip

MARK = "✓"


@dataclass(frozen=True, slots=True)
class Row:
    """A metric of a table.

    Attributes:
        label: what it is called; `{unit}` is replaced.
        field: its name in the metrics.
        text: how its value is written.
        better: which of two values is the better one; None marks neither.
        target: field that `nearer` values come close to.
    """

    label: str
    field: str
    text: Callable[[Any], str]
    better: Better | None = None
    target: str = ""


def _small(value: float | None) -> str:
    return percent(value, 2)


POINT_ROWS = (
    Row("Directional accuracy", "directional_accuracy", percent, "higher"),
    Row("  against a coin, p", "accuracy_p_value", p_value),
    Row("MAE ({unit})", "mae", amount, "lower"),
    Row("RMSE ({unit})", "rmse", amount, "lower"),
    Row("MAPE", "mape", lambda value: percent(value, 3), "lower"),
    Row("R² of prices", "r2_score", number, "higher"),
    Row("R² of returns", "r2_returns", number, "higher"),
    Row("Skill over last value", "skill", lambda value: percent(value, 2, sign=True), "higher"),
    Row("  against last value, p", "skill_p_value", p_value),
)
"""How well prices were predicted."""

RANGE_ROWS = (
    Row("Coverage", "coverage", percent, "nearer", "nominal_coverage"),
    Row("Worst coverage of 500 in a row", "worst_coverage", percent, "higher"),
    Row("Width, of the price", "width", _small, "lower"),
    Row("Winkler score, of the price", "winkler", _small, "lower"),
    Row("Brier score (a coin has 0.25)", "brier", number, "lower"),
    Row("Calibration error", "calibration_error", _small, "lower"),
)
"""How well intervals held the prices, and how well the confidence was calibrated."""


def metric_table(
    title: str,
    columns: Mapping[str, Any],
    rows: Sequence[Row],
    *,
    unit: str = "",
    contest: Sequence[str] = (),
) -> Table:
    """A table of metrics.

    Args:
        title: above it.
        columns: metrics by the name of what they measure.
        rows: which metrics.
        unit: of prices.
        contest: columns of which the better value of each row is marked.
    """
    table = Table(
        title=f"\n{title}", title_justify="left", title_style="bold",
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False,
    )  # fmt: skip
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        values = {name: getattr(metrics, row.field, None) for name, metrics in columns.items()}
        texts = _texts(row, values)
        best = _best(row, columns, {name: texts[name] for name in contest})
        label = Text(row.label.format(unit=unit), style="dim" if row.label[0] == " " else "")
        table.add_row(label, *(_cell(text, name == best) for name, text in texts.items()))
    return table


def _texts(row: Row, values: Mapping[str, Any]) -> dict[str, str]:
    if row.text is not amount:
        return {name: row.text(value) for name, value in values.items()}
    like = min((abs(value) for value in values.values() if value), default=None)
    return {name: amount(value, like) for name, value in values.items()}


def _cell(text: str, best: bool) -> Text:
    return Text(f"{MARK} {text}", style="bold green") if best else Text(text)


def _best(row: Row, columns: Mapping[str, Any], contest: Mapping[str, str]) -> str | None:
    """The column with the better value; None where two look equal or one has none."""
    values: dict[str, Any] = {name: getattr(columns[name], row.field, None) for name in contest}
    if row.better is None or len(set(contest.values())) < 2 or None in values.values():
        return None
    if row.better == "nearer":
        goals = {name: getattr(columns[name], row.target) for name in contest}
        values = {name: abs(value - goals[name]) for name, value in values.items()}
    sign = -1 if row.better == "higher" else 1
    return min(values, key=lambda name: sign * values[name])

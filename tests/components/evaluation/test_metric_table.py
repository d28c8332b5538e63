"""Metrics side by side: what is better, by how much, and what it is worth."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.evaluation.metric_rows import Column
from mlwidgets.components.evaluation.metric_table import MetricTable
from mlwidgets.components.texts import language
from mlwidgets.evaluation.report import BacktestReport, Metrics

MEASURED = Metrics(
    origins=720, mae=250.0, rmse=400.0, mape=0.0022, r2_score=0.97, r2_returns=0.002,
    skill=0.01, skill_p_value=0.2, directional_accuracy=0.53, accuracy_low=0.49,
    accuracy_high=0.57, accuracy_p_value=0.031, association_p_value=0.1, nominal_coverage=0.9,
    coverage=0.92, worst_coverage=0.88, width=0.01, winkler=0.014, brier=0.249, log_loss=0.69,
    calibration_error=0.02,
)  # fmt: skip


def rows(table: MetricTable) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in table.rows}


def test_the_better_value_of_each_row_is_marked_whichever_way_better_lies() -> None:
    other = MEASURED.replace(mae=240.0, directional_accuracy=0.5, coverage=0.83)
    table = MetricTable([Column("A", MEASURED), Column("B", other)], compare=(0, 1))

    said = {
        name: (row["difference"]["text"], row["difference"]["word"],
               [cell["best"] for cell in row["cells"]])
        for name, row in rows(table).items()
        if name in ("mae", "directional_accuracy", "coverage", "rmse")
    }  # fmt: skip

    assert said == {
        "mae": ("+10.00", "worse", [False, True]),
        "directional_accuracy": ("+3.0 pp", "better", [True, False]),
        "coverage": ("+9.0 pp", "better", [True, False]),  # 92 % is nearer to 90 % than 83 %
        "rmse": ("0.00", "the same", [False, False]),
    }


def test_an_accuracy_comes_with_its_interval_and_its_chance_in_words() -> None:
    [cell] = rows(MetricTable([Column("A", MEASURED)]))["directional_accuracy"]["cells"]

    interval, chance = cell["notes"]
    assert interval == "95 %: 49.0\N{NO-BREAK SPACE}% to 57.0\N{NO-BREAK SPACE}%"
    assert chance == "a coin does as well in 3 of 100 tries (p = 0.031)"


def test_baselines_leave_rows_empty_that_they_have_no_value_for(report: BacktestReport) -> None:
    columns = [Column("LSTM", report.metrics),
               Column("Last value", report.baselines["last_value"], "baseline")]  # fmt: skip

    table = MetricTable(columns)

    for name in ("directional_accuracy", "coverage", "skill"):
        assert rows(table)[name]["cells"][1]["text"] == "–"
    assert table.compared == -1


def test_a_difference_that_may_be_chance_is_said_so_in_every_language() -> None:
    columns = [Column("A", MEASURED), Column("B", MEASURED.replace(mae=240.0))]
    table = MetricTable(columns, compare=(0, 1), difference=0.41)
    assert "may be chance (p = 0.410)" in table.note

    language.code = "ru"

    assert "может быть случайной" in table.note
    assert rows(table)["mae"]["difference"]["word"] == "хуже"

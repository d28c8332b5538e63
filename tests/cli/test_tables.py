"""Metrics side by side."""

import io
from types import SimpleNamespace

from rich.console import Console

from mlwidgets.cli.figures import amount, percent
from mlwidgets.cli.tables import Row, metric_table


def lines(columns, *rows, contest=("A", "B")):
    console = Console(file=io.StringIO(), width=100)
    console.print(metric_table("Table", columns, rows, contest=contest))
    return [line.split() for line in console.file.getvalue().splitlines()[3:]]


def test_the_better_value_of_each_row_is_marked_by_a_sign():
    columns = {
        "A": SimpleNamespace(hits=0.6, cover=0.97),
        "B": SimpleNamespace(hits=0.5, cover=0.88),
    }
    for one in columns.values():
        one.goal = 0.9
    found = lines(
        columns, Row("Hits", "hits", percent, "higher"),
        Row("Cover", "cover", percent, "nearer", "goal"),
    )  # fmt: skip
    assert found[-2:] == [
        ["Hits", "✓", "60.0", "%", "50.0", "%"], ["Cover", "97.0", "%", "✓", "88.0", "%"],
    ]  # fmt: skip


def test_values_that_look_equal_are_not_ranked():
    columns = {"A": SimpleNamespace(hits=0.60001), "B": SimpleNamespace(hits=0.6)}
    assert "✓" not in lines(columns, Row("Hits", "hits", percent, "higher"))[-1]


def test_prices_of_a_row_have_the_same_decimals():
    columns = {"A": SimpleNamespace(mae=123.4), "B": SimpleNamespace(mae=9.5)}
    assert lines(columns, Row("MAE", "mae", amount), contest=())[-1] == [
        "MAE", "123.4000", "9.5000",
    ]  # fmt: skip


def test_what_a_forecast_does_not_have_is_a_dash():
    columns = {"A": SimpleNamespace(hits=None), "B": SimpleNamespace()}
    assert lines(columns, Row("Hits", "hits", percent, "higher"))[-1] == ["Hits", "–", "–"]

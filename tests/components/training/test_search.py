"""The trials of a search are read on, drawn, sorted and weighed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from mlwidgets.components.training.charts import SearchCharts
from mlwidgets.components.training.history_plot import HistoryPlot
from mlwidgets.components.training.importances import importances
from mlwidgets.components.training.parallel_plot import ParallelPlot
from mlwidgets.components.training.state import TrainState
from mlwidgets.components.training.trials import Trial
from mlwidgets.components.training.trials_table import ROWS, TrialsTable
from mlwidgets.dashboards.sources import Sources
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.leases import JobLease
from mlwidgets.jobs.records import JobEvent
from mlwidgets.search.ranges import Choice as Options
from mlwidgets.search.space import SearchSpace, default_space

Begin, Tell = Callable[..., JobLease], Callable[..., None]


def read(state: TrainState) -> None:
    state.refresh()
    asyncio.run(state.load())


def made(count: int, **config: Any) -> list[Trial]:
    """Trials of which the later ones are better, by their hidden size alone."""
    return [
        Trial(number, "COMPLETE", 1 - number / 1000,
              ModelConfig(hidden_size=8 + number * 40 // count, **config), 1.0)
        for number in range(count)
    ]  # fmt: skip


def test_events_are_read_once_and_numbers_go_on_after_a_resume(
    state: TrainState, sources: Sources, begin: Begin, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = begin()
    for number in range(3):
        tell(lease, number, 0.99)
    read(state)
    asked: list[int] = []
    events = sources.jobs.events

    def noting(job_id: str, after: int = 0, limit: int = 1000) -> list[JobEvent]:
        asked.append(after)
        return events(job_id, after, limit)

    monkeypatch.setattr(state.search._events, "events", noting, raising=False)
    sources.jobs.request_cancel(lease.job_id)
    lease.cancelled()
    again = sources.jobs.claim(sources.jobs.requeue(lease.job_id).id, "here")
    tell(again, 3, 0.98)
    read(state)

    assert [trial.number for trial in state.search.trials] == [0, 1, 2, 3]
    assert min(asked) >= 4
    assert state.search.best == state.search.trials[3]


def test_an_open_trial_is_known_by_its_folds(state: TrainState, begin: Begin, tell: Tell) -> None:
    lease = begin()
    lease.event("fold", "A fold.", number=0, fold=1, nFolds=3, loss=0.99)
    read(state)
    assert state.search.under_way == ((0, 2, 3),)

    tell(lease, 0, 0.99)
    read(state)
    assert state.search.under_way == ()


def test_another_choice_shows_another_search(state: TrainState, begin: Begin, tell: Tell) -> None:
    tell(begin(), 0, 0.99)
    read(state)
    assert len(state.search.trials) == 1

    state.choice.model_type = "HYBRID"

    assert (state.record, state.search.trials) == (None, ())


def test_the_parameter_that_matters_is_found(state: TrainState) -> None:
    names = ["hidden_size", "learning_rate", "dropout"]

    shares = importances(made(40), None, names, "LSTM")

    assert next(iter(shares)) == "hidden_size"
    assert sum(shares.values()) == pytest.approx(1)


def test_too_few_trials_are_not_weighed() -> None:
    assert importances(made(9), None, ["hidden_size"], "LSTM") == {}


def test_a_kernel_that_was_cut_to_its_window_is_weighed_as_the_nearest_option() -> None:
    space = SearchSpace(kernel_size=Options((3, 9)), sequence_length=[6, 9])

    shares = importances(
        made(12, kernel_size=6, sequence_length=6), space, ["hidden_size", "kernel_size"], "HYBRID"
    )

    assert list(shares) == ["hidden_size", "kernel_size"]


def test_the_history_draws_dots_and_the_best_so_far() -> None:
    plot = HistoryPlot()
    config = ModelConfig()
    trials = [
        Trial(0, "COMPLETE", 0.99, config, 1.0),
        Trial(1, "PRUNED", 1.02, config, 1.0),
        Trial(2, "COMPLETE", 0.97, config, 1.0),
        Trial(3, "FAIL", None, config, 1.0, "The loss is not finite."),
    ]

    plot.draw(trials, 10)

    assert plot.complete.x.tolist() == [0, 2]
    assert plot.pruned.x.tolist() == [1]
    assert plot.best.x.tolist() == [0, 2, 3]
    assert plot.best.y.tolist() == pytest.approx([0.01, 0.03, 0.03])
    assert plot.x.max > 9
    assert "Failed: 1." in plot.note


def test_one_bad_trial_does_not_flatten_the_history() -> None:
    plot = HistoryPlot()

    plot.draw([*made(10), Trial(10, "COMPLETE", 9.0, ModelConfig(), 1.0)], 11)

    assert plot.y.min > -0.1
    assert plot.complete.y.min() == plot.y.min
    assert "Below the axis, drawn on its edge: 1." in plot.note


def test_of_a_thousand_trials_the_pictures_draw_some_hundreds() -> None:
    history, parallel = HistoryPlot(), ParallelPlot()
    trials = made(1000)

    history.draw(trials, 1000)
    parallel.draw(trials, default_space("LSTM"), ["hidden_size", "dropout"])

    assert len(history.complete.x) <= 400
    assert sum(len(mark.y) for mark in parallel.fifths) == 200
    assert "200 of 1000" in parallel.note


def test_the_parallel_view_scales_each_axis_to_its_range() -> None:
    plot = ParallelPlot()
    trial = Trial(4, "COMPLETE", 0.9, ModelConfig(hidden_size=48, batch_size=256), 1.0)

    plot.draw([trial], default_space("LSTM"), ["hidden_size", "batch_size"])

    assert plot.best.y.tolist() == [1.0, 0.5]
    assert plot.ends.text.tolist() == ["8", "128", "48", "512"]
    assert plot.legend[0]["name"] == "Best: trial 4"


def test_the_table_shows_the_best_first_and_what_failed_last(
    state: TrainState, begin: Begin, tell: Tell
) -> None:
    table, lease = TrialsTable(state.search), begin()
    tell(lease, 0, 0.99)
    tell(lease, 1, None, state="FAIL", reason="The loss is not finite.")
    tell(lease, 2, 0.90, state="PRUNED")
    tell(lease, 3, 0.98)

    read(state)

    assert [row["number"] for row in table.rows] == [3, 0, 2, 1]
    assert [row["best"] for row in table.rows] == [True, False, False, False]
    assert table.rows[3]["title"] == "The loss is not finite."
    assert {column["key"]: column["sort"] for column in table.columns}["skill"] == "descending"


def test_the_table_is_sorted_by_a_column_and_the_other_way_round(
    state: TrainState, begin: Begin, tell: Tell
) -> None:
    table, lease = TrialsTable(state.search), begin()
    for number in (0, 1, 2):
        tell(lease, number, 0.99)
    read(state)

    table.vue_sort("hidden_size")
    assert [row["number"] for row in table.rows] == [0, 1, 2]
    table.vue_sort("hidden_size")
    assert [row["number"] for row in table.rows] == [2, 1, 0]
    assert {column["key"]: column["sort"] for column in table.columns}["skill"] == "none"


def test_a_page_of_the_table_is_all_that_is_sent(
    state: TrainState, begin: Begin, tell: Tell
) -> None:
    table, lease = TrialsTable(state.search), begin()
    for number in range(ROWS + 5):
        tell(lease, number, 0.99)
    read(state)
    assert (len(table.rows), table.pages) == (ROWS, 2)

    table.vue_turn(1)
    assert len(table.rows) == 5
    assert table.words["range"] == "21–25 of 25"

    table.vue_turn(99)
    assert table.page == 1


def test_the_pictures_say_what_they_wait_for(state: TrainState, begin: Begin, tell: Tell) -> None:
    charts, lease = SearchCharts(state.search), begin()
    read(state)
    assert charts.history.empty == "Appears with the first finished trials."
    assert charts.importance.empty == "Complete trials still needed: 10."

    for number in range(12):
        tell(lease, number, 1 - number / 100)
    read(state)
    assert [plot.empty for plot in charts.plots] == ["", "", ""]

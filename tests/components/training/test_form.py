"""What a search is asked for is checked as it is typed, by the models that will take it."""

from __future__ import annotations

import asyncio
from typing import Any

import pandas as pd
import pytest

from mlwidgets.components.choice import Choice
from mlwidgets.components.texts import language
from mlwidgets.components.training.form import TrainForm
from mlwidgets.components.training.state import TrainState
from mlwidgets.dashboards.sources import Sources
from mlwidgets.errors import SpecError
from mlwidgets.jobs.requests import LoadedCandles, SimulatedCandles
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore
from mlwidgets.search.ranges import Choice as Options
from mlwidgets.search.ranges import Fixed, FloatRange
from mlwidgets.search.space import default_space


def send(widget: Any, event: str, data: Any = None) -> None:
    """What the page sends."""
    widget._handle_event(widget, {"event": event, "data": data}, [])


def edit_range(form: TrainForm, name: str, part: str, value: object) -> None:
    send(form, "edit_range", {"name": name, "part": part, "value": value})


def test_untouched_it_asks_for_the_defaults_and_two_years(state: TrainState) -> None:
    request = state.request()

    assert (request.n_trials, request.n_folds, request.space) == (50, 5, None)
    assert isinstance(request.candles, LoadedCandles)
    assert request.candles.offline
    years = (pd.Timestamp.now("UTC") - request.candles.start) / pd.Timedelta(days=365)
    assert 2 <= years < 2.02


def test_what_is_typed_is_what_is_asked_for(state: TrainState) -> None:
    form = TrainForm(state)

    send(form, "edit", {"name": "n_trials", "value": "1 000"})
    edit_range(form, "learning_rate", "low", "0,0005")
    edit_range(form, "batch_size", "options", "64 128")
    edit_range(form, "dropout", "kind", "fixed")
    edit_range(form, "dropout", "value", "0.2")

    request = state.request()
    assert request.n_trials == 1000
    assert request.space is not None
    assert request.space.learning_rate == FloatRange(0.0005, 0.01, log=True)
    assert request.space.batch_size == Options((64, 128))
    assert request.space.dropout == Fixed(0.2)
    assert form.changed


@pytest.mark.parametrize(("name", "typed", "said"), [
    ("n_trials", "", "Type a number."),
    ("n_trials", "2.5", "Type a whole number."),
    ("n_trials", "10001", "Must be ≥ 1, ≤ 10,000."),
    ("n_folds", "0", "Must be ≥ 1, ≤ 50."),
])  # fmt: skip
def test_a_field_says_why_it_means_nothing(
    state: TrainState, name: str, typed: str, said: str
) -> None:
    form = TrainForm(state)

    send(form, "edit", {"name": name, "value": typed})

    assert form.problems == {name: said}
    assert form.blocked == "Mend the marked fields first."
    with pytest.raises(SpecError, match=name):
        state.request()


@pytest.mark.parametrize(("name", "parts", "said"), [
    ("hidden_size", {"high": "4"}, "The minimum is above the maximum: swap them."),
    ("hidden_size", {"low": "0"}, "Must be ≥ 1, ≤ 1,024."),
    ("dropout", {"log": True}, "A logarithmic scale needs a minimum above 0."),
    ("batch_size", {"options": "64, 64"}, "An option is there twice."),
    ("batch_size", {"options": " "}, "Type options such as 64, 128."),
    ("epochs", {"value": "many"}, "Type a whole number."),
])  # fmt: skip
def test_a_range_says_why_it_means_nothing(
    state: TrainState, name: str, parts: dict[str, object], said: str
) -> None:
    form = TrainForm(state)

    for part, value in parts.items():
        edit_range(form, name, part, value)

    assert form.problems == {name: said}


def test_a_kernel_wider_than_the_window_is_refused_where_it_is_typed(state: TrainState) -> None:
    state.choice.model_type = "HYBRID"
    form = TrainForm(state)

    edit_range(form, "kernel_size", "low", "8")
    edit_range(form, "kernel_size", "high", "9")

    assert list(form.problems) == ["kernel_size"]


def test_each_model_type_keeps_its_ranges(state: TrainState) -> None:
    form = TrainForm(state)
    edit_range(form, "hidden_size", "high", "16")

    state.choice.model_type = "HYBRID"
    assert not form.changed
    assert "kernel_size" in [row["name"] for row in form.ranges]

    state.choice.model_type = "LSTM"
    assert form.changed
    assert "kernel_size" not in [row["name"] for row in form.ranges]


def test_reset_brings_the_defaults_back(state: TrainState) -> None:
    form = TrainForm(state)
    edit_range(form, "hidden_size", "low", "nothing")

    send(form, "reset")

    assert (form.problems, form.changed) == ({}, False)
    assert state.request().space is None
    assert state.space.ranges["hidden_size"].low == f"{default_space('LSTM').hidden_size.low}"


def test_problems_are_said_in_the_page_language(state: TrainState) -> None:
    form = TrainForm(state)
    send(form, "edit", {"name": "n_folds", "value": "x"})

    language.code = "ru"

    assert form.problems == {"n_folds": "Введите целое число."}
    assert form.words["start"] == "Начать оптимизацию"


def test_what_no_field_is_changes_nothing(state: TrainState) -> None:
    form = TrainForm(state)
    before = dict(form.values)

    send(form, "edit", {"name": "symbol", "value": "ETHUSDT"})
    send(form, "edit", {"name": "history", "value": "100y"})
    edit_range(form, "hidden_size", "kind", "anything")
    edit_range(form, "hidden_size", "step", "3")

    assert form.values == before
    assert not form.changed


def test_a_history_of_five_years_is_warned_of(state: TrainState) -> None:
    form = TrainForm(state)

    send(form, "edit", {"name": "history", "value": "5y"})

    [warning] = form.warnings
    assert "older than 3 years" in warning
    assert not form.blocked


def test_stored_candles_that_ended_long_ago_are_warned_of_and_start_the_history(
    sources: Sources,
) -> None:
    last = pd.Timestamp.now("UTC").floor("h") - pd.Timedelta(days=30)
    frame = simulate_market("1h", periods=600, start=last - pd.Timedelta(hours=599)).candles
    frame.attrs.clear()
    CandleStore(sources.settings.candles_dir).write("binance", "BTCUSDT", "1h", frame)
    state = TrainState(Choice(), sources)

    asyncio.run(state.load())

    [warning] = TrainForm(state).warnings
    assert warning.startswith("The stored candles end on ")
    candles = state.request().candles
    assert isinstance(candles, LoadedCandles)
    assert candles.start == (last - pd.DateOffset(years=2)).floor("D")


def test_a_simulated_market_is_searched_on_simulated_candles(sources: Sources) -> None:
    state = TrainState(Choice(symbol="SIMUSDT"), sources)

    assert state.request().candles == SimulatedCandles()
    assert TrainForm(state).notes["history"] == "17,520 simulated candles"

"""Splits are chronological, keep their gap, never overlap; windows are what the dates say."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.model_selection import TimeSeriesSplit

from mlwidgets.errors import NotEnoughCandles, SpecError
from mlwidgets.evaluation.splits import backtest_window, walk_forward

HOURS = pd.date_range("2025-01-01", periods=24 * 60, freq="h", tz="UTC", name="time")

splits = st.fixed_dictionaries(
    {"n_origins": st.integers(1, 500), "n_folds": st.integers(1, 8), "gap": st.integers(1, 30)},
    optional={
        "validation_size": st.integers(1, 60),
        "min_train": st.integers(1, 100),
        "max_train": st.integers(100, 200),
    },
)


def needed_origins(asked: dict[str, Any]) -> int:
    validated = asked["n_folds"] * asked.get("validation_size", 1)
    return int(asked.get("min_train", 1) + asked["gap"] + validated)


@given(splits)
@settings(max_examples=150, deadline=None)
def test_folds_are_chronological_keep_the_gap_and_cover_the_tail(asked: dict[str, Any]) -> None:
    assume(asked["n_origins"] >= needed_origins(asked))
    folds = walk_forward(**asked)
    size = folds[0].validation_stop - folds[0].validation_start
    assert len(folds) == asked["n_folds"]
    assert folds[-1].validation_stop == asked["n_origins"]
    for fold in folds:
        assert 0 <= fold.train_start < fold.train_stop
        assert fold.validation_start - fold.train_stop == asked["gap"]
        assert fold.validation_stop - fold.validation_start == size > 0
        trained = fold.train_stop - fold.train_start
        assert trained >= asked.get("min_train", 1)
        assert trained <= asked.get("max_train", asked["n_origins"])
        assert "max_train" in asked or fold.train_start == 0
    for earlier, later in pairwise(folds):
        assert earlier.validation_stop == later.validation_start


@given(splits, st.data())
@settings(max_examples=80, deadline=None)
def test_the_last_training_target_is_known_before_validation_whatever_candles_are_missing(
    asked: dict[str, Any], data: st.DataObject
) -> None:
    horizon = data.draw(st.integers(1, asked["gap"]))
    steps = data.draw(st.lists(st.integers(1, 50), min_size=1, max_size=5))
    candle = np.cumsum(np.resize(steps, asked["n_origins"]))
    assume(asked["n_origins"] >= needed_origins(asked))
    for fold in walk_forward(**asked):
        last_target = candle[fold.train][-1] + horizon
        assert last_target <= candle[fold.validation][0]


@given(
    n=st.integers(50, 300),
    n_folds=st.integers(2, 5),
    gap=st.integers(1, 5),
    size=st.integers(1, 6),
    max_train=st.none() | st.integers(1, 20),
)
@settings(max_examples=60, deadline=None)
def test_folds_equal_scikit_learns_time_series_split(
    n: int, n_folds: int, gap: int, size: int, max_train: int | None
) -> None:
    folds = walk_forward(n, n_folds, gap=gap, validation_size=size, max_train=max_train)
    theirs = TimeSeriesSplit(n_folds, gap=gap, test_size=size, max_train_size=max_train)
    for fold, (train, validation) in zip(folds, theirs.split(np.zeros(n)), strict=True):
        np.testing.assert_array_equal(np.arange(n)[fold.train], train)
        np.testing.assert_array_equal(np.arange(n)[fold.validation], validation)


@given(splits)
@settings(max_examples=60, deadline=None)
def test_one_origin_too_few_is_refused_and_the_number_that_is_needed_suffices(
    asked: dict[str, Any],
) -> None:
    needed = needed_origins(asked)
    assert len(walk_forward(**{**asked, "n_origins": needed})) == asked["n_folds"]
    with pytest.raises(NotEnoughCandles) as caught:
        walk_forward(**{**asked, "n_origins": needed - 1})
    assert caught.value.details == {"needed": needed, "available": needed - 1}


def test_too_few_origins_say_how_many_are_needed() -> None:
    with pytest.raises(NotEnoughCandles, match=r"need at least 129 origins .* there are 60"):
        walk_forward(60, 5, gap=24, min_train=100)


@pytest.mark.parametrize(
    "asked",
    [
        {"n_folds": 0, "gap": 1},
        {"n_folds": 2, "gap": 0},
        {"n_folds": 2.5, "gap": 1},
        {"n_folds": True, "gap": 1},
        {"n_folds": 2, "gap": 1, "validation_size": 0},
        {"n_folds": 2, "gap": 1, "min_train": 50, "max_train": 20},
    ],
)
def test_splits_that_make_no_sense_are_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        walk_forward(1000, **asked)


def test_the_default_window_is_the_last_thirty_days() -> None:
    window = backtest_window(HOURS)
    assert len(window) == 720
    assert window.stop == len(HOURS)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-01-10", "2025-01-12"),
        (dt.date(2025, 1, 10), dt.datetime(2025, 1, 12)),
        (dt.datetime(2025, 1, 10, tzinfo=dt.UTC), pd.Timestamp("2025-01-12")),
        ("2025-01-10T03:00+03:00", "2025-01-11T19:00-05:00"),
    ],
)
def test_dates_are_half_open_and_utc_unless_they_say_otherwise(start: Any, end: Any) -> None:
    times = HOURS[backtest_window(HOURS, start, end)]
    assert times[0] == pd.Timestamp("2025-01-10", tz="UTC")
    assert times[-1] == pd.Timestamp("2025-01-11 23:00", tz="UTC")


def test_a_window_may_end_with_the_last_candle_though_its_origins_end_a_horizon_earlier() -> None:
    window = backtest_window(HOURS[:-24], end="2025-03-02", candles=HOURS)
    assert window == range(24 * 30, 24 * 59)


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        ("2025-02-01", "2025-01-15", "is empty"),
        ("2025-02-01", "2025-02-01", "is empty"),
        ("2024-12-31", "2025-01-15", "outside the data"),
        ("2025-01-15", "2025-03-02 00:01", "outside the data"),
        ("2026-01-01", None, "outside the data"),
        (None, "2024-06-01", "outside the data"),
        ("2025-01-10 00:10", "2025-01-10 00:50", "No origin lies between"),
    ],
)
def test_windows_without_origins_give_the_span_of_the_data(
    start: str | None, end: str | None, says: str
) -> None:
    with pytest.raises(SpecError, match=says) as caught:
        backtest_window(HOURS, start, end)
    assert "span 2025-01-01 00:00 UTC to 2025-03-01 23:00 UTC" in caught.value.message


@pytest.mark.parametrize("start", ["soon", "2025-13-01", "", "NaT", pd.NaT, 1_735_689_600_000])
def test_what_is_no_date_is_refused_with_the_value(start: Any) -> None:
    with pytest.raises(SpecError, match="is no date"):
        backtest_window(HOURS, start)


@pytest.mark.parametrize("days", [0, -1, float("nan"), float("inf")])
def test_a_window_of_no_days_is_refused(days: float) -> None:
    with pytest.raises(SpecError, match="days must be"):
        backtest_window(HOURS, days=days)


def test_thirty_days_of_ten_days_of_data_are_refused_and_no_origins_too() -> None:
    with pytest.raises(SpecError, match="outside the data"):
        backtest_window(HOURS[:240])
    with pytest.raises(NotEnoughCandles):
        backtest_window(HOURS[:0])

"""Longer candles hold the same market, and few enough of them fit a view."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlwidgets.components.chart.levels import MOST_VISIBLE, aggregate, bucket, step_for
from mlwidgets.market.bars import Bars, bars_of
from mlwidgets.market.simulator import simulate_market

HOUR = 3_600_000
DAY = 24 * HOUR
HOURS = bars_of(simulate_market("1h", periods=600, seed=5).candles)


@pytest.fixture(scope="module")
def hours() -> Bars:
    return bars_of(simulate_market("1h", periods=1000, seed=2).candles)


def test_longer_candles_equal_those_of_pandas(hours: Bars) -> None:
    candles = simulate_market("1h", periods=1000, seed=2).candles
    rules = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    expected = candles.resample("4h").agg(rules)

    found = aggregate(hours, 4 * HOUR)

    assert found.times.tolist() == pd.DatetimeIndex(expected.index).as_unit("ms").asi8.tolist()
    np.testing.assert_allclose(found.values.T, expected.to_numpy(), rtol=1e-12)


@given(step=st.sampled_from([2, 3, 6, 12, 24, 7 * 24]), first=st.integers(0, 500))
def test_no_length_changes_the_extremes_the_volume_or_the_ends(step: int, first: int) -> None:
    hours = HOURS[first:]

    found = aggregate(hours, step * HOUR)

    assert found.values[1].max() == hours.values[1].max()
    assert found.values[2].min() == hours.values[2].min()
    assert found.values[4].sum() == pytest.approx(hours.values[4].sum())
    assert found.values[0, 0] == hours.values[0, 0]
    assert found.values[3, -1] == hours.values[3, -1]
    assert (np.diff(found.times) > 0).all()


def test_a_gap_stays_a_gap(hours: Bars) -> None:
    torn = hours[np.r_[0:24, 72:96]]

    assert np.diff(aggregate(torn, DAY).times).tolist() == [3 * DAY]


def test_weeks_begin_on_monday_and_days_at_midnight() -> None:
    wednesday = np.array([pd.Timestamp("2025-09-17 15:00").value // 1_000_000])

    assert pd.Timestamp(int(bucket(wednesday, 7 * DAY)[0]), unit="ms") == pd.Timestamp("2025-09-15")
    assert pd.Timestamp(int(bucket(wednesday, DAY)[0]), unit="ms") == pd.Timestamp("2025-09-17")


@given(
    span=st.floats(1e6, 1e12),
    base=st.sampled_from([60_000, 300_000, 900_000, 1_800_000, HOUR, 4 * HOUR, DAY]),
)
def test_a_view_never_holds_more_candles_than_can_be_told_apart(span: float, base: int) -> None:
    step = step_for(span, base)

    assert step % base == 0
    assert span / step <= MOST_VISIBLE


def test_candles_are_no_longer_than_they_must_be() -> None:
    assert step_for(MOST_VISIBLE * HOUR, HOUR) == HOUR
    assert step_for(MOST_VISIBLE * HOUR + 1, HOUR) == 2 * HOUR


def test_no_candles_stay_no_candles(hours: Bars) -> None:
    assert len(aggregate(hours[:0], DAY)) == 0

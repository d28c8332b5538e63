"""Baselines: what they predict, and an interval that knows only the past."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.baselines import (
    BASELINES,
    baseline_prices,
    conformal_half_widths,
    conformal_intervals,
    known_returns,
)
from mlwidgets.evaluation.intervals import interval_coverage
from mlwidgets.evaluation.metrics import directional_accuracy, skill

seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds, mean_return=st.floats(-0.1, 0.1))
@settings(max_examples=40, deadline=None)
def test_baselines_call_the_directions_of_their_names(seed: int, mean_return: float) -> None:
    rng = np.random.default_rng(seed)
    close, last = rng.uniform(0.001, 1e5, 50), rng.normal(0, 0.01, 50)
    prices = baseline_prices(close, last, mean_return)
    assert tuple(prices) == BASELINES
    np.testing.assert_array_equal(np.sign(prices["momentum"] - close), np.sign(last))
    np.testing.assert_array_equal(np.sign(prices["reversal"] - close), -np.sign(last))
    assert (prices["always_up"] > close).all()
    assert np.isnan(directional_accuracy(close, close * 1.1, prices["last_value"]))


def test_the_last_value_has_no_skill_over_itself_and_momentum_wins_in_a_trend() -> None:
    close = 100 * 1.01 ** np.arange(10)
    prices = baseline_prices(close, np.full(10, math.log(1.01)), 0.0)
    assert skill(close, close * 1.01, prices["last_value"]) == 0.0
    assert skill(close, close * 1.01, prices["momentum"]) == pytest.approx(1.0)


@given(seed=seeds, window=st.integers(1, 40), coverage=st.floats(0.05, 0.95))
@settings(max_examples=60, deadline=None)
def test_half_widths_are_the_conformal_quantile_of_the_known_returns(
    seed: int, window: int, coverage: float
) -> None:
    rng = np.random.default_rng(seed)
    # Rounding makes ties, which the sorted window must drop one at a time.
    returns = rng.normal(0, 0.01, 60).round(3)
    known = np.sort(rng.integers(0, 61, 30))
    widths = conformal_half_widths(returns, known, coverage=coverage, window=window)
    for width, count in zip(widths, known, strict=True):
        past = np.sort(np.abs(returns[max(0, count - window) : count]))
        rank = math.ceil((past.size + 1) * coverage - 1e-9)
        assert width == (past[rank - 1] if rank <= past.size else math.inf)


@given(seed=seeds, cut=st.integers(1, 59), horizon=st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_later_prices_change_no_earlier_interval(seed: int, cut: int, horizon: int) -> None:
    rng = np.random.default_rng(seed)
    price = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, 60)))
    changed = np.concatenate([price[:cut], price[cut:] * rng.uniform(0.5, 2, 60 - cut)])

    def intervals(prices: np.ndarray) -> np.ndarray:
        origin = np.arange(prices.size)
        target = origin[horizon:]
        returns = np.log(prices[horizon:] / prices[:-horizon])
        known = known_returns(origin, target)
        return np.stack(conformal_intervals(prices, returns, known, coverage=0.5, window=20))

    np.testing.assert_array_equal(intervals(price)[:, :cut], intervals(changed)[:, :cut])


def test_returns_are_known_once_their_target_is_there_though_candles_are_missing() -> None:
    origin = np.array([0, 1, 2, 6, 7])
    assert known_returns(origin, target_time=[2, 8, 9]).tolist() == [0, 0, 1, 1, 1]


def test_the_interval_holds_its_coverage_on_exchangeable_returns() -> None:
    returns = np.random.default_rng(2).standard_t(4, 20_000) * 0.01
    close = np.full(returns.size, 100.0)
    known = np.arange(returns.size)
    lower, upper = conformal_intervals(close[100:], returns, known[100:], coverage=0.9)
    held = interval_coverage(close[100:] * np.exp(returns[100:]), lower, upper)
    assert held == pytest.approx(0.9, abs=0.008)


def test_too_few_known_returns_give_an_infinite_interval_instead_of_a_narrow_one() -> None:
    widths = conformal_half_widths([0.01] * 9, [8, 9], coverage=0.9)
    assert widths.tolist() == [math.inf, 0.01]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: conformal_half_widths([0.1], [2]), "known reaches 2 but there are 1"),
        (lambda: conformal_half_widths([0.1, 0.1], [2, 1]), "never decrease"),
        (lambda: conformal_half_widths([0.1], [1], window=0), "not 0"),
        (lambda: conformal_half_widths([0.1], [1], coverage=1.0), "not 1.0"),
        (lambda: conformal_half_widths([np.nan], [1]), "returns holds nan"),
        (lambda: conformal_intervals([1.0, 2.0], [0.1], [1]), "close has 2 rows"),
        (lambda: baseline_prices([1.0], [0.0], float("nan")), "mean_return"),
    ],
)
def test_impossible_requests_are_refused(call: object, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        call()  # type: ignore[operator]

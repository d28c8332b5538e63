"""Interval metrics: coverage, width, and a score that only true quantiles minimise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapie.metrics.regression import (  # type: ignore[import-untyped]
    regression_coverage_score,
    regression_mean_width_score,
    regression_mwi_score,
)
from scipy import stats

from mlwidgets.errors import SpecError
from mlwidgets.evaluation import intervals


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 200), coverage=st.floats(0.05, 0.95))
@settings(max_examples=50, deadline=None)
def test_coverage_width_and_winkler_score_equal_mapies(seed: int, n: int, coverage: float) -> None:
    rng = np.random.default_rng(seed)
    y = rng.normal(100, 5, n)
    lower = 100 - rng.uniform(0, 6, n)
    upper = 100 + rng.uniform(0, 6, n)
    bounds = np.stack([lower, upper], axis=1)[:, :, np.newaxis]
    held = regression_coverage_score(y, bounds)[0]
    assert intervals.interval_coverage(y, lower, upper) == pytest.approx(held)
    width = regression_mean_width_score(bounds)[0]
    assert intervals.mean_width(lower, upper) == pytest.approx(width)
    score = intervals.winkler_score(y, lower, upper, coverage=coverage)
    assert score == pytest.approx(regression_mwi_score(y, bounds, coverage), rel=1e-9)


def test_the_winkler_score_is_lowest_at_the_true_quantiles() -> None:
    y = np.random.default_rng(11).standard_normal(200_000)
    truth = stats.norm.ppf([0.05, 0.95])

    def score(lower: float, upper: float) -> float:
        return intervals.winkler_score(
            y, np.full(y.size, lower), np.full(y.size, upper), coverage=0.9
        )

    best = score(*truth)
    for shift_low in (-0.3, -0.15, 0.0, 0.15, 0.3):
        for shift_high in (-0.3, -0.15, 0.0, 0.15, 0.3):
            if shift_low or shift_high:
                assert score(truth[0] + shift_low, truth[1] + shift_high) > best


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60), window=st.integers(1, 70))
@settings(max_examples=60, deadline=None)
def test_rolling_coverage_is_the_coverage_of_each_run(seed: int, n: int, window: int) -> None:
    y = np.random.default_rng(seed).standard_normal(n)
    lower, upper = np.full(n, -1.0), np.full(n, 1.0)
    runs = intervals.rolling_coverage(y, lower, upper, window=window)
    expected = [
        intervals.interval_coverage(y[i : i + window], lower[i : i + window], upper[i : i + window])
        for i in range(n - window + 1)
    ]
    np.testing.assert_allclose(runs, expected)
    worst = intervals.worst_rolling_coverage(y, lower, upper, window=window)
    assert worst == min(expected) if expected else np.isnan(worst)


def test_a_price_on_the_bound_is_held() -> None:
    assert intervals.interval_coverage([1.0, 3.0], [1.0, 1.0], [3.0, 3.0]) == 1.0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: intervals.mean_width([2.0], [1.0]), "lower above upper; the first, row 0"),
        (lambda: intervals.winkler_score([1.0], [0.0], [2.0], coverage=90), "not 90"),
        (lambda: intervals.rolling_coverage([1.0], [0.0], [2.0], window=0), "not 0"),
        (lambda: intervals.interval_coverage([1.0, 2.0], [0.0], [2.0]), "equally long"),
        (lambda: intervals.relative_width([1.0, 2.0], [0.0], [2.0]), "equally long"),
    ],
)
def test_impossible_intervals_are_refused(call: object, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        call()  # type: ignore[operator]

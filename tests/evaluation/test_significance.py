"""Tests of luck: published values, and false alarms no more often than promised."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import matthews_corrcoef

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.metrics import directional_accuracy
from mlwidgets.evaluation.significance import (
    direction_test,
    needed_observations,
    pesaran_timmermann,
    significant_accuracy,
    wilson_interval,
)


def overlapping(rng: np.random.Generator, n: int, horizon: int) -> np.ndarray:
    """Sums of `horizon` consecutive shocks: what overlapping returns are made of, (n,)."""
    walk = np.concatenate([[0.0], np.cumsum(rng.standard_normal(n + horizon - 1))])
    return np.asarray(walk[horizon:] - walk[:-horizon])


def p_values(test: Callable[[np.random.Generator], float], repeats: int = 600) -> np.ndarray:
    rng = np.random.default_rng(17)
    return np.array([test(rng) for _ in range(repeats)])


def ignorant(n: int, horizon: int) -> Callable[[np.random.Generator], float]:
    def test(rng: np.random.Generator) -> float:
        close = np.full(n, 1000.0)
        actual, predicted = (close + overlapping(rng, n, horizon) for _ in range(2))
        return direction_test(close, actual, predicted, horizon=horizon).p_value

    return test


@pytest.mark.parametrize(("n", "horizon"), [(500, 1), (720, 4), (720, 24), (100, 24)])
def test_an_ignorant_forecast_beats_the_coin_no_more_often_than_promised(
    n: int, horizon: int
) -> None:
    p = p_values(ignorant(n, horizon))
    assert 0.02 < np.mean(p < 0.05) < 0.08
    assert 0.06 < np.mean(p < 0.10) < 0.14


def test_counting_overlapping_hits_as_independent_would_raise_false_alarms() -> None:
    rng = np.random.default_rng(23)
    close = np.full(720, 1000.0)
    naive = [
        direction_test(close, *(close + overlapping(rng, 720, 24) for _ in range(2))).p_value
        for _ in range(300)
    ]
    assert np.mean(np.array(naive) < 0.05) > 0.15


@pytest.mark.parametrize("horizon", [1, 4])
def test_always_up_in_a_rising_market_beats_a_coin_but_shows_no_dependence(horizon: int) -> None:
    rng = np.random.default_rng(29)
    close = np.full(2000, 1000.0)
    actual = close + overlapping(rng, 2000, horizon) + 0.5 * horizon
    mostly_up = close + np.where(rng.random(2000) < 0.95, 1.0, -1.0)
    assert direction_test(close, actual, mostly_up, horizon=horizon).p_value < 0.001
    assert pesaran_timmermann(close, actual, mostly_up, horizon=horizon).p_value > 0.05
    assert np.isnan(pesaran_timmermann(close, actual, close + 1, horizon=horizon).p_value)


@pytest.mark.parametrize("horizon", [1, 6])
def test_pesaran_timmermann_finds_a_real_edge_and_keeps_its_level_without_one(horizon: int) -> None:
    def test(rng: np.random.Generator, share: float) -> float:
        close, moves = np.full(800, 1000.0), overlapping(rng, 800, horizon)
        noise = overlapping(rng, 800, horizon)
        called = close + share * moves + noise + 0.3 * horizon
        return pesaran_timmermann(close, close + moves, called, horizon=horizon).p_value

    ignorant_p = p_values(lambda rng: test(rng, 0.0), repeats=400)
    skilled_p = p_values(lambda rng: test(rng, 1.0), repeats=20)
    assert np.mean(ignorant_p < 0.05) < 0.08
    assert (skilled_p < 0.01).all()


def test_pesaran_timmermann_agrees_with_the_correlation_of_directions() -> None:
    # The squared statistic is asymptotically the chi-squared one of independence, n * MCC².
    rng = np.random.default_rng(31)
    close = np.full(5000, 1000.0)
    moves = rng.standard_normal(5000)
    called = 0.1 * moves + rng.standard_normal(5000)
    result = pesaran_timmermann(close, close + moves, close + called)
    correlation = matthews_corrcoef(moves > 0, called > 0)
    assert result.statistic == pytest.approx(np.sqrt(5000) * correlation, rel=0.01)


def test_one_candle_ahead_the_exact_binomial_test_counts_the_calls_alone() -> None:
    rng = np.random.default_rng(37)
    close = np.full(300, 10.0)
    actual = close + rng.choice([-1.0, 0.0, 1.0], 300)
    predicted = close + rng.choice([-1.0, 0.0, 1.0], 300)
    moved_and_called = (actual != close) & (predicted != close)
    hits = int(((actual > close) == (predicted > close))[moved_and_called].sum())
    exact = stats.binomtest(hits, int(moved_and_called.sum()), alternative="greater")
    result = direction_test(close, actual, predicted)
    assert result.p_value == pytest.approx(exact.pvalue, rel=1e-9)
    assert direction_test(close, actual, 2 * close - actual).p_value == 1.0
    assert result.accuracy == directional_accuracy(close, actual, predicted)
    assert result.origins == int((actual != close).sum())


def test_overlap_makes_origins_count_for_less_and_intervals_wider() -> None:
    rng = np.random.default_rng(41)
    close = np.full(720, 1000.0)
    actual, predicted = (close + overlapping(rng, 720, 24) for _ in range(2))
    one, day = (direction_test(close, actual, predicted, horizon=h) for h in (1, 24))
    assert one.effective_origins == 720
    assert day.effective_origins < 200
    assert day.lower < one.lower < one.accuracy < one.upper < day.upper


def test_the_wilson_interval_equals_scipys() -> None:
    theirs = stats.binomtest(60, 100).proportion_ci(method="wilson")
    assert wilson_interval(0.6, 100) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_a_window_of_one_horizon_or_a_forecast_without_calls_gives_no_p_value() -> None:
    close, actual = np.full(24, 10.0), np.full(24, 11.0)
    assert np.isnan(direction_test(close, actual, actual, horizon=24).p_value)
    assert np.isnan(direction_test(close, actual, close).accuracy)


def test_a_lucky_streak_within_few_horizons_is_no_certainty() -> None:
    close, actual = np.full(30, 10.0), np.full(30, 11.0)
    assert direction_test(close, actual, actual, horizon=24).p_value > 0.05


def test_thirty_days_of_hours_need_53_per_cent_and_a_year_51() -> None:
    assert significant_accuracy(720) == pytest.approx(0.531, abs=5e-4)
    assert significant_accuracy(8760) == pytest.approx(0.509, abs=5e-4)


@pytest.mark.parametrize("n", [10, 720, 8760])
def test_needed_observations_undo_significant_accuracy(n: int) -> None:
    needed = needed_observations(significant_accuracy(n))
    assert needed is not None
    assert abs(needed - n) <= 1
    assert needed_observations(0.5) is None


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: needed_observations(53.0), "not 53.0"),
        (lambda: needed_observations(0.6, alpha=5), "not 5"),
        (lambda: significant_accuracy(0), "not 0"),
        (lambda: direction_test([1.0], [2.0], [3.0], horizon=-1), "not -1"),
    ],
)
def test_impossible_requests_are_refused(call: object, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        call()  # type: ignore[operator]

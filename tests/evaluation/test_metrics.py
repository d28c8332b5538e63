"""Point metrics equal scikit-learn's and cannot be gamed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from mlwidgets.errors import SpecError
from mlwidgets.evaluation import metrics


def exactly(value: float) -> object:
    return pytest.approx(value, rel=1e-12, abs=1e-12)


@st.composite
def forecasts(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """close, actual and predicted prices that move by up to a tenth."""
    n = draw(st.integers(2, 200))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    close = draw(st.floats(0.01, 100_000)) * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    moves = rng.normal(0, draw(st.floats(1e-4, 0.1)), (2, n))
    return close, close * np.exp(moves[0]), close * np.exp(moves[1])


@given(forecasts())
@settings(max_examples=60, deadline=None)
def test_price_metrics_equal_scikit_learns(data: tuple[np.ndarray, ...]) -> None:
    close, y, p = data
    assert metrics.mae(y, p) == exactly(sk.mean_absolute_error(y, p))
    assert metrics.rmse(y, p) == exactly(sk.root_mean_squared_error(y, p))
    assert metrics.mape(y, p) == exactly(sk.mean_absolute_percentage_error(y, p))
    assert metrics.r2_score(y, p) == exactly(sk.r2_score(y, p))
    of_returns = sk.r2_score(np.log(y / close), np.log(p / close))
    assert metrics.r2_returns(close, y, p) == exactly(of_returns)


def test_skill_is_zero_for_the_last_value_one_for_the_truth_and_nan_where_nothing_moves() -> None:
    close, y = [10.0, 20.0], [11.0, 18.0]
    assert metrics.skill(close, y, close) == 0.0
    assert metrics.skill(close, y, y) == 1.0
    assert np.isnan(metrics.skill(close, close, y))


@given(forecasts())
@settings(max_examples=40, deadline=None)
def test_a_forecast_and_its_mirror_share_the_directions_between_them(
    data: tuple[np.ndarray, ...],
) -> None:
    close, y, p = data
    mirrored = metrics.directional_accuracy(close, y, 2 * close - p)
    assert metrics.directional_accuracy(close, y, p) + mirrored == pytest.approx(1.0)


@given(forecasts())
@settings(max_examples=40, deadline=None)
def test_a_call_that_is_not_made_earns_half_a_hit_even_with_hindsight(
    data: tuple[np.ndarray, ...],
) -> None:
    close, y, p = data
    right = (y > close) == (p > close)
    scores = metrics.direction_scores(close, y, np.where(right, p, close))
    assert scores.mean() == pytest.approx((1 + right.mean()) / 2)


def test_unchanged_prices_prove_no_call_and_no_call_earns_a_coin() -> None:
    close, y = [10.0] * 4, [11.0, 9.0, 10.0, 11.0]
    assert metrics.directional_accuracy(close, y, [12.0, 8.0, 12.0, 9.0]) == pytest.approx(2 / 3)
    assert metrics.directional_accuracy(close, y, [12.0, 10.0, 12.0, 10.0]) == pytest.approx(2 / 3)


def test_the_last_value_has_no_direction_and_an_unmoved_market_gives_no_numbers() -> None:
    assert np.isnan(metrics.directional_accuracy([10.0] * 2, [11.0, 9.0], [10.0] * 2))
    assert np.isnan(metrics.directional_accuracy([10.0], [10.0], [11.0]))


def test_r2_of_a_constant_or_single_price_follows_scikit_learn() -> None:
    assert metrics.r2_score([5.0, 5.0], [5.0, 5.0]) == sk.r2_score([5.0, 5.0], [5.0, 5.0])
    assert metrics.r2_score([5.0, 5.0], [5.0, 6.0]) == sk.r2_score([5.0, 5.0], [5.0, 6.0])
    assert np.isnan(metrics.r2_score([5.0], [5.0]))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: metrics.mae([1.0, 2.0], [1.0]), "actual 2, predicted 1"),
        (lambda: metrics.mae([], []), r"shape is \(0,\)"),
        (lambda: metrics.rmse([[1.0]], [[1.0]]), r"shape is \(1, 1\)"),
        (lambda: metrics.mape([1.0, np.nan], [1.0, 1.0]), "actual holds nan at row 1"),
        (lambda: metrics.mae([1.0], [np.inf]), "predicted holds inf at row 0"),
        (lambda: metrics.r2_returns([1.0], [1.0], [-2.0]), "predicted must be positive"),
    ],
)
def test_unusable_arrays_are_refused_with_what_is_wrong(call: object, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        call()  # type: ignore[operator]

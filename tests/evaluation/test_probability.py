"""Metrics of the probability of a rise equal scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.probability import brier_score, log_loss, reliability


def exactly(value: float) -> object:
    return pytest.approx(value, rel=1e-12, abs=1e-12)


@given(st.integers(2, 200), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_probability_metrics_equal_scikit_learns(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    close, probability = rng.uniform(1, 100, n), rng.random(n)
    y = close * np.exp(rng.normal(0, 0.05, n))
    up = y > close
    assume(0 < up.sum() < up.size)
    brier = sk.brier_score_loss(up, probability)
    assert brier_score(close, y, probability) == exactly(brier)
    likelihood = sk.log_loss(up, probability)
    assert log_loss(close, y, probability) == exactly(likelihood)


@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
def test_reliability_equals_scikit_learns_calibration_curve(strategy: str) -> None:
    rng = np.random.default_rng(3)
    probability = rng.normal(0.5, 0.05, 2000).clip(0, 1)
    close, y = np.full(2000, 10.0), np.where(rng.random(2000) < probability, 11.0, 9.0)
    table = reliability(close, y, probability, strategy=strategy)  # type: ignore[arg-type]
    share, mean = calibration_curve(y > close, probability, n_bins=10, strategy=strategy)
    np.testing.assert_allclose(table.observed_share, share, rtol=1e-12)
    np.testing.assert_allclose(table.mean_probability, mean, rtol=1e-12)
    assert table.count.sum() == 2000


def test_calibration_error_is_small_for_honest_and_large_for_boastful_probabilities() -> None:
    rng = np.random.default_rng(5)
    truth = rng.uniform(0.3, 0.7, 50_000)
    close, y = np.full(truth.size, 10.0), np.where(rng.random(truth.size) < truth, 11.0, 9.0)
    honest = reliability(close, y, truth).expected_calibration_error
    boastful = reliability(close, y, np.round(truth)).expected_calibration_error
    assert honest < 0.01
    assert boastful == pytest.approx(0.4, abs=0.01)


def test_where_no_price_moves_there_is_nothing_to_measure() -> None:
    assert np.isnan(brier_score([10.0], [10.0], [0.7]))
    assert np.isnan(log_loss([10.0], [10.0], [0.7]))
    assert np.isnan(reliability([10.0], [10.0], [0.7]).expected_calibration_error)


def test_what_is_no_probability_or_no_bin_is_refused() -> None:
    with pytest.raises(SpecError, match=r"it spans 1\.5 to 1\.5"):
        brier_score([1.0], [2.0], [1.5])
    with pytest.raises(SpecError, match="at least 1, not 0"):
        reliability([1.0], [2.0], [0.5], bins=0)

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlwidgets.errors import ModelFileError, NotEnoughCandles, SpecError
from mlwidgets.forecast.calibration import FEWEST, Calibration, Outcomes, probability_up

HOUR = 3_600_000


def outcomes(signal: np.ndarray, result: np.ndarray, *, steps: int = 1, start: int = 0) -> Outcomes:
    time = (start + np.arange(len(signal))) * HOUR
    return Outcomes(time, time + steps * HOUR, signal, result, steps)


def noise(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).laplace(size=n)


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.95])
def test_the_first_half_width_is_the_split_conformal_quantile(coverage: float) -> None:
    """Checked against MAPIE's split conformal regressor with the same predictions."""
    from mapie.regression import SplitConformalRegressor
    from sklearn.dummy import DummyRegressor

    result = noise(400)
    rows = np.zeros((400, 1))
    regressor = DummyRegressor(strategy="constant", constant=0.0).fit(rows, result)
    mapie = SplitConformalRegressor(regressor, confidence_level=coverage, prefit=True)
    _, bounds = mapie.conformalize(rows, result).predict_interval(rows[:1])
    fitted = Calibration.fit(outcomes(np.zeros(400), result), coverage, until=0)
    assert fitted.half_width == pytest.approx(float(bounds[0, 1, 0]), abs=1e-12)


def test_the_slope_is_that_of_a_logistic_regression_shrunk_towards_no_skill() -> None:
    from sklearn.linear_model import LogisticRegression

    signal = noise(5000) * 0.1
    result = 0.8 * signal + noise(5000, seed=1)
    fitted = Calibration.fit(outcomes(signal, result), 0.9, until=0)
    penalty = 1 / (0.25 * 100 * np.mean(signal**2))  # a hundred coin tosses
    reference = LogisticRegression(C=penalty, fit_intercept=False, tol=1e-12)
    reference.fit(signal[:, None], result > 0)
    assert fitted.slope == pytest.approx(float(reference.coef_[0, 0]), rel=1e-4)


def test_signals_that_point_the_wrong_way_get_no_confidence_rather_than_an_inverted_one() -> None:
    signal = noise(1000)
    fitted = Calibration.fit(outcomes(signal, -signal + noise(1000, 1)), 0.9, until=0)
    assert fitted.slope == 0
    assert probability_up(np.array([fitted.slope]), np.array([5.0])) == 0.5


@given(st.integers(0, 2**16), st.integers(1, 30), st.integers(1, 199))
def test_later_outcomes_change_no_earlier_half_width_nor_slope(
    seed: int, steps: int, cut: int
) -> None:
    signal, result = noise(200, seed) * 0.1, noise(200, seed + 1)
    start = Calibration(0.9, 2.0, 1.0, 5.0, until=0)
    whole = start.track(outcomes(signal, result, steps=steps))
    changed = result.copy()
    changed[max(0, cut - steps) :] = 1e6  # none of these is known at origin cut - 1
    part = start.track(outcomes(signal, changed, steps=steps))
    np.testing.assert_array_equal(part[0][:cut], whole[0][:cut])
    np.testing.assert_array_equal(part[1][:cut], whole[1][:cut])


def test_coverage_is_kept_when_the_market_turns_three_times_as_wild() -> None:
    result = noise(6000)
    result[3000:] *= 3
    start = Calibration.fit(outcomes(np.zeros(500), noise(500, 9)), 0.9, until=0)
    half_width, _ = start.track(outcomes(np.zeros(6000), result))
    held = np.abs(result) <= half_width
    assert abs(held.mean() - 0.9) < 0.02
    assert abs(held[4000:].mean() - 0.9) < 0.01


def test_confidence_learns_that_a_signal_stopped_working() -> None:
    signal = np.sign(noise(8000)) * 0.2
    works = np.where(np.arange(8000) < 4000, 1.0, 0.0)
    result = works * signal * 3 + noise(8000, 1)
    start = Calibration.fit(outcomes(signal[:500], result[:500]), 0.9, until=0)
    _, slope = start.track(outcomes(signal, result))
    confidence = probability_up(slope, np.full(8000, 0.2))
    assert confidence[3999] > 0.65
    assert confidence[-1] < 0.58


def test_overlapping_outcomes_of_pure_noise_earn_no_confidence() -> None:
    """24-hour returns from hourly origins are few independent ones, however many rows."""
    losses = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        steps = random.normal(size=1500)
        result = np.convolve(steps, np.ones(24), "valid") / 24**0.5
        signal = np.convolve(random.normal(size=1800), np.ones(100) / 10, "valid")[: len(result)]
        known, later = slice(0, 300), slice(330, None)
        fitted = Calibration.fit(outcomes(signal[known], result[known], steps=24), 0.9, until=0)
        _, slope = fitted.track(outcomes(signal[later], result[later], steps=24))
        up = probability_up(slope, signal[later])
        losses.append(np.mean(-np.log(np.where(result[later] > 0, up, 1 - up))))
    assert np.mean(losses) < np.log(2) + 0.005


def test_a_dead_market_narrows_the_interval_only_so_far() -> None:
    start = Calibration(0.9, 2.0, 1.0, 5.0, until=0)
    half_width, _ = start.track(outcomes(np.zeros(20_000), np.zeros(20_000)))
    assert half_width.min() == pytest.approx(0.2)


def test_an_absurd_signal_overflows_nothing() -> None:
    start = Calibration(0.9, 2.0, 2000.0, 5.0, until=0)
    signal = np.array([-1e6, 1e6, -0.5, 0.5])
    _, slope = start.track(outcomes(signal, np.array([1.0, -1.0, 1.0, -1.0])))
    up = probability_up(slope, signal)
    assert np.isfinite(up).all()
    assert ((up > 0) & (up < 1)).all()


def test_unknown_outcomes_teach_nothing() -> None:
    start = Calibration(0.9, 2.0, 1.0, 5.0, until=0)
    half_width, slope = start.track(outcomes(np.ones(50), np.full(50, np.nan)))
    assert set(half_width) == {2.0}
    assert set(slope) == {1.0}


@pytest.mark.parametrize("coverage", [0.0, 1.0, -0.1, float("nan")])
def test_a_coverage_outside_0_and_1_is_refused(coverage: float) -> None:
    with pytest.raises(SpecError, match="Coverage must lie between"):
        Calibration.fit(outcomes(noise(100), noise(100)), coverage, until=0)


def test_too_few_outcomes_are_refused() -> None:
    few = FEWEST - 1
    with pytest.raises(NotEnoughCandles, match=f"{few} outcomes are too few"):
        Calibration.fit(outcomes(noise(few), noise(few)), 0.9, until=0)


def test_it_survives_a_model_file() -> None:
    start = Calibration(0.9, 2.1, 1.3, 5.7, until=12)
    assert Calibration.from_array(start.to_array(), until=12) == start


@pytest.mark.parametrize("field", ["coverage", "half_width", "slope", "information"])
def test_numbers_that_make_no_calibration_are_refused(field: str) -> None:
    broken = dataclasses.replace(Calibration(0.9, 2.0, 1.0, 5.0, until=0), **{field: -1.0})
    with pytest.raises(ModelFileError):
        Calibration.from_array(broken.to_array(), until=0)

"""Comparing two forecasts: published values, and false alarms no more often than promised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from scipy import stats

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.diebold_mariano import diebold_mariano

# One-step errors of ETS and ARIMA on the last 20 values of R's WWWusage: the example of R's
# forecast::dm.test. Errors and p-values as published in the tests of HypothesisTests.jl
# (test/diebold_mariano.jl).
ETS = [
    0.002241270, -0.000661906, -1.200002613, -4.000218178, 3.799373533,
    3.401005111, -1.199692125, -0.800490048, -1.200048999, 3.399847229,
    7.000708948, 2.200989241, -4.800165569, -1.201043375, 3.400167556,
    3.000709085, 0.400267950, -6.800169207, -2.401259050, 1.200112198,
]  # fmt: skip
ARIMA = [
    0.1209998, 8.0622269, -0.9189429, -1.7952436, 5.3431277, 2.0459823, -0.6073261,
    0.5516816, -0.7633238, 4.1229472, 5.8785333, 1.2828331, -3.4854233, 1.1971370,
    3.1709314, 2.3408457, 0.4962286, -5.9841362, 0.1537114, 0.4207951,
]  # fmt: skip


@pytest.mark.parametrize(
    ("horizon", "loss", "two_sided", "greater", "less"),
    [
        (1, "squared", 0.8871, 0.5565, 0.4435),
        (10, "squared", 0.9362, 0.5319, 0.4681),
        (1, "absolute", 0.7818, 0.3909, 0.6091),
    ],
)
def test_diebold_mariano_gives_the_published_p_values_of_the_wwwusage_example(
    horizon: int,
    loss: Literal["absolute", "squared"],
    two_sided: float,
    greater: float,
    less: float,
) -> None:
    def p_value(alternative: Literal["two-sided", "less", "greater"]) -> float:
        return diebold_mariano(
            ETS, ARIMA, horizon=horizon, loss=loss, alternative=alternative
        ).p_value

    assert p_value("two-sided") == pytest.approx(two_sided, abs=1e-4)
    assert p_value("greater") == pytest.approx(greater, abs=1e-4)
    assert p_value("less") == pytest.approx(less, abs=1e-4)


def test_diebold_mariano_gives_the_published_values_of_the_dieboldmariano_package() -> None:
    # Test 1 of the package's tests/dieboldmarianotest.py.
    first = diebold_mariano([0, 1, 2, 3, 4, 5], [0, 2, 3, 3, 5, 6], loss="squared")
    assert first.statistic == pytest.approx(-2.4905, abs=1e-4)
    assert first.p_value == pytest.approx(0.05513, abs=1e-5)
    # Loss differences 1, 2, 3, 4 at h = 2, worked by hand: mean 2.5, variance of the mean
    # (5 + 2 * 1.25) / 16, Harvey's factor (5 - 4 + 2/4) / 4.
    by_hand = 2.5 * np.sqrt((1.5 / 4) / (7.5 / 16))
    second = diebold_mariano([1, 2, 3, 4], [0, 0, 0, 0], horizon=2)
    assert second.statistic == pytest.approx(by_hand)


def overlapping(rng: np.random.Generator, n: int, horizon: int) -> np.ndarray:
    """Sums of `horizon` consecutive shocks: what overlapping returns are made of, (n,)."""
    walk = np.concatenate([[0.0], np.cumsum(rng.standard_normal(n + horizon - 1))])
    return np.asarray(walk[horizon:] - walk[:-horizon])


def p_values(test: Callable[[np.random.Generator], float], repeats: int = 600) -> np.ndarray:
    rng = np.random.default_rng(17)
    return np.array([test(rng) for _ in range(repeats)])


def equally_bad(n: int, horizon: int) -> Callable[[np.random.Generator], float]:
    def test(rng: np.random.Generator) -> float:
        target, one, other = (overlapping(rng, n, horizon) for _ in range(3))
        return diebold_mariano(target - one / 2, target - other / 2, horizon=horizon).p_value

    return test


@pytest.mark.parametrize(("n", "horizon"), [(200, 1), (500, 4), (720, 12)])
def test_diebold_mariano_p_values_are_uniform_where_two_forecasts_are_equally_good(
    n: int, horizon: int
) -> None:
    p = p_values(equally_bad(n, horizon))
    assert stats.kstest(p, "uniform").pvalue > 0.001
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.03)


def test_equal_losses_are_no_difference_and_a_constant_one_is_certain() -> None:
    assert diebold_mariano([1.0, -2.0, 3.0], [-1.0, 2.0, 3.0]).p_value == 1.0
    assert diebold_mariano([1.0] * 4, [2.0] * 4).statistic == -np.inf
    assert diebold_mariano([1.0] * 4, [2.0] * 4).p_value == 0.0


def test_a_negative_variance_estimate_falls_back_to_weights_that_cannot_be_negative() -> None:
    result = diebold_mariano([1.1, 0.1] * 10, [0.5] * 20, horizon=2)
    assert np.isfinite(result.statistic)
    assert 0 <= result.p_value <= 1


def test_a_window_of_one_horizon_gives_no_p_value() -> None:
    assert np.isnan(diebold_mariano([1.0, 2.0], [2.0, 1.0], horizon=2).p_value)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: diebold_mariano([1.0], [2.0, 3.0]), "equally long"),
        (lambda: diebold_mariano([1.0], [2.0], horizon=0), "not 0"),
        (lambda: diebold_mariano([1.0], [2.0], loss="cubic"), "cubic"),  # type: ignore[arg-type]
    ],
)
def test_impossible_requests_are_refused(call: object, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        call()  # type: ignore[operator]

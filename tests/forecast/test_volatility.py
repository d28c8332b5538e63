import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from strategies import regular_candles
from threadpoolctl import threadpool_limits

from mlwidgets.errors import NotEnoughCandles
from mlwidgets.features import Samples
from mlwidgets.features.series import CandleSeries
from mlwidgets.forecast.volatility import BOUNDS, SPANS, VolatilityModel, volatility_inputs
from mlwidgets.market.simulator import simulate_market

CANDLES = simulate_market("1h", periods=2200, seed=6).candles


@given(st.integers(0, 1000), st.integers(2, 120))
def test_later_candles_change_no_earlier_input(seed: int, cut: int) -> None:
    candles = regular_candles("2024-01-01", 120, seed=seed)
    whole = volatility_inputs(CandleSeries(candles, "1h"))
    np.testing.assert_array_equal(
        volatility_inputs(CandleSeries(candles.iloc[:cut], "1h")), whole[:cut]
    )


def test_the_coefficients_maximise_the_laplace_likelihood() -> None:
    random = np.random.default_rng(0)
    inputs = np.column_stack([np.ones(2000), random.normal(size=(2000, len(SPANS) + 1))])
    truth = [-5.0, *[0.2] * len(SPANS), -0.3]
    returns = random.laplace(size=2000) * np.exp(inputs @ truth)
    fitted = VolatilityModel.fit(inputs, returns)

    def loss(b: np.ndarray) -> float:
        log_scale = (inputs - fitted.centre) @ b
        likelihood = np.mean(log_scale + np.abs(returns) * np.exp(-log_scale))
        return float(likelihood + 0.5e-3 * np.sum(b[1:] ** 2))

    reference = minimize(loss, fitted.coefficients + 0.1, method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(fitted.coefficients, reference.x, atol=1e-4)


def test_no_volatility_weighs_negatively() -> None:
    """Collinear volatilities must not cancel: a wick would then lower the scale for days."""
    samples = Samples.build(CANDLES, "1h", 1)
    rows = samples.labelled_origins(2)
    inputs = volatility_inputs(CandleSeries(CANDLES, "1h"))[rows]
    for count in (300, 600, 1200, len(rows)):
        fitted = VolatilityModel.fit(inputs[:count], samples.target[rows[:count]])
        assert (fitted.coefficients[1 : 1 + len(SPANS)] >= 0).all()


@pytest.mark.parametrize("factor", [1.3, 10.0, 1e4])
def test_one_wick_is_no_change_of_volatility(factor: float) -> None:
    wicked = CANDLES.copy()
    wicked.iloc[1500, wicked.columns.get_loc("high")] *= factor
    samples = Samples.build(CANDLES, "1h", 1)
    rows = samples.labelled_origins(2)
    inputs, changed = (volatility_inputs(CandleSeries(c, "1h")) for c in (CANDLES, wicked))
    fitted = VolatilityModel.fit(inputs[rows[:1200]], samples.target[rows[:1200]])
    plain, after = (fitted.scale(i, samples.horizon_volatility) for i in (inputs, changed))
    ratio = after[1500:1700] / plain[1500:1700]
    assert ratio.min() > 0.99
    assert np.median(ratio) < 1.6


def test_the_scale_stays_near_plain_volatility_in_a_market_unlike_any_before() -> None:
    halted = CANDLES.copy()
    halted.iloc[800:1400, :4] = halted["close"].iloc[799]
    samples = Samples.build(halted, "1h", 1)
    rows = samples.labelled_origins(2)
    inputs = volatility_inputs(CandleSeries(halted, "1h"))
    fitted = VolatilityModel.fit(inputs[rows[:900]], samples.target[rows[:900]])
    scale = fitted.scale(inputs, samples.horizon_volatility)[rows]
    ratio = scale / samples.horizon_volatility[rows]
    assert ratio.min() >= BOUNDS[0] * 0.999
    assert ratio.max() <= BOUNDS[1] * 1.001


@pytest.mark.parametrize("steps", [1, 4])
def test_the_scale_follows_the_simulated_markets_true_volatility(steps: int) -> None:
    market = simulate_market("1h", periods=6000, seed=5)
    samples = Samples.build(market.candles, "1h", steps)
    inputs = volatility_inputs(CandleSeries(market.candles, "1h"))
    rows = samples.labelled_origins(2)
    train, test = rows[:4000], rows[4000:]
    scale = VolatilityModel.fit(inputs[train], samples.target[train]).scale(
        inputs[test], samples.horizon_volatility[test]
    )
    truth = market.volatility.shift(-1).to_numpy()[test]
    known = np.isfinite(truth)
    agreement = np.corrcoef(np.log(scale[known]), np.log(truth[known]))[0, 1]
    assert agreement > 0.6
    assert np.abs(samples.target[test]).mean() / scale.mean() == pytest.approx(1, abs=0.15)


def test_too_few_origins_are_refused() -> None:
    with pytest.raises(NotEnoughCandles, match="199 origins are too few"):
        VolatilityModel.fit(np.ones((199, 2)), np.ones(199))


def test_a_market_that_stands_still_gives_a_finite_scale() -> None:
    candles = regular_candles("2024-01-01", 400)
    candles.loc[:, ["open", "high", "low", "close"]] = 1.0
    inputs = volatility_inputs(CandleSeries(candles, "1h"))
    scale = VolatilityModel.fit(inputs, np.zeros(400)).scale(inputs, np.ones(400))
    assert np.isfinite(scale).all()
    assert (scale > 0).all()


def test_daily_candles_have_no_daily_wave_but_work() -> None:

    candles = regular_candles("2020-01-01", 300, "1d")

    returns = np.diff(np.log(candles["close"].to_numpy()), append=np.nan)[:-1]
    inputs = volatility_inputs(CandleSeries(candles, "1d"))[:-1]
    assert np.isfinite(VolatilityModel.fit(inputs, returns).scale(inputs, np.ones(299))).all()


def test_the_fit_does_not_depend_on_how_many_threads_sum() -> None:
    random = np.random.default_rng(0)
    inputs = np.column_stack([np.ones(60_000), random.normal(size=(60_000, 20))])
    returns = random.laplace(size=60_000)
    fits = []
    for threads in (1, 2, 4):
        with threadpool_limits(threads):
            fits.append(VolatilityModel.fit(inputs, returns).coefficients)
    np.testing.assert_array_equal(fits[0], fits[1])
    np.testing.assert_array_equal(fits[0], fits[2])

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlwidgets.errors import SpecError, UnknownTimeframe
from mlwidgets.market.candles import find_gaps, is_simulated, validate_candles
from mlwidgets.market.simulator import REGIMES, SimulatedMarket, simulate_market
from mlwidgets.market.timeframes import MINUTES


@pytest.fixture(scope="module")
def market() -> SimulatedMarket:
    return simulate_market("1h", periods=20_000, seed=7)


def _next_return(market: SimulatedMarket) -> pd.Series:
    close = np.log(market.candles["close"])
    return (close.shift(-1) - close).iloc[:-1]


def _direction_known(forecast: pd.Series, market: SimulatedMarket) -> float:
    actual = _next_return(market)
    return float((np.sign(forecast.iloc[:-1]) == np.sign(actual)).mean())


@pytest.mark.parametrize("timeframe", MINUTES)
def test_simulated_candles_keep_the_candle_contract_on_every_timeframe(timeframe: str) -> None:
    candles = simulate_market(timeframe, periods=500, seed=1).candles
    pd.testing.assert_frame_equal(validate_candles(candles, timeframe), candles)
    assert find_gaps(candles, timeframe) == []
    assert len(candles) == 500


def test_simulated_candles_say_so_in_their_label() -> None:
    candles = simulate_market("4h", periods=10, symbol="eth/usdt").candles
    assert is_simulated(candles)
    assert candles.attrs == {"symbol": "ETHUSDT", "timeframe": "4h", "source": "simulated"}


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**63 - 1),
    periods=st.integers(1, 300),
    more=st.integers(0, 300),
    timeframe=st.sampled_from(list(MINUTES)),
)
def test_the_same_seed_gives_the_same_market_and_more_periods_only_append(
    seed: int, periods: int, more: int, timeframe: str
) -> None:
    short = simulate_market(timeframe, periods=periods, seed=seed)
    long = simulate_market(timeframe, periods=periods + more, seed=seed)
    pd.testing.assert_frame_equal(short.candles, long.candles.iloc[:periods], check_exact=True)
    for truth in ("regimes", "expected_return", "volatility"):
        expected = getattr(long, truth).iloc[:periods]
        pd.testing.assert_series_equal(getattr(short, truth), expected, check_exact=True)


def test_another_seed_gives_another_market() -> None:
    first, second = (simulate_market("1h", periods=50, seed=seed).candles for seed in (1, 2))
    assert not np.allclose(first["close"], second["close"])


@pytest.mark.parametrize("timeframe", ["5m", "1h", "4h"])
@pytest.mark.parametrize("asked", [0.55, 0.60, 0.70])
def test_the_best_directional_accuracy_is_near_the_asked_one(timeframe: str, asked: float) -> None:
    got = simulate_market(timeframe, periods=10_000, best_directional_accuracy=asked)
    assert got.best_directional_accuracy == pytest.approx(asked, abs=0.005)


def test_who_knows_the_truth_attains_the_best_directional_accuracy(market: SimulatedMarket) -> None:
    # Three standard errors of a share over 20,000 candles.
    assert _direction_known(market.expected_return, market) == pytest.approx(
        market.best_directional_accuracy, abs=0.0105
    )


def test_the_true_mean_and_volatility_standardise_the_next_return(market: SimulatedMarket) -> None:
    innovation = (_next_return(market) - market.expected_return) / market.volatility
    assert innovation.mean() == pytest.approx(0, abs=0.025)
    assert innovation.std() == pytest.approx(1, abs=0.03)
    assert innovation.kurt() > 1
    assert abs(innovation.autocorr(1)) < 0.025


def test_the_planted_signal_can_be_computed_from_past_candles_alone() -> None:
    market = simulate_market("1h", periods=3000, seed=3, trend=0)
    candles = market.candles
    change = np.log(candles["close"] / candles["open"])
    scale = np.sqrt((change**2).ewm(span=48, adjust=False).mean())
    run = sum(0.7**lag * change.shift(lag) for lag in range(80))
    volume = np.log(candles["volume"] / candles["volume"].ewm(span=168).mean())
    signal = (-np.tanh(0.6 * run / scale) * np.tanh(0.8 * (volume + 0.3))).iloc[100:]
    truth = (market.expected_return / market.volatility).iloc[100:]
    strength = truth / signal
    assert strength.std() < 1e-6 * strength.mean()


def test_neither_momentum_nor_reversal_captures_what_can_be_known(market: SimulatedMarket) -> None:
    last = np.log(market.candles["close"] / market.candles["open"])
    best = market.best_directional_accuracy
    assert max(_direction_known(last, market), _direction_known(-last, market)) < best - 0.05


def test_a_model_on_simple_features_comes_within_two_points_of_the_best(
    market: SimulatedMarket,
) -> None:
    from sklearn.kernel_approximation import Nystroem
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    candles = market.candles
    change = np.log(candles["close"] / candles["open"])
    scale = np.sqrt((change**2).ewm(span=48).mean())
    volume = np.log(candles["volume"] / candles["volume"].ewm(span=168).mean())
    features = pd.DataFrame({f"return_{lag}": change.shift(lag) / scale for lag in range(4)})
    features["volume"] = volume
    target = (change.shift(-1) / scale).clip(-4, 4)
    train, test = slice(200, 14_000), slice(14_000, 19_999)
    model = make_pipeline(
        StandardScaler(), Nystroem(gamma=0.05, n_components=200, random_state=0), Ridge(1.0)
    ).fit(features[train], target[train])
    # Judged by the true probability of up, which has no luck of the draw in it.
    expected = market.expected_return[test] / market.volatility[test]
    up_more_likely = model.predict(features[test]) > 0
    attained, best = _expected_accuracy(expected, up_more_likely), _expected_accuracy(expected)
    assert best - 0.02 <= attained <= best


def _expected_accuracy(mean: pd.Series, up: np.ndarray | None = None) -> float:
    from scipy.stats import t

    probability_up = t.cdf(mean * np.sqrt(6 / 4), df=6)
    return float(
        np.where(mean > 0 if up is None else up, probability_up, 1 - probability_up).mean()
    )


def test_without_signal_and_trend_the_direction_is_a_fair_coin() -> None:
    market = simulate_market("1h", periods=20_000, seed=5, best_directional_accuracy=0.5, trend=0)
    assert market.best_directional_accuracy == 0.5
    assert (market.expected_return == 0).all()
    last = np.log(market.candles["close"] / market.candles["open"])
    assert _direction_known(last, market) == pytest.approx(0.5, abs=0.0105)


def test_a_trend_that_tells_more_than_asked_is_refused_with_the_least_accuracy() -> None:
    with pytest.raises(SpecError, match=r"trend of 1 alone .* 0\.58\d\d .* lower trend") as error:
        simulate_market("1d", best_directional_accuracy=0.55)
    floor = error.value.details["floor"]
    assert simulate_market("1d", best_directional_accuracy=floor).best_directional_accuracy > 0.55


def test_bull_markets_rise_and_bear_markets_fall_and_last_for_weeks() -> None:
    market = simulate_market("4h", periods=40_000, seed=2)
    assert set(market.regimes.unique()) == set(REGIMES)
    daily = market.expected_return.groupby(market.regimes).mean() * 6
    assert daily["Bull"] > 0.004
    assert daily["Bear"] < -0.004
    assert abs(daily["Sideways"]) < 0.002
    spells = (market.regimes != market.regimes.shift()).sum()
    assert 10 <= len(market.regimes) / 6 / spells <= 30


def test_volatility_clusters_and_follows_the_hour_and_the_weekday(market: SimulatedMarket) -> None:
    change = np.log(market.candles["close"] / market.candles["open"])
    size = change.abs()
    assert 0.025 < change.std() * np.sqrt(24) < 0.045
    assert change.kurt() > 3
    assert all(size.autocorr(lag) > 0.05 for lag in (1, 6, 24, 96))
    time = pd.DatetimeIndex(market.candles.index)
    by_hour, by_day = size.groupby(time.hour).mean(), size.groupby(time.day_of_week).mean()
    assert by_hour[13:18].mean() > 1.3 * by_hour[1:6].mean()
    assert by_day[5:6].mean() < 0.9 * by_day[1:3].mean()


def test_volume_and_range_tell_about_volatility(market: SimulatedMarket) -> None:
    candles = market.candles
    change = np.log(candles["close"] / candles["open"])
    assert candles["volume"].corr(change.abs(), method="spearman") > 0.3
    assert candles["volume"].corr(market.volatility, method="spearman") > 0.4
    parkinson = np.log(candles["high"] / candles["low"]) ** 2 / (4 * np.log(2))
    previous = market.volatility.shift(1)
    assert np.sqrt(parkinson).corr(previous) > 1.15 * change.abs().corr(previous)


def test_parkinsons_estimator_is_unbiased_where_nothing_drifts() -> None:
    market = simulate_market("1h", periods=50_000, seed=4, best_directional_accuracy=0.5, trend=0)
    candles = market.candles
    parkinson = np.log(candles["high"] / candles["low"]) ** 2 / (4 * np.log(2))
    assert parkinson.mean() == pytest.approx((market.volatility**2).mean(), rel=0.04)


def test_the_first_candle_opens_at_the_start_and_each_next_at_the_last_close() -> None:
    candles = simulate_market("15m", periods=20, start="2025-03-01 00:15", start_price=2.5).candles
    assert candles.index[0] == pd.Timestamp("2025-03-01 00:15", tz="UTC")
    assert candles["open"].iloc[0] == 2.5
    assert (candles["open"].iloc[1:].to_numpy() == candles["close"].iloc[:-1].to_numpy()).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"periods": 0}, r"periods=0 must be a whole number from 1"),
        ({"periods": 10.5}, r"periods=10.5 must be a whole number"),
        ({"periods": True}, r"periods=True must be a whole number"),
        ({"seed": -1}, r"seed=-1 must be a whole number from 0"),
        ({"best_directional_accuracy": 0.45}, r"best_directional_accuracy=0.45 must be .* 0.5"),
        ({"best_directional_accuracy": float("nan")}, r"best_directional_accuracy=nan"),
        ({"trend": -1.0}, r"trend=-1.0 must be a number from 0 to 3"),
        ({"start_price": 0.0}, r"start_price=0.0 must be"),
        ({"start_price": "30000"}, r"start_price='30000' must be a number"),
        ({"start": "yesterday-ish"}, r"start='yesterday-ish' is no date"),
        ({"start": "NaT"}, r"start='NaT' is no date"),
        ({"start": "2024-01-01 00:30"}, r"off the 1h grid; use 2024-01-01 00:00:00"),
        ({"start": "1900-01-01"}, r"leave the years 1971 to 2199"),
        ({"timeframe": "1d", "periods": 100_000}, r"leave the years 1971 to 2199"),
        ({"symbol": "?"}, r"Symbol '\?' is not one"),
    ],
)
def test_senseless_arguments_are_refused_by_name(
    arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        simulate_market(**arguments)  # type: ignore[arg-type]


def test_an_unknown_timeframe_is_refused() -> None:
    with pytest.raises(UnknownTimeframe, match="'2h'"):
        simulate_market("2h")


def test_importing_the_simulator_imports_neither_scipy_nor_torch() -> None:
    code = "import sys, mlwidgets.market.simulator; print({'scipy', 'torch'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"

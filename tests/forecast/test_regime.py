import dataclasses
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlwidgets.errors import CandleError, ModelFileError, NotEnoughCandles, SpecError
from mlwidgets.forecast.regime import SWITCH_MARGIN, RegimeFilter
from mlwidgets.market.regimes import REGIMES
from mlwidgets.market.simulator import simulate_market

PER_DAY = {"5m": 288, "1h": 24, "4h": 6, "1d": 1}


def _candles(close: np.ndarray, timeframe: str = "1h") -> pd.DataFrame:
    delta = pd.Timedelta(days=1) / PER_DAY[timeframe]
    index = pd.date_range("2024-01-01", periods=len(close), freq=delta, tz="UTC", name="time")
    open_ = np.concatenate([close[:1], close[:-1]])
    high, low = np.maximum(open_, close), np.minimum(open_, close)
    return pd.DataFrame(
        {"open": open_, "high": high, "low": low, "close": close, "volume": 1.0}, index=index
    )


def _walk(timeframe: str, days: int, drift_a_day: float, seed: int = 0) -> pd.DataFrame:
    per_day = PER_DAY[timeframe]
    noise = np.random.default_rng(seed).standard_normal(days * per_day)
    # Noise whose sum is zero: the walk's drift is the asked one, not that of the draw.
    noise -= noise.mean()
    steps = 0.03 * (noise / np.sqrt(per_day) + drift_a_day / per_day)
    return _candles(100 * np.exp(np.cumsum(steps)), timeframe)


def test_the_likelihood_and_the_filter_equal_hmmlearns_for_the_same_parameters() -> None:
    from hmmlearn.hmm import GaussianHMM

    candles = _walk("4h", 120, 0.2)
    # No clipping in reach, and a volatility that never moves: the plain Gaussian case.
    regime = RegimeFilter(0.4, 9.0, volatility=0.03, volatility_days=1e12, clip=20.0)
    days = 1 / 6
    scores = np.diff(np.log(candles["close"])) / (0.03 * np.sqrt(days))
    stay = np.exp(-1.5 * days / 9.0)
    peer = GaussianHMM(3, covariance_type="spherical")
    peer.startprob_ = np.full(3, 1 / 3)
    peer.transmat_ = stay * np.eye(3) + (1 - stay) / 3
    peer.means_ = np.array([[0.4], [-0.4], [0.0]]) * np.sqrt(days)
    peer.covars_ = np.ones(3)
    without_regimes = float(np.sum(-0.5 * scores**2 - 0.5 * np.log(2 * np.pi)))
    score = peer.score(scores[:, None])
    assert regime.log_likelihood(candles) == pytest.approx(score - without_regimes, abs=1e-8)
    # At the last candle smoothed and filtered probabilities are the same.
    filtered = regime.filter(candles).iloc[-1].to_numpy()
    np.testing.assert_allclose(filtered, peer.predict_proba(scores[:, None])[-1], atol=1e-10)


@settings(max_examples=40, deadline=None)
@given(
    changes=st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=80),
    kept=st.data(),
)
def test_candles_added_later_change_no_earlier_probability_or_name(
    changes: list[float], kept: st.DataObject
) -> None:
    candles = _candles(100 * np.exp(np.cumsum(changes)))
    holes = kept.draw(st.sets(st.integers(0, len(changes) - 1), max_size=len(changes) - 1))
    candles = candles.drop(candles.index[sorted(holes)])
    seen = kept.draw(st.integers(0, len(candles)))
    regime = RegimeFilter(drift=0.5, duration_days=1.0)
    whole, part = regime.filter(candles), regime.filter(candles.iloc[:seen])
    pd.testing.assert_frame_equal(whole.iloc[:seen], part, check_exact=True)
    pd.testing.assert_series_equal(regime.label(whole).iloc[:seen], regime.label(part))


@settings(max_examples=40, deadline=None)
@given(
    changes=st.lists(st.floats(-5, 5) | st.just(0.0), min_size=1, max_size=60),
    drift=st.floats(1e-6, 1.0),
    duration=st.floats(1e-3, 1e6),
    volatility=st.floats(1e-6, 10.0),
)
def test_probabilities_are_probabilities_whatever_the_prices_and_parameters(
    changes: list[float], drift: float, duration: float, volatility: float
) -> None:
    candles = _candles(np.exp(np.cumsum(changes)).clip(1e-200, 1e200))
    values = RegimeFilter(drift, duration, volatility).filter(candles).to_numpy()
    assert values.shape == (len(candles), 3)
    assert (values >= 0).all()
    np.testing.assert_allclose(values.sum(axis=1), 1.0, atol=1e-12)


@pytest.mark.parametrize("timeframe", PER_DAY)
@pytest.mark.parametrize(("drift", "name"), [(0.4, "Bull"), (-0.4, "Bear")])
def test_rising_and_falling_markets_are_named_on_every_timeframe(
    timeframe: str, drift: float, name: str
) -> None:
    shares = []
    for seed in range(4):
        names = RegimeFilter.label(RegimeFilter().filter(_walk(timeframe, 60, drift, seed)))
        shares.append((names.iloc[len(names) // 2 :] == name).mean())
    assert np.mean(shares) > 0.6


@pytest.mark.parametrize("timeframe", PER_DAY)
def test_prices_that_swing_around_a_level_are_sideways_on_every_timeframe(timeframe: str) -> None:
    per_day, shares = PER_DAY[timeframe], []
    for seed in range(4):
        noise = pd.Series(np.random.default_rng(seed).standard_normal(90 * per_day))
        level = noise.ewm(halflife=per_day, adjust=False).mean() * np.sqrt(per_day)
        names = RegimeFilter.label(
            RegimeFilter().filter(_candles((100 + level).to_numpy(), timeframe))
        )
        shares.append((names.iloc[10 * per_day :] == "Sideways").mean())
    assert np.mean(shares) > 0.75


@pytest.mark.parametrize(
    ("step", "name", "least"),
    [(0.002, "Bull", 0.8), (-0.002, "Bear", 0.8), (0.0, "Sideways", 0.45)],
)
def test_prices_that_rise_or_fall_without_noise_or_stand_still_leave_little_doubt(
    step: float, name: str, least: float
) -> None:
    last = RegimeFilter().filter(_candles(100 * np.exp(step * np.arange(24 * 30)))).iloc[-1]
    assert last.idxmax() == name
    assert last.max() > least


def test_mirrored_prices_swap_bull_and_bear() -> None:
    candles = _walk("1h", 60, 0.3)
    mirrored = _candles((1e4 / candles["close"]).to_numpy())
    straight = RegimeFilter().filter(candles)
    swapped = RegimeFilter().filter(mirrored).rename(columns={"Bull": "Bear", "Bear": "Bull"})
    pd.testing.assert_frame_equal(straight, swapped[list(REGIMES)], atol=1e-9)


def _agreement(trend: float) -> tuple[float, float]:
    """Share of candles named right, and of trending candles named the opposite."""
    right, opposite = [], []
    for seed in range(4):
        market = simulate_market("4h", periods=3 * 365 * 6, seed=seed, trend=trend)
        train = 2 * 365 * 6
        regime = RegimeFilter.fit(market.candles.iloc[:train], "4h")
        named = regime.label(regime.filter(market.candles)).iloc[train:]
        truth = market.regimes.iloc[train:]
        right.append((named == truth).mean())
        mirrored = truth.map({"Bull": "Bear", "Bear": "Bull"})
        opposite.append((named == mirrored)[truth != "Sideways"].mean())
    return float(np.mean(right)), float(np.mean(opposite))


def test_it_finds_the_simulators_regimes_clearly_better_than_chance() -> None:
    # Three names: chance is 1/3. At trend 1 a spell of 20 days drifts by 1.3 of its standard
    # deviations only, so nobody who does not see the future can name most of it.
    right, opposite = _agreement(trend=1.0)
    assert right > 0.42
    assert opposite < 0.25
    right, opposite = _agreement(trend=2.0)
    assert right > 0.54
    assert opposite < 0.15


def test_the_fit_tells_a_strong_trend_from_a_weak_one() -> None:
    def fitted(trend: float) -> float:
        markets = (simulate_market("4h", periods=4000, seed=seed, trend=trend) for seed in range(3))
        return float(np.mean([RegimeFilter.fit(each.candles, "4h").drift for each in markets]))

    assert fitted(0.0) < fitted(2.0)


def test_candles_that_revert_are_not_taken_for_less_than_they_are() -> None:
    rng = np.random.default_rng(1)
    noise = rng.standard_normal(24 * 400)
    bouncing = noise[1:] - 0.5 * noise[:-1]
    regime = RegimeFilter.fit(_candles(100 * np.exp(0.005 * np.cumsum(bouncing))), "1h")
    assert regime.noise_ratio == pytest.approx(0.5 / np.sqrt(1.25), rel=0.15)


def test_names_do_not_flicker_where_probabilities_are_close() -> None:
    close = [[0.34, 0.33, 0.33], [0.33, 0.34, 0.33], [0.4, 0.3, 0.3], [0.3, 0.4, 0.3]]
    clear = [[0.6, 0.2, 0.2], [0.42, 0.2, 0.38], [0.35, 0.2, 0.45 + SWITCH_MARGIN]]
    probabilities = pd.DataFrame(np.array(close + clear), columns=list(REGIMES))
    expected = ["Sideways"] * 4 + ["Bull", "Bull", "Sideways"]
    assert RegimeFilter.label(probabilities).tolist() == expected


def test_the_filter_forgets_where_the_candles_start() -> None:
    candles = simulate_market("1h", periods=24 * 200, seed=3).candles
    regime = RegimeFilter.fit(candles, "1h")
    whole = regime.filter(candles).iloc[24 * 140 :]
    late = regime.filter(candles.iloc[24 * 80 :]).iloc[24 * 60 :]
    assert np.abs(whole.to_numpy() - late.to_numpy()).max() < 0.01


def test_a_gap_of_hours_hardly_matters_and_one_of_a_year_forgets_the_regime() -> None:
    candles = _walk("1h", 60, 0.4)
    regime = RegimeFilter()
    whole = regime.filter(candles)
    holed = regime.filter(candles.drop(candles.index[1200:1206]))
    assert np.abs(whole.iloc[-1] - holed.iloc[-1]).max() < 0.02
    after = candles.iloc[-1:].shift(freq=pd.Timedelta(days=3650))
    forgot = regime.filter(pd.concat([candles, after])).iloc[-1]
    assert whole["Bull"].iloc[-1] > 0.5
    # The one return over the gap is small for so long a time: nothing but sideways is left.
    assert forgot["Bull"] == pytest.approx(forgot["Bear"], abs=0.2)


def test_one_jump_makes_no_bull_market() -> None:
    close = np.full(24 * 30, 100.0) * (1 + 0.001 * (np.arange(24 * 30) % 2))
    close[-24:] *= 3
    last = RegimeFilter().filter(_candles(close)).iloc[-1]
    assert last.idxmax() != "Bull"


def test_no_candle_and_one_candle_know_nothing_and_are_called_sideways() -> None:
    candles = _walk("1h", 1, 0.0)
    assert RegimeFilter().filter(candles.iloc[:0]).shape == (0, 3)
    assert RegimeFilter.label(RegimeFilter().filter(candles.iloc[:0])).empty
    one = RegimeFilter().filter(candles.iloc[:1])
    assert one.to_numpy().tolist() == [[1 / 3, 1 / 3, 1 / 3]]
    assert RegimeFilter.label(one).tolist() == ["Sideways"]


def test_few_or_constant_candles_are_fitted_to_typical_values() -> None:
    typical = RegimeFilter()
    for candles in (_walk("1h", 1, 0.0).iloc[:2], _candles(np.full(50, 7.0))):
        regime = RegimeFilter.fit(candles, "1h")
        assert regime.duration_days == typical.duration_days
        assert 0.15 <= regime.drift <= typical.drift
        assert np.isfinite(regime.filter(candles).to_numpy()).all()


def test_fitting_needs_two_good_candles() -> None:
    candles = _walk("1h", 1, 0.0)
    with pytest.raises(NotEnoughCandles, match=r"1 candle\(s\) hold no return"):
        RegimeFilter.fit(candles.iloc[:1], "1h")
    with pytest.raises(CandleError):
        RegimeFilter.fit(candles.assign(close=np.nan), "1h")


def test_a_filter_survives_its_array_bit_for_bit() -> None:
    regime = RegimeFilter.fit(_walk("4h", 100, 0.1), "4h")
    values = regime.to_array()
    assert values.dtype == np.float64
    assert RegimeFilter.from_array(values) == regime


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones(3), r"needs 6 numbers, the model file holds an array of shape \(3,\)"),
        (np.array([np.nan, 1, 1, 1, 1, 1]), r"drift=nan must be positive"),
        (np.array([0.3, -1, 1, 1, 1, 1]), r"duration_days=-1.0 must be positive"),
    ],
)
def test_a_damaged_array_is_refused(values: np.ndarray, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        RegimeFilter.from_array(values)


def test_senseless_parameters_are_refused_by_name() -> None:
    for name in (field.name for field in dataclasses.fields(RegimeFilter)):
        with pytest.raises(SpecError, match=name):
            RegimeFilter(**{name: 0.0})


def test_two_years_of_hours_are_fitted_and_filtered_fast() -> None:
    candles = simulate_market("1h", periods=17_520, seed=0).candles
    begin = time.process_time()
    RegimeFilter.fit(candles, "1h").filter(candles)
    # Budget: 2 s and 0.1 s; measured 0.3 s in all. The margin is for a busy machine.
    assert time.process_time() - begin < 2

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import candle_frames, candles_at, regular_candles

from mlwidgets.features import compute_features, feature_names, features_fingerprint
from mlwidgets.features.registry import LOOKBACK, WARM_UP
from mlwidgets.features.series import CandleSeries


@given(st.data())
def test_later_candles_change_no_earlier_feature(data: st.DataObject) -> None:
    candles = regular_candles("2024-01-01", 260, seed=data.draw(st.integers(0, 1000)))
    dropped = data.draw(st.sets(st.integers(1, 258), max_size=3))
    candles = candles.drop(candles.index[sorted(dropped)])
    cut = data.draw(st.integers(1, len(candles)))
    whole = compute_features(candles, "1h")
    part = compute_features(candles.iloc[:cut], "1h")
    pd.testing.assert_frame_equal(part, whole.iloc[:cut], check_exact=True)


@given(candle_frames(min_size=1, max_size=40))
def test_the_run_counts_candles_without_a_gap(candles: pd.DataFrame) -> None:
    times = list(candles.index)
    expected, run = [], 0
    for i, time in enumerate(times):
        run = run + 1 if i and time - times[i - 1] == pd.Timedelta("1h") else 1
        expected.append(run)
    assert CandleSeries(candles, "1h").run.tolist() == expected


def test_features_are_missing_in_the_warm_up_and_after_a_gap_and_nowhere_else() -> None:
    candles = regular_candles("2024-01-01", 400)
    candles = candles.drop(candles.index[300])
    missing = compute_features(candles, "1h").isna()
    expected = np.zeros(399, bool)
    expected[:WARM_UP] = True
    expected[300 : 300 + LOOKBACK] = True
    assert missing.all(axis=1).tolist() == expected.tolist()
    assert missing.any(axis=1).tolist() == expected.tolist()


def test_a_market_that_stands_still_gives_finite_features() -> None:
    candles = regular_candles("2024-01-01", 200)
    candles.loc[:, ["open", "high", "low", "close"]] = 1.0
    candles["volume"] = 0.0
    assert np.isfinite(compute_features(candles, "1h").iloc[WARM_UP:].to_numpy()).all()


@pytest.mark.parametrize(("factor", "column"), [(1000.0, "price"), (50.0, "volume")])
def test_features_do_not_depend_on_the_price_level_nor_on_the_unit_of_volume(
    factor: float, column: str
) -> None:
    candles = regular_candles("2024-01-01", 300)
    scaled = candles.copy()
    columns = ["open", "high", "low", "close"] if column == "price" else ["volume"]
    scaled[columns] *= factor
    np.testing.assert_allclose(
        compute_features(scaled, "1h").iloc[WARM_UP:],
        compute_features(candles, "1h").iloc[WARM_UP:],
        rtol=1e-5, atol=1e-8,
    )  # fmt: skip


def test_names_are_unique() -> None:
    assert len(set(feature_names())) == len(feature_names())


def test_the_fingerprint_stands_for_these_numbers() -> None:
    """Whoever changes a feature's numbers raises VERSION in the registry, then this literal."""
    times = pd.date_range("2024-01-01", periods=220, freq="h", tz="UTC")
    values = compute_features(candles_at(times, seed=1), "1h").iloc[-1].to_numpy()
    digest = hashlib.sha256(np.round(values, 6).tobytes()).hexdigest()[:12]
    assert (features_fingerprint()[:12], digest) == ("1bab88afcbf5", "718424850585")

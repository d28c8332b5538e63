from __future__ import annotations

import copy

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from mlwidgets.forecast.regime import RegimeFilter
from mlwidgets.forecast.remembered import RememberedRegimes

REGIME = RegimeFilter(drift=0.6, duration_days=1.0)


def candles_of(changes: list[float]) -> pd.DataFrame:
    index = pd.date_range("2025-01-01", periods=len(changes), freq="4h", tz="UTC", name="time")
    return pd.DataFrame({"close": 100 * np.exp(np.cumsum(changes))}, index=index)


@given(
    changes=st.lists(st.floats(-0.2, 0.2), min_size=1, max_size=60),
    looks=st.lists(
        st.tuples(st.integers(0, 59), st.integers(0, 60), st.sampled_from((1.0, 1.01))),
        min_size=1, max_size=6,
    ),
)  # fmt: skip
def test_remembered_regimes_are_those_of_the_filter_to_the_last_bit(
    changes: list[float], looks: list[tuple[int, int, float]]
) -> None:
    remembered, whole = RememberedRegimes(), candles_of(changes)
    for start, end, revised in looks:
        seen = whole.iloc[start:end] * revised
        regimes = remembered.read(REGIME, seen)
        expected = REGIME.filter(seen)
        np.testing.assert_array_equal(regimes.probabilities, expected.to_numpy())
        assert regimes.names.tolist() == REGIME.label(expected).tolist()


def test_candles_that_grow_are_read_once(monkeypatch) -> None:
    rows: list[int] = []
    advance = RegimeFilter.advance

    def counting(self, state, candles):
        rows.append(len(candles))
        return advance(self, state, candles)

    monkeypatch.setattr(RegimeFilter, "advance", counting)
    remembered, whole = RememberedRegimes(), candles_of([0.01] * 100)
    for end in (90, 91, 100):
        remembered.read(REGIME, whole.iloc[:end])
    assert rows == [90, 2, 10]


def test_a_copy_for_another_process_starts_empty() -> None:
    remembered = RememberedRegimes()
    remembered.read(REGIME, candles_of([0.01] * 9))
    assert copy.deepcopy(remembered) == RememberedRegimes()

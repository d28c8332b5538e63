import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import regular_candles

from mlwidgets.errors import NotEnoughCandles
from mlwidgets.features import Samples, candles_needed, require_origins, windows


@given(st.data())
def test_no_window_and_no_target_crosses_a_gap(data: st.DataObject) -> None:
    candles = regular_candles("2024-01-01", 320, seed=3)
    gaps = data.draw(st.sets(st.integers(1, 318), max_size=4))
    steps, length = data.draw(st.integers(1, 6)), data.draw(st.integers(2, 30))
    candles = candles.drop(candles.index[sorted(gaps)])
    samples = Samples.build(candles, "1h", steps)
    hour = 3_600_000
    for row in samples.labelled_origins(length):
        first, last = samples.time[row - length + 1], samples.time[row + steps]
        assert last - first == (length - 1 + steps) * hour
        assert np.isfinite(samples.features[row - length + 1 : row + 1]).all()


@given(st.integers(1, 8), st.integers(230, 300))
def test_a_target_is_the_return_to_the_close_that_many_candles_later(steps: int, row: int) -> None:
    candles = regular_candles("2024-01-01", 320)
    close = candles["close"].to_numpy()
    target = Samples.build(candles, "1h", steps).target
    assert target[row] == pytest.approx(np.log(close[row + steps] / close[row]), abs=1e-12)
    assert np.isnan(target[-steps:]).all()


def test_windows_are_views_over_one_tensor() -> None:
    features = torch.arange(12.0).reshape(6, 2)
    views = windows(features, 3)
    assert views.untyped_storage().data_ptr() == features.untyped_storage().data_ptr()
    assert views.shape == (4, 2, 3)
    torch.testing.assert_close(views[1].T, features[1:4])


def test_the_fewest_candles_give_one_origin_and_one_fewer_gives_none() -> None:
    needed = candles_needed(20)
    enough = Samples.build(regular_candles("2024-01-01", needed), "1h", 1)
    assert len(enough.origins(20)) == 1
    short = Samples.build(regular_candles("2024-01-01", needed - 1), "1h", 1)
    with pytest.raises(NotEnoughCandles, match=f"at least {needed} candles"):
        require_origins(short.origins(20), needed - 1, 20)

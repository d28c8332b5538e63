import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Breakage, broken_candles, candle_frames, regular_candles

from mlwidgets.errors import CandleError, UnknownTimeframe
from mlwidgets.market.candles import (
    COLUMNS,
    INDEX_DTYPE,
    find_gaps,
    is_simulated,
    label_candles,
    validate_candles,
)
from mlwidgets.market.timeframes import MINUTES


@given(st.sampled_from(list(MINUTES)).flatmap(lambda tf: st.tuples(st.just(tf), candle_frames(tf))))
def test_valid_candles_come_back_in_canonical_form(drawn: tuple[str, pd.DataFrame]) -> None:
    timeframe, candles = drawn
    checked = validate_candles(candles, timeframe)
    pd.testing.assert_frame_equal(checked, candles, check_freq=False)
    assert str(checked.index.dtype) == INDEX_DTYPE
    assert checked.index.name == "time"


@given(broken_candles())
def test_a_broken_candle_is_refused_with_its_row_and_time(
    drawn: tuple[pd.DataFrame, int, Breakage],
) -> None:
    candles, row, breakage = drawn
    with pytest.raises(CandleError, match=breakage.message) as caught:
        validate_candles(candles, "1h")
    assert set(caught.value.details["rows"]) <= {row, row + 1}
    assert str(candles.index[caught.value.details["rows"][0]]) in str(caught.value)


def test_validation_copies_drops_other_columns_and_keeps_the_labels() -> None:
    candles = regular_candles("2025-01-01", 3).assign(trades=1)
    candles = candles[["volume", "close", "low", "high", "open", "trades"]]
    candles.attrs["symbol"] = "BTCUSDT"
    checked = validate_candles(candles, "1h")
    assert tuple(checked.columns) == COLUMNS
    assert checked.attrs == {"symbol": "BTCUSDT"}
    checked.iloc[0, 0] = 1.0
    assert candles.open.iloc[0] != 1.0


def test_integer_and_nanosecond_candles_become_canonical() -> None:
    candles = regular_candles("2025-01-01", 3).astype("int64").assign(high=200, low=1)
    nanoseconds = pd.DatetimeIndex(candles.index).as_unit("ns")
    checked = validate_candles(candles.set_axis(nanoseconds), "1h")
    assert (checked.dtypes == np.float64).all()
    assert str(checked.index.dtype) == INDEX_DTYPE


def test_no_candles_are_valid_candles() -> None:
    assert len(validate_candles(regular_candles("2025-01-01", 0), "1h")) == 0


def test_missing_columns_are_named() -> None:
    with pytest.raises(CandleError, match=r"lack the column.*high, volume"):
        validate_candles(regular_candles("2025-01-01", 2).drop(columns=["high", "volume"]), "1h")


@pytest.mark.parametrize(
    ("zone", "words"), [(None, "no timezone"), ("Europe/Berlin", "timezone Europe/Berlin")]
)
def test_another_timezone_than_utc_is_refused_with_the_cure(zone: str | None, words: str) -> None:
    candles = regular_candles("2025-01-01", 2)
    index = pd.DatetimeIndex(candles.index)
    index = index.tz_localize(None) if zone is None else index.tz_convert(zone)
    with pytest.raises(CandleError, match=f"{words}; use UTC: candles.tz_localize"):
        validate_candles(candles.set_axis(index), "1h")


@pytest.mark.parametrize("index", [pd.RangeIndex(2), pd.Index(["a", "b"])])
def test_an_index_without_times_is_refused(index: pd.Index) -> None:
    with pytest.raises(CandleError, match="indexed by open time"):
        validate_candles(regular_candles("2025-01-01", 2).set_axis(index), "1h")


def test_a_missing_time_is_refused() -> None:
    candles = regular_candles("2025-01-01", 2)
    index = pd.DatetimeIndex([candles.index[0], pd.NaT], name="time")
    with pytest.raises(CandleError, match="have no time"):
        validate_candles(candles.set_axis(index), "1h")


def test_text_where_numbers_belong_is_refused() -> None:
    candles = regular_candles("2025-01-01", 2).astype({"close": object})
    candles.iloc[1, 3] = "n/a"
    with pytest.raises(CandleError, match="must be numbers"):
        validate_candles(candles, "1h")


def test_what_is_no_frame_and_what_is_no_timeframe_are_refused() -> None:
    with pytest.raises(CandleError, match="not list"):
        validate_candles([1, 2], "1h")  # type: ignore[arg-type]
    with pytest.raises(UnknownTimeframe):
        validate_candles(regular_candles("2025-01-01", 2), "7h")


@given(candle_frames("15m"))
def test_gaps_and_candles_together_fill_the_span(candles: pd.DataFrame) -> None:
    gaps = find_gaps(candles, "15m")
    span = (candles.index[-1] - candles.index[0]) // pd.Timedelta("15min") + 1
    assert sum(gap.missing for gap in gaps) + len(candles) == span
    assert all(gap.missing > 0 and gap.after < gap.before for gap in gaps)


def test_only_the_simulators_label_makes_candles_simulated() -> None:
    candles = regular_candles("2025-01-01", 2)
    assert not is_simulated(candles)
    assert not is_simulated(label_candles(candles, symbol=None, timeframe="1h", source="binance"))
    assert is_simulated(label_candles(candles, symbol=None, timeframe="1h", source="simulated"))

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import candle_frames, candles_at, regular_candles

from mlwidgets.errors import (
    BadMarketData,
    ExchangeUnavailable,
    NotEnoughCandles,
    SpecError,
    UnknownSymbol,
    UnknownTimeframe,
)
from mlwidgets.market import loading
from mlwidgets.market.loading import Progress, load_candles
from mlwidgets.market.store import CandleStore

HOUR = pd.Timedelta(hours=1)


class FakeSource:
    """Serves candles from memory and counts what it was asked for."""

    id = "binance"

    def __init__(self, candles: pd.DataFrame) -> None:
        self.candles = candles
        self.asked: list[tuple[pd.Timestamp, pd.Timestamp]] = []
        self.error: Exception | None = None
        self.healthy_requests = 0

    def fetch_candles(
        self,
        symbol: str,
        timeframe: str,
        start: pd.Timestamp,
        end: pd.Timestamp,
        *,
        on_progress: Progress | None = None,
    ) -> pd.DataFrame:
        if self.error and len(self.asked) >= self.healthy_requests:
            raise self.error
        self.asked.append((start, end))
        if on_progress:
            on_progress((end - start) // HOUR, (end - start) // HOUR)
        return self.candles[(self.candles.index >= start) & (self.candles.index < end)]


@pytest.fixture
def store(tmp_path: Path) -> CandleStore:
    return CandleStore(tmp_path / "candles")


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(left, right, check_exact=True, check_freq=False)


def test_candles_are_fetched_once_and_then_served_from_the_store(store: CandleStore) -> None:
    source = FakeSource(regular_candles("2024-01-01", 24 * 20))
    days: dict[str, Any] = {"start": "2024-01-03", "end": "2024-01-08"}
    first = load_candles("BTC/USDT", "1h", **days, exchange=source, store=store)
    again = load_candles("BTCUSDT", "1h", **days, exchange=source, store=store)
    assert_same(first, source.candles["2024-01-03":"2024-01-07"])
    assert_same(again, first)
    assert first.attrs == {"symbol": "BTCUSDT", "timeframe": "1h", "source": "binance"}
    assert len(source.asked) == 1


def test_only_what_is_missing_on_either_side_is_fetched(
    store: CandleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "WORTH_A_REQUEST", 10)
    source = FakeSource(regular_candles("2024-01-01", 24 * 20))
    load_candles(
        "BTCUSDT", "1h", start="2024-01-05", end="2024-01-10", exchange=source, store=store
    )
    source.asked.clear()
    loaded = load_candles(
        "BTCUSDT", "1h", start="2024-01-03", end="2024-01-12", exchange=source, store=store
    )
    assert_same(loaded, source.candles["2024-01-03":"2024-01-11"])
    assert [(str(a.date()), str(b.date())) for a, b in source.asked] == [
        ("2024-01-03", "2024-01-05"),
        ("2024-01-10", "2024-01-12"),
    ]


def test_small_gaps_close_to_one_another_cost_one_request(store: CandleStore) -> None:
    candles = regular_candles("2024-01-01", 240)
    store.write("binance", "BTCUSDT", "1h", candles[pd.DatetimeIndex(candles.index).hour != 5])
    source = FakeSource(candles)
    loaded = load_candles(
        "BTCUSDT", "1h", start="2024-01-01", end="2024-01-11", exchange=source, store=store
    )
    assert_same(loaded, candles)
    assert len(source.asked) == 1


@settings(max_examples=20, deadline=None)
@given(candles=candle_frames(min_size=2, max_size=40), data=st.data())
def test_whatever_was_loaded_before_a_range_is_what_the_exchange_has(
    tmp_path_factory: pytest.TempPathFactory, candles: pd.DataFrame, data: st.DataObject
) -> None:
    source, store = FakeSource(candles), CandleStore(tmp_path_factory.mktemp("store"))
    first, last = candles.index[0], candles.index[-1] + HOUR
    for _ in range(3):
        a = data.draw(st.integers(0, (last - first) // HOUR - 1))
        b = data.draw(st.integers(a + 1, (last - first) // HOUR))
        start, end = first + a * HOUR, first + b * HOUR
        expected = candles[(candles.index >= start) & (candles.index < end)]
        ask: dict[str, Any] = {"start": start, "end": end, "exchange": source, "store": store}
        if expected.empty:
            with pytest.raises(NotEnoughCandles):
                load_candles("BTCUSDT", "1h", **ask)
            continue
        assert_same(load_candles("BTCUSDT", "1h", **ask), expected)
        requests = len(source.asked)
        assert_same(load_candles("BTCUSDT", "1h", **ask), expected)
        assert len(source.asked) == requests


def test_what_the_exchange_does_not_have_is_asked_for_once(store: CandleStore) -> None:
    listed = regular_candles("2024-01-10", 48)
    source = FakeSource(listed[pd.DatetimeIndex(listed.index).hour != 7])
    ask: dict[str, Any] = {
        "start": "2024-01-01",
        "end": "2024-01-12",
        "exchange": source,
        "store": store,
    }
    for _ in range(3):
        assert len(load_candles("BTCUSDT", "1h", **ask)) == 46
    assert len(source.asked) == 1


def test_a_download_that_breaks_off_goes_on_where_it_was(
    store: CandleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "CHUNK", 24)
    source = FakeSource(regular_candles("2024-01-01", 24 * 5))
    source.error, source.healthy_requests = ExchangeUnavailable("binance is down."), 3
    ask: dict[str, Any] = {
        "start": "2024-01-01",
        "end": "2024-01-06",
        "exchange": source,
        "store": store,
    }
    with pytest.raises(ExchangeUnavailable):
        load_candles("BTCUSDT", "1h", **ask)
    source.error = None
    assert len(load_candles("BTCUSDT", "1h", **ask)) == 120
    assert len(source.asked) == 5


def test_progress_counts_the_candles_of_all_that_is_fetched(
    store: CandleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "CHUNK", 24)
    seen: list[tuple[int, int]] = []
    load_candles(
        "BTCUSDT", "1h", start="2024-01-01", end="2024-01-04", store=store,
        exchange=FakeSource(regular_candles("2024-01-01", 72)),
        on_progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert seen == [(24, 72), (48, 72), (72, 72)]


@pytest.mark.parametrize("error", [ExchangeUnavailable, BadMarketData])
def test_an_exchange_that_fails_tells_what_is_missing_and_what_is_stored(
    store: CandleStore, error: type[ExchangeUnavailable] | type[BadMarketData]
) -> None:
    source = FakeSource(regular_candles("2024-01-01", 240))
    ask: dict[str, Any] = {"start": "2024-01-02", "exchange": source, "store": store}
    stored = load_candles("BTCUSDT", "1h", end="2024-01-05", **ask)
    source.error, source.healthy_requests = error("binance is down.", status=503), 0
    assert_same(load_candles("BTCUSDT", "1h", end="2024-01-05", **ask), stored)
    with pytest.raises(error) as caught:
        load_candles("BTCUSDT", "1h", end="2024-01-06", **ask)
    message = str(caught.value)
    assert message.startswith("binance is down. Missing are the binance BTCUSDT 1h candles from ")
    assert "2024-01-05 00:00:00+00:00 to 2024-01-06 00:00:00+00:00" in message
    assert "the store has 2024-01-02 00:00:00+00:00 to 2024-01-04 23:00:00+00:00" in message
    assert caught.value.details == {"status": 503}


def test_other_errors_of_the_exchange_pass_unchanged(store: CandleStore) -> None:
    source = FakeSource(regular_candles("2024-01-01", 2))
    source.error = UnknownSymbol("binance lists no symbol 'BTCUSDX'.")
    with pytest.raises(UnknownSymbol) as caught:
        load_candles("BTCUSDX", "1h", start="2024-01-01", exchange=source, store=store)
    assert caught.value is source.error


def test_offline_serves_what_is_stored_and_asks_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLWIDGETS_HOME", str(tmp_path))
    monkeypatch.setenv("MLWIDGETS_EXCHANGE", "kraken")
    candles = regular_candles("2024-01-01", 48)
    CandleStore(tmp_path / "data/candles").write("kraken", "BTCUSDT", "1h", candles)
    loaded = load_candles("BTCUSDT", "1h", start="2023-12-01", offline=True)
    assert_same(loaded, candles)
    with pytest.raises(NotEnoughCandles, match=r"There are no kraken ETHUSDT.*offline=True"):
        load_candles("ETHUSDT", "1h", offline=True)


def test_the_exchange_is_not_opened_where_the_store_has_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLWIDGETS_HOME", str(tmp_path))
    monkeypatch.setenv("MLWIDGETS_EXCHANGE", "nosuchexchange")
    candles = regular_candles("2024-01-01", 24)
    CandleStore(tmp_path / "data/candles").write("nosuchexchange", "BTCUSDT", "1h", candles)
    assert_same(load_candles("BTCUSDT", "1h", start="2024-01-01", end="2024-01-02"), candles)


def test_the_candle_that_is_not_closed_is_neither_returned_nor_stored(store: CandleStore) -> None:
    now = pd.Timestamp.now("UTC")
    day = pd.date_range(
        (now - pd.Timedelta(days=3)).floor("D"), now + pd.Timedelta(days=1), freq="D"
    )
    source = FakeSource(candles_at(day))
    loaded = load_candles(
        "BTCUSDT", "1d", start=now - pd.Timedelta(days=9), end=now + pd.Timedelta(days=9),
        exchange=source, store=store,
    )  # fmt: skip
    assert loaded.index[-1] + pd.Timedelta(days=1) <= pd.Timestamp.now("UTC")
    assert store.span("binance", "BTCUSDT", "1d") == (loaded.index[0], loaded.index[-1])


def test_the_default_range_is_the_last_two_years(store: CandleStore) -> None:
    source = FakeSource(regular_candles("2020-01-01", 24))
    with pytest.raises(NotEnoughCandles, match="Choose other dates"):
        load_candles("BTCUSDT", "1d", exchange=source, store=store)
    start, end = source.asked[0]
    assert end == pd.Timestamp.now("UTC").floor("D")
    assert start == end - pd.DateOffset(years=2)


@pytest.mark.parametrize(
    "instant", ["2024-01-02", "2024-01-02T01:00+01:00", pd.Timestamp("2024-01-02").to_pydatetime()]
)
def test_dates_may_be_text_or_datetimes_and_mean_utc(store: CandleStore, instant: Any) -> None:
    source = FakeSource(regular_candles("2024-01-01", 72))
    loaded = load_candles(
        "BTCUSDT", "1h", start=instant, end="2024-01-03", exchange=source, store=store
    )
    assert loaded.index[0] == pd.Timestamp("2024-01-02", tz="UTC")


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        ({"start": "2024-02-01", "end": "2024-01-01"}, "start that lies before the end"),
        ({"start": "2999-01-01"}, "in the past"),
        ({"start": "soon"}, "start is 'soon', which is no date"),
        ({"end": "2024-13-01"}, "end is '2024-13-01', which is no date"),
        ({"start": 1704067200}, "start is 1704067200; write it as"),
        ({"start": pd.NaT}, "no date"),
    ],
)
def test_dates_that_make_no_range_are_refused(
    store: CandleStore, ask: dict[str, Any], words: str
) -> None:
    source = FakeSource(regular_candles("2024-01-01", 3))
    with pytest.raises(SpecError, match=words):
        load_candles("BTCUSDT", "1h", **ask, exchange=source, store=store)
    assert source.asked == []


def test_names_that_are_none_are_refused_before_anything_is_asked(store: CandleStore) -> None:
    source = FakeSource(regular_candles("2024-01-01", 3))
    with pytest.raises(SpecError):
        load_candles("?", "1h", exchange=source, store=store)
    with pytest.raises(UnknownTimeframe):
        load_candles("BTCUSDT", "1w", exchange=source, store=store)
    assert source.asked == []

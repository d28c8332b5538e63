from pathlib import Path

import pandas as pd
import pytest

from mlwidgets.errors import Cancelled, SpecError
from mlwidgets.jobs.candle_loading import fetched_candles, kept_candles
from mlwidgets.jobs.home import Home
from mlwidgets.jobs.requests import EvaluateRequest, LoadedCandles, SimulatedCandles, StoredCandles
from mlwidgets.jobs.store import JobStore
from mlwidgets.market.loopback import LoopbackExchange
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore
from mlwidgets.settings import Settings

REQUEST = EvaluateRequest(
    symbol="SIMUSDT", model_type="LSTM",
    candles=LoadedCandles(start="2024-01-01", end="2024-01-20"),
)  # fmt: skip


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return simulate_market("1h", periods=456, start="2024-01-01").candles


def fetch(home: Home, should_stop: bool = False) -> pd.DataFrame:
    return fetched_candles(REQUEST, home, lambda done, total: None, lambda: should_stop)


def test_stored_and_simulated_candles_are_the_same_at_any_time(
    tmp_path: Path, candles: pd.DataFrame
) -> None:
    store = JobStore(f"sqlite:///{tmp_path}/jobs.db")
    stored = REQUEST.replace(candles=StoredCandles(digest=store.keep_candles(candles)))
    simulated = REQUEST.replace(candles=SimulatedCandles(periods=600, seed=4))

    pd.testing.assert_frame_equal(kept_candles(stored, store), candles, check_freq=False)
    again = simulate_market("1h", periods=600, seed=4).candles
    pd.testing.assert_frame_equal(kept_candles(simulated, store), again)
    assert kept_candles(REQUEST, store) is None


def test_loaded_candles_come_through_the_homes_store(tmp_path: Path, candles: pd.DataFrame) -> None:
    with LoopbackExchange({("SIMUSDT", "1h"): candles}) as exchange:
        home = Home.of(Settings(home=tmp_path, exchange_url=exchange.url))
        loaded = fetch(home)
    again = fetch(home)  # the exchange is gone

    pd.testing.assert_frame_equal(loaded, candles, check_freq=False)
    pd.testing.assert_frame_equal(again, candles, check_freq=False)
    assert len(CandleStore(str(home.candles_dir)).read("binance", "SIMUSDT", "1h")) == 456


def test_without_the_home_candles_come_from_the_exchange_and_leave_nothing_behind(
    tmp_path: Path, candles: pd.DataFrame
) -> None:
    with LoopbackExchange({("SIMUSDT", "1h"): candles}) as exchange:
        home = Home(
            "out-of-reach", tmp_path / "models", tmp_path / "data", tmp_path / "data" / "candles",
            "binance", exchange.url,
        )  # fmt: skip
        loaded = fetch(home)

    pd.testing.assert_frame_equal(loaded, candles, check_freq=False)
    assert [*tmp_path.iterdir()] == []


def test_stored_candles_of_a_home_out_of_reach_are_refused_with_what_to_do(tmp_path: Path) -> None:
    home = Home("x", tmp_path / "models", tmp_path / "data", tmp_path / "candles", "binance")
    request = REQUEST.replace(candles=REQUEST.candles.replace(offline=True))

    with pytest.raises(SpecError, match="candles=load_candles"):
        fetched_candles(request, home, lambda done, total: None, lambda: False)


def test_a_download_stops_when_it_is_not_wanted_any_more(
    tmp_path: Path, candles: pd.DataFrame
) -> None:
    with LoopbackExchange({("SIMUSDT", "1h"): candles}) as exchange:
        home = Home.of(Settings(home=tmp_path, exchange_url=exchange.url))
        with pytest.raises(Cancelled):
            fetch(home, should_stop=True)

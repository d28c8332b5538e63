"""Candles and a loopback exchange for the tests of market data."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlwidgets.market.candles import label_candles, validate_candles
from mlwidgets.market.exchange import Exchange
from mlwidgets.market.loopback import LoopbackExchange
from mlwidgets.market.timeframes import timeframe_delta

START = pd.Timestamp("2024-03-01", tz="UTC")


def make_candles(
    periods: int, timeframe: str = "1h", *, start: pd.Timestamp = START, seed: int = 0
) -> pd.DataFrame:
    """A random walk with prices of full float precision, labelled as BTCUSDT's on Binance."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, periods)))
    open_ = np.append(100.0, close[:-1])[:periods]
    wick = 1 + random.uniform(0, 0.01, (2, periods))
    index = pd.date_range(start, periods=periods, freq=timeframe_delta(timeframe))
    index.freq = None
    columns = {
        "open": open_,
        "high": np.maximum(open_, close) * wick[0],
        "low": np.minimum(open_, close) / wick[1],
        "close": close,
        "volume": random.exponential(5, periods),
    }
    candles = validate_candles(pd.DataFrame(columns, index=index), timeframe)
    return label_candles(candles, symbol="BTCUSDT", timeframe=timeframe, source="binance")


@pytest.fixture(scope="session", name="make_candles")
def make_candles_fixture() -> Callable[..., pd.DataFrame]:
    """`make_candles`, for test modules, which cannot import from here."""
    return make_candles


@pytest.fixture(scope="session")
def hourly() -> pd.DataFrame:
    """3,500 hours: four pages, the last one half full."""
    return make_candles(3500)


@pytest.fixture
def server(hourly: pd.DataFrame) -> Iterator[LoopbackExchange]:
    """Serves `hourly`; its clock stands still just after the last candle's close."""
    candles = {("BTCUSDT", "1h"): hourly, ("ETHUSDT", "1h"): make_candles(10, seed=1)}
    now = hourly.index[-1] + pd.Timedelta(hours=1)
    with LoopbackExchange(candles, now=now) as running:
        yield running


@pytest.fixture
def exchange(server: LoopbackExchange) -> Iterator[Exchange]:
    """The real ccxt, pointed at `server`, impatient."""
    with Exchange(base_url=server.url, timeout=5, attempts=3, backoff=0.001) as client:
        yield client


@pytest.fixture
def real_candles() -> Path:
    """Folder of real candles; tests that want it are skipped where there is none."""
    folder = os.environ.get("MLWIDGETS_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("MLWIDGETS_TEST_DATA names no folder of real candles")
    return Path(folder)

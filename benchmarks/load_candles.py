"""Time to load 1,000,000 stored minute candles, against pandas.read_csv of the same candles.

    python benchmarks/load_candles.py [candles]

The budget is 100 ms on two cores, counted for `load_candles` from question to frame. The first
load of a process is shown apart: it also pays for memory that it touches first.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from mlwidgets.market.loading import load_candles
from mlwidgets.market.store import CandleStore

BUDGET_MS = 100
START = pd.Timestamp("2023-01-01", tz="UTC")


def minute_candles(count: int) -> pd.DataFrame:
    """A random walk with the digits that an exchange writes."""
    random = np.random.default_rng(7)
    close = np.round(60_000 * np.exp(np.cumsum(random.normal(0, 3e-4, count))), 2)
    open_ = np.concatenate([close[:1], close[:-1]])
    return pd.DataFrame(
        {
            "open": open_,
            "high": np.round(np.maximum(open_, close) * 1.0003, 2),
            "low": np.round(np.minimum(open_, close) * 0.9997, 2),
            "close": close,
            "volume": np.round(random.lognormal(2, 1, count), 5),
        },
        index=pd.date_range(START, periods=count, freq="1min", name="time", unit="ms"),
    )


def timed(work: Callable[[], pd.DataFrame], runs: int) -> list[float]:
    """Milliseconds of each run."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1000)
    return times


def main(count: int = 1_000_000) -> None:
    candles = minute_candles(count)
    with tempfile.TemporaryDirectory() as folder:
        store = CandleStore(Path(folder) / "store")
        [written] = timed(lambda: (store.write("binance", "BTCUSDT", "1m", candles), candles)[1], 1)
        csv = Path(folder) / "candles.csv"
        candles.to_csv(csv)
        end = candles.index[-1] + pd.Timedelta(minutes=1)

        def load() -> pd.DataFrame:
            return load_candles("BTCUSDT", "1m", start=START, end=end, store=store)

        [first] = timed(load, 1)
        pd.testing.assert_frame_equal(load(), candles, check_freq=False)
        stored = timed(load, 15)
        day = timed(lambda: store.read("binance", "BTCUSDT", "1m", end - pd.Timedelta("1D")), 15)
        parsed = timed(lambda: pd.read_csv(csv, index_col="time", parse_dates=True), 3)
        size = sum(path.stat().st_size for path in (Path(folder) / "store").rglob("*.parquet"))
    print(f"{count:,} candles, {size / 1e6:.1f} MB; written in {written:,.0f} ms")
    print(f"load_candles      median {median(stored):7.1f} ms   best {min(stored):7.1f} ms")
    print(f"the first of them        {first:7.1f} ms")
    print(f"its last day      median {median(day):7.1f} ms   best {min(day):7.1f} ms")
    print(f"pandas.read_csv   median {median(parsed):7.1f} ms   best {min(parsed):7.1f} ms")
    print(f"ratio of medians  {median(parsed) / median(stored):.1f}x; budget {BUDGET_MS} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

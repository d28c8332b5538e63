"""The candles of a job: stored with it, simulated, or loaded now and stored with it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd

from mlwidgets.errors import Cancelled, SpecError
from mlwidgets.jobs.home import Home
from mlwidgets.jobs.requests import JobRequest, LoadedCandles, SimulatedCandles, StoredCandles
from mlwidgets.jobs.store import JobStore
from mlwidgets.market.candles import find_gaps
from mlwidgets.market.loading import Progress, load_candles
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore


@dataclass(frozen=True, slots=True)
class HomeExchange:
    """The exchange of a job's candles, which is only opened where some are missing.

    Attributes:
        id: ccxt's.
        base_url: replaces the exchange's own.
    """

    id: str
    base_url: str | None = None

    def fetch_candles(
        self,
        symbol: str,
        timeframe: str,
        start: pd.Timestamp,
        end: pd.Timestamp,
        *,
        on_progress: Progress | None = None,
    ) -> pd.DataFrame:
        """As `Exchange.fetch_candles`."""
        from mlwidgets.market.exchange import Exchange  # ccxt takes a second to import

        with Exchange(self.id, base_url=self.base_url) as exchange:
            return exchange.fetch_candles(symbol, timeframe, start, end, on_progress=on_progress)


def kept_candles(request: JobRequest, store: JobStore) -> pd.DataFrame | None:
    """Candles that are the same at any time; None where they are still to be loaded.

    Raises:
        StorageError: the database cannot be used, or has lost them.
    """
    candles = request.candles
    if isinstance(candles, StoredCandles):
        return store.candles(candles.digest)
    if isinstance(candles, SimulatedCandles):
        return simulate_market(
            request.timeframe, periods=candles.periods, seed=candles.seed, symbol=request.symbol
        ).candles
    return None


def fetched_candles(
    request: JobRequest,
    home: Home,
    on_progress: Progress,
    should_stop: Callable[[], bool],
) -> pd.DataFrame:
    """Load candles through the home's candle store, where it is within reach.

    Args:
        request: asks for loaded candles.
        home: whose store and exchange.
        on_progress: told (done, total), in candles.
        should_stop: asked after each page.

    Raises:
        SpecError, MarketError, NotEnoughCandles: as `load_candles`; or only the home's store
            may be asked, and it is out of reach.
        Cancelled: `should_stop` said so; what has arrived stays in the store.
    """

    def report(done: int, total: int) -> None:
        if should_stop():
            raise Cancelled("The download was cancelled; what has arrived is kept.")
        on_progress(done, total)

    wanted = request.candles
    assert isinstance(wanted, LoadedCandles)
    exchange = wanted.exchange or home.exchange
    url = home.exchange_url if exchange == home.exchange else None
    with _candle_store(home, wanted) as store:
        return load_candles(
            request.symbol, request.timeframe, start=wanted.start, end=wanted.end,
            exchange=HomeExchange(exchange, url), store=store, offline=wanted.offline,
            on_progress=report,
        )  # fmt: skip


@contextmanager
def _candle_store(home: Home, wanted: LoadedCandles) -> Iterator[CandleStore]:
    if home.reachable:
        yield CandleStore(str(home.candles_dir))
        return
    if wanted.offline:
        raise SpecError(
            f"The job may only use stored candles, and their folder {home.candles_dir} cannot be "
            "reached from the worker that runs it. Submit the job with candles=load_candles(...), "
            "or leave offline away.",
            field="candles",
        )
    with tempfile.TemporaryDirectory(prefix="mlwidgets-candles-") as folder:
        yield CandleStore(folder)


def described(candles: pd.DataFrame, timeframe: str) -> str:
    """Candles in a line for people.

    >>> time = pd.DatetimeIndex(["2025-01-01 00:00", "2025-01-01 03:00"], tz="UTC", name="time")
    >>> described(pd.DataFrame(index=time), "1h")
    '2 candles from 2025-01-01 00:00 to 2025-01-01 03:00 UTC, 2 missing in 1 gap'
    """
    gaps = find_gaps(candles, timeframe)
    missing = sum(gap.missing for gap in gaps)
    plural = "s" if len(gaps) > 1 else ""
    absent = f"{missing:,} missing in {len(gaps):,} gap{plural}" if gaps else "no gaps"
    first, last = (candles.index[row].strftime("%Y-%m-%d %H:%M") for row in (0, -1))
    return f"{len(candles):,} candles from {first} to {last} UTC, {absent}"

"""Candles by symbol and dates: from the store, and from the exchange what the store lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from mlwidgets.errors import BadMarketData, ExchangeUnavailable, NotEnoughCandles, SpecError
from mlwidgets.market.dates import Instant, utc_timestamp
from mlwidgets.market.store import CandleStore, Range, Ranges
from mlwidgets.market.store_layout import Series, series_of
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.settings import get_settings

Progress = Callable[[int, int], None]
"""Told (done, total), in candles of what is fetched."""

CHUNK = 20_000
"""Candles fetched between two writes to the store: what an interrupted download can lose."""

WORTH_A_REQUEST = 500
"""Fewer stored candles than this between two missing ranges are fetched again with them."""


class CandleSource(Protocol):
    """Where candles come from: an exchange, or anything that answers like one."""

    @property
    def id(self) -> str:
        """Name that the store files the candles under, e.g. ccxt's id of the exchange."""
        ...

    def fetch_candles(
        self,
        symbol: str,
        timeframe: str,
        start: pd.Timestamp,
        end: pd.Timestamp,
        *,
        on_progress: Progress | None = None,
    ) -> pd.DataFrame:
        """The closed candles with start <= open time < end, canonical; gaps where it has none."""
        ...


@dataclass(frozen=True, slots=True)
class _Request:
    series: Series
    symbol: str
    start: pd.Timestamp
    end: pd.Timestamp

    def __str__(self) -> str:
        return f"{self.series} candles from {self.start} to {self.end}"


def load_candles(
    symbol: str,
    timeframe: str,
    *,
    start: Instant | None = None,
    end: Instant | None = None,
    exchange: CandleSource | None = None,
    store: CandleStore | None = None,
    offline: bool = False,
    on_progress: Progress | None = None,
) -> pd.DataFrame:
    """The closed candles that open in [start, end), fetching only those that are not stored.

    Args:
        symbol: as users write it: `BTCUSDT`, `BTC/USDT`.
        timeframe: the candles' length.
        start: first open time; default: two years before `end`. Naive times mean UTC.
        end: first open time after the range; default: now.
        exchange: where missing candles come from; default: the settings' exchange, which is
            only contacted where something is missing.
        store: where candles are kept; default: the settings' folder.
        offline: return what the store has and never ask the exchange; so does the setting of
            that name.
        on_progress: told (done, total), in candles, while fetching.

    Returns:
        Canonical candles, labelled; gaps are where the exchange has no candles.

    Raises:
        SpecError: a date is none, or the range holds no closed candle.
        ExchangeUnavailable: candles are missing and the exchange cannot be reached; the message
            says which, and what the store has.
        NotEnoughCandles: neither the store nor the exchange has a candle of the range.

    >>> import tempfile
    >>> time = pd.DatetimeIndex(["2025-01-01 00:00"], tz="UTC", name="time")
    >>> bar = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 3.0}
    >>> store = CandleStore(tempfile.mkdtemp())
    >>> _ = store.write("binance", "BTCUSDT", "1h", pd.DataFrame(bar, index=time))
    >>> load_candles("BTC/USDT", "1h", start="2025-01-01", end="2025-01-02",
    ...              store=store, offline=True).close.item()
    11.0
    """
    settings = get_settings()
    store = store or CandleStore(settings.candles_dir)
    exchange_id = exchange.id if exchange is not None else settings.exchange
    request = _request(exchange_id, symbol, timeframe, start, end)
    offline = offline or settings.offline
    if not offline:
        _fetch_missing(request, store, exchange, on_progress)
    candles = store.read(exchange_id, symbol, timeframe, request.start, request.end)
    if candles.empty:
        raise NotEnoughCandles(
            f"There are no {request}; {_stock(request, store)}."
            + (" Load them without offline=True." if offline else " Choose other dates."),
            exchange=exchange_id, symbol=request.series.symbol, timeframe=timeframe,
        )  # fmt: skip
    return candles


def _request(
    exchange: str, symbol: str, timeframe: str, start: Instant | None, end: Instant | None
) -> _Request:
    series = series_of(exchange, symbol, timeframe)
    step = timeframe_delta(timeframe)
    closed = pd.Timestamp.now("UTC").as_unit("ms").floor(step)
    until = closed if end is None else min(closed, utc_timestamp(end, "end").ceil(step))
    since = until - pd.DateOffset(years=2) if start is None else utc_timestamp(start, "start")
    since = since.ceil(step)
    if since >= until:
        raise SpecError(
            f"No closed {timeframe} candle opens from {since} to {until}; choose a start that "
            "lies before the end and in the past.",
            field="start", start=str(since), end=str(until),
        )  # fmt: skip
    return _Request(series, symbol, since, until)


def _fetch_missing(
    request: _Request,
    store: CandleStore,
    exchange: CandleSource | None,
    on_progress: Progress | None,
) -> None:
    where = (request.series.exchange, request.symbol, request.series.timeframe)
    missing = store.missing(*where, request.start, request.end)
    if not missing:
        return
    step = timeframe_delta(request.series.timeframe)
    chunks = list(_chunks(_coalesced(missing, step * WORTH_A_REQUEST), step * CHUNK))
    total, done = sum((end - start) // step for start, end in chunks), 0
    with _source(exchange) as source:
        for start, end in chunks:
            with _telling_what_is_missing(request, store):
                fetched = source.fetch_candles(
                    request.symbol, request.series.timeframe, start, end,
                    on_progress=_shifted(on_progress, done, total),
                )  # fmt: skip
            _keep(fetched, store, where, (start, end), request.end)
            done += (end - start) // step


@contextmanager
def _telling_what_is_missing(request: _Request, store: CandleStore) -> Iterator[None]:
    try:
        yield
    except (ExchangeUnavailable, BadMarketData) as error:
        series = request.series
        missing = store.missing(
            series.exchange, series.symbol, series.timeframe, request.start, request.end
        )
        named = ", ".join(f"{start} to {end}" for start, end in missing[:3])
        more = f" and {len(missing) - 3} more ranges" if len(missing) > 3 else ""
        raise type(error)(
            f"{error.message} Missing are the {series} candles from {named}{more}; "
            f"{_stock(request, store)}. "
            "Try again later, or pass offline=True for what is stored.",
            **error.details,
        ) from error


def _keep(
    fetched: pd.DataFrame,
    store: CandleStore,
    where: tuple[str, str, str],
    asked: Range,
    closed: pd.Timestamp,
) -> None:
    """Store what was fetched for a range and is not there yet; remember what did not exist."""
    start, end = asked
    known = store.read(*where, start, end).index
    inside = (fetched.index >= start) & (fetched.index < min(end, closed))
    store.write(*where, fetched[inside & ~fetched.index.isin(known)])
    store.remember_absent(*where, start, end)


def _coalesced(ranges: Ranges, worth: pd.Timedelta) -> Ranges:
    """Ranges with less than `worth` between them, joined into one."""
    joined = ranges[:1]
    for start, end in ranges[1:]:
        if start - joined[-1][1] < worth:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _chunks(ranges: Ranges, size: pd.Timedelta) -> Iterator[Range]:
    for start, end in ranges:
        while start < end:
            yield start, min(start + size, end)
            start += size


def _shifted(on_progress: Progress | None, before: int, total: int) -> Progress | None:
    if on_progress is None:
        return None
    return lambda done, _: on_progress(before + done, total)


@contextmanager
def _source(exchange: CandleSource | None) -> Iterator[CandleSource]:
    if exchange is not None:
        yield exchange
        return
    from mlwidgets.market.exchange import Exchange

    settings = get_settings()
    with Exchange(settings.exchange, base_url=settings.exchange_url) as opened:
        yield opened


def _stock(request: _Request, store: CandleStore) -> str:
    series = request.series
    span = store.span(series.exchange, series.symbol, series.timeframe)
    return f"the store has {span[0]} to {span[1]}" if span else "the store has none of them"

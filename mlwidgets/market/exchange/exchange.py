"""The closed candles of one exchange."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Any

import pandas as pd

from mlwidgets.errors import BadMarketData, SpecError, UnknownSymbol, UnknownTimeframe
from mlwidgets.market.candles import label_candles, validate_candles
from mlwidgets.market.dates import Instant, epoch_ms, from_epoch_ms, utc_timestamp
from mlwidgets.market.exchange.client import open_client, open_streaming, suggestion
from mlwidgets.market.exchange.paging import Pages
from mlwidgets.market.exchange.retrying import Line
from mlwidgets.market.exchange.stream import CandleStream
from mlwidgets.market.exchange.tidying import Series, bars_frame
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import timeframe_minutes

_MINUTE = 60_000
_FIRST_DAY = 1_230_768_000_000  # 2009-01-01, two days before bitcoin's first block
_DEFAULT_PAGE = 500


@dataclass(frozen=True, slots=True)
class Latest:
    """The end of a series.

    Attributes:
        closed: canonical candles, labelled.
        under_way: the unfinished candle, or none, likewise.
        now: the exchange's time, epoch milliseconds.
    """

    closed: pd.DataFrame
    under_way: pd.DataFrame
    now: int


class Exchange:
    """Fetches closed candles from one exchange; use it from one thread at a time.

    Args:
        exchange_id: ccxt's id, e.g. `binance`, `kraken`, `bybit`.
        base_url: replaces scheme and host of the exchange's REST addresses, e.g. with a
            loopback exchange's; requests are not throttled then.
        timeout: seconds to wait for an answer.
        attempts: how often a request is tried before the exchange counts as unavailable.
        backoff: seconds before the second attempt; doubled, with jitter, before each next one.
        max_wait: longest wait before an attempt, in seconds; an exchange that asks for a
            longer one counts as unavailable.
        now: the local clock, for exchanges that do not tell their own time.

    Raises:
        UnknownExchange: ccxt knows no such exchange.
        MarketError: the exchange offers no candles.
        SpecError: the base URL is none.

    >>> from mlwidgets.market.loopback import LoopbackExchange
    >>> index = pd.date_range("2025-01-01", periods=3, freq="h", tz="UTC", name="time")
    >>> bar = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 3.0}
    >>> with (
    ...     LoopbackExchange({("BTCUSDT", "1h"): pd.DataFrame(bar, index=index)}) as server,
    ...     Exchange("binance", base_url=server.url) as exchange,
    ... ):
    ...     candles = exchange.fetch_candles("BTC/USDT", "1h", index[0], index[2])
    >>> candles.close.tolist(), candles.attrs["symbol"]
    ([11.0, 11.0], 'BTCUSDT')
    """

    def __init__(
        self,
        exchange_id: str = "binance",
        *,
        base_url: str | None = None,
        timeout: float = 10.0,
        attempts: int = 5,
        backoff: float = 0.5,
        max_wait: float = 120.0,
        now: Callable[[], pd.Timestamp] | None = None,
    ) -> None:
        self.id = exchange_id
        self._base_url = base_url
        self._client = open_client(exchange_id, base_url, timeout)
        place = f"{exchange_id} at {base_url}" if base_url else exchange_id
        self._line = Line(self._client, place, attempts, backoff, max_wait)
        self._local_now = now or (lambda: pd.Timestamp.now("UTC"))

    def __enter__(self) -> Exchange:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def symbols(self) -> list[str]:
        """The symbols that trade now, without separators, sorted.

        Raises:
            ExchangeUnavailable: as for `fetch_candles`.
        """
        return sorted(plain for plain, market in self._markets.items() if market["active"])

    def first_candle(self, symbol: str, timeframe: str) -> pd.Timestamp | None:
        """Open time of the oldest candle that the exchange has, or None where it has none.

        Raises:
            UnknownSymbol, UnknownTimeframe, ExchangeUnavailable, BadMarketData: as for
                `fetch_candles`.
        """
        for page, _ in self._pages(self._series(symbol, timeframe)).between(
            _FIRST_DAY, self._now()
        ):
            if len(page):
                return pd.Timestamp(page.index[0])
        return None

    def fetch_candles(
        self,
        symbol: str,
        timeframe: str,
        start: Instant,
        end: Instant,
        *,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> pd.DataFrame:
        """Fetch the closed candles with start <= open time < end.

        The exchange's own clock decides what is closed, where it tells its time. Candles
        that the exchange does not have are gaps, no error.

        Args:
            symbol: as users write it: `BTCUSDT`, `BTC/USDT`.
            timeframe: one of `MINUTES`.
            start: first open time.
            end: the open time to stop before.
            on_progress: told (done, total) after each page, in candles of the range;
                what it raises ends the fetch.

        Returns:
            Canonical candles, labelled with symbol, timeframe and this exchange; may be empty.

        Raises:
            SpecError: start or end is no date, or start lies after end.
            UnknownSymbol: with the closest matches.
            UnknownTimeframe: mlwidgets or the exchange does not offer it.
            ExchangeUnavailable: no network, or the exchange stays down after all attempts.
            BadMarketData: bars contradict each other or break the candle contract, twice.
        """
        step = timeframe_minutes(timeframe) * _MINUTE
        first, until = _range(start, end)
        series = self._series(symbol, timeframe)
        first = -(-first // step) * step
        until = min(-(-until // step), self._now() // step) * step
        pages = [bars_frame([])]
        for page, reached in self._pages(series).between(first, until):
            pages.append(page)
            if on_progress:
                on_progress((reached - first) // step, (until - first) // step)
        candles = validate_candles(pd.concat(pages), timeframe)
        return label_candles(candles, symbol=series.symbol, timeframe=timeframe, source=self.id)

    def fetch_time(self) -> pd.Timestamp:
        """The exchange's time, or the local clock's where it tells none.

        Raises:
            ExchangeUnavailable, BadMarketData: as for `fetch_candles`.
        """
        return from_epoch_ms(self._now())

    def fetch_latest(self, symbol: str, timeframe: str, start: Instant) -> Latest:
        """Fetch the closed candles from `start` on and the one under way, with the time.

        Raises:
            SpecError, UnknownSymbol, UnknownTimeframe, ExchangeUnavailable, BadMarketData: as
                for `fetch_candles`.
        """
        series = self._series(symbol, timeframe)
        first = -(-epoch_ms(utc_timestamp(start, "start")) // series.step) * series.step
        now = self._now()  # before the candles: what is closed then is closed in the answer
        under_way = now // series.step * series.step
        pages = self._pages(series).between(first, under_way + series.step)
        bars = [bars_frame([]), *(page for page, _ in pages)]
        candles = validate_candles(pd.concat(bars), timeframe)
        label_candles(candles, symbol=series.symbol, timeframe=timeframe, source=self.id)
        closed = candles.index < from_epoch_ms(under_way)
        return Latest(candles[closed], candles[~closed], now)

    def watch(self, symbol: str, timeframe: str) -> CandleStream | None:
        """The stream of the candles under way, or None where ccxt offers none.

        This asks for the markets; the stream itself is used in an event loop.

        Raises:
            UnknownSymbol, UnknownTimeframe, ExchangeUnavailable, BadMarketData: as for
                `fetch_candles`.
        """
        series = self._series(symbol, timeframe)
        client = open_streaming(self._client, self._base_url)
        return CandleStream(client, series) if client is not None else None

    @cached_property
    def _markets(self) -> dict[str, dict[str, Any]]:
        """Markets by plain symbol: the spot ones, or the perpetual ones where there is no spot."""
        listed = list(self._line.ask(self._client.load_markets).values())
        chosen = [market for market in listed if market["spot"]]
        chosen = chosen or [market for market in listed if market["swap"]]
        if not chosen:
            raise BadMarketData(f"{self.id} lists no markets; try again later.", exchange=self.id)
        plain = {f"{market['base']}{market['quote']}".upper(): market for market in chosen}
        return {name: market for name, market in plain.items() if name.isascii() and name.isalnum()}

    def _series(self, symbol: str, timeframe: str) -> Series:
        step = timeframe_minutes(timeframe) * _MINUTE
        plain = plain_symbol(symbol)
        if plain not in self._markets:
            closest = difflib.get_close_matches(plain, self._markets, n=5)
            raise UnknownSymbol(
                f"{self.id} lists no symbol {symbol!r}{suggestion(closest)}",
                symbol=symbol, exchange=self.id, closest=closest,
            )  # fmt: skip
        if timeframe not in self._client.timeframes:
            known = list(self._client.timeframes)
            raise UnknownTimeframe(
                f"{self.id} offers no {timeframe} candles; it offers {', '.join(known)}.",
                timeframe=timeframe, known=known,
            )  # fmt: skip
        name = self._markets[plain]["symbol"]
        page = self._client.feature_value(name, "fetchOHLCV", "limit", None) or _DEFAULT_PAGE
        return Series(self.id, plain, name, timeframe, step, int(page))

    def _pages(self, series: Series) -> Pages:
        return Pages(self._client, self._line, series)

    def _now(self) -> int:
        """The exchange's time, or the local clock's where it tells none; epoch ms."""
        told = self._line.ask(self._client.fetch_time) if self._client.has["fetchTime"] else None
        if told is not None:
            return int(told)
        return epoch_ms(self._local_now())


def _range(start: Instant, end: Instant) -> tuple[int, int]:
    first, until = utc_timestamp(start, "start"), utc_timestamp(end, "end")
    if first > until:
        raise SpecError(f"The start {first} lies after the end {until}; swap them.", field="start")
    return epoch_ms(first), epoch_ms(until)

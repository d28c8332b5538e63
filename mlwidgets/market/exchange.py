"""Candles from any exchange that ccxt knows; the only place that talks to ccxt."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pandas as pd
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from mlwidgets.errors import (
    BadMarketData,
    CandleError,
    ExchangeUnavailable,
    MarketError,
    SpecError,
    UnknownExchange,
    UnknownSymbol,
    UnknownTimeframe,
)
from mlwidgets.market.candles import COLUMNS, label_candles, validate_candles
from mlwidgets.market.dates import Instant, epoch_ms, utc_timestamp
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import timeframe_minutes

T = TypeVar("T")

_MINUTE = 60_000
_DAY = 86_400_000
_FIRST_DAY = 1_230_768_000_000  # 2009-01-01, two days before bitcoin's first block
_DEFAULT_PAGE = 500
_BAN_SECONDS = 120.0  # Binance's shortest ban
_FINAL = frozenset({400, 401, 403, 404, 405, 410, 418, 451})  # asking again changes nothing
_WITHOUT = "Without it, use candle files (read_candles) or simulated candles (simulate_market)."


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
        self._client = _open_client(exchange_id, base_url, timeout)
        place = f"{exchange_id} at {base_url}" if base_url else exchange_id
        self._line = _Line(self._client, place, attempts, backoff, max_wait)
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
        for page, _ in self._pages(self._series(symbol, timeframe), _FIRST_DAY, self._now()):
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
        pages = [_frame([])]
        for page, reached in self._pages(series, first, until):
            pages.append(page)
            if on_progress:
                on_progress((reached - first) // step, (until - first) // step)
        candles = validate_candles(pd.concat(pages), timeframe)
        return label_candles(candles, symbol=series.symbol, timeframe=timeframe, source=self.id)

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

    def _series(self, symbol: str, timeframe: str) -> _Series:
        step = timeframe_minutes(timeframe) * _MINUTE
        plain = plain_symbol(symbol)
        if plain not in self._markets:
            closest = difflib.get_close_matches(plain, self._markets, n=5)
            raise UnknownSymbol(
                f"{self.id} lists no symbol {symbol!r}{_suggestion(closest)}",
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
        return _Series(self.id, plain, name, timeframe, step, int(page))

    def _pages(self, series: _Series, start: int, end: int) -> Iterator[tuple[pd.DataFrame, int]]:
        """Pages of candles with start <= open time < end, each with the time it reaches."""
        while start < end:
            page, reached = self._page(series, start, end)
            if reached <= start:
                reached = self._seek(series, start + series.page * series.step, end)
            start = reached
            yield page, min(start, end)

    def _page(self, series: _Series, start: int, end: int) -> tuple[pd.DataFrame, int]:
        """The first candles from start on and the end of the last one, or start without any."""
        limit = min(series.page, -(-(end - start) // series.step))

        def ask() -> tuple[pd.DataFrame, int]:
            bars = self._bars(series, series.timeframe, start, limit)
            reached = max((bar[0] + series.step for bar in bars), default=start)
            return _tidy([bar for bar in bars if start <= bar[0] < end], series), reached

        try:
            return ask()
        except BadMarketData:
            return ask()  # a page may have been caught while the exchange was writing it

    def _seek(self, series: _Series, start: int, end: int) -> int:
        """Skip a silence: the first time from start on in a day that has candles, else end.

        Some exchanges answer a window without candles with nothing, so that only asking on
        finds the next one; a page of days reaches farther than one of minutes.
        """
        if "1d" not in self._client.timeframes:
            return start
        day = start // _DAY * _DAY - _DAY  # some exchanges' days begin before midnight UTC
        while day < end:
            for bar in self._bars(series, "1d", day, series.page):
                if bar[0] + _DAY > start:
                    return max(int(bar[0]), start)
            day += series.page * _DAY
        return end

    def _bars(self, series: _Series, timeframe: str, start: int, limit: int) -> list[list[Any]]:
        fetch = self._client.fetch_ohlcv
        bars: list[list[Any]] = self._line.ask(
            lambda: fetch(series.name, timeframe, since=start, limit=limit)
        )
        return bars

    def _now(self) -> int:
        """The exchange's time, or the local clock's where it tells none; epoch ms."""
        told = self._line.ask(self._client.fetch_time) if self._client.has["fetchTime"] else None
        if told is not None:
            return int(told)
        return epoch_ms(self._local_now())


@dataclass(frozen=True)
class _Series:
    """What is fetched: its plain and ccxt names, its step in ms, the most bars a request."""

    exchange: str
    symbol: str
    name: str
    timeframe: str
    step: int
    page: int


class _Line:
    """Calls ccxt: retries what passes and translates what does not."""

    def __init__(
        self, client: Any, place: str, attempts: int, backoff: float, max_wait: float
    ) -> None:
        self._client = client
        self._place = place
        self._attempts = attempts
        self._max_wait = max_wait
        self._backoff = wait_exponential(multiplier=backoff, max=max_wait) + wait_random(0, backoff)
        self._banned_until = 0.0

    def ask(self, call: Callable[[], T]) -> T:
        """What `call` returns once the exchange answers."""
        import ccxt

        banned = self._banned_until - time.monotonic()
        if banned > 0:
            raise self._ban(banned)
        self._client.last_status = None
        retrying = Retrying(
            stop=stop_after_attempt(self._attempts),
            wait=self._wait,
            retry=retry_if_exception(self._passes),
            reraise=True,
        )
        try:
            return retrying(call)
        except ccxt.BaseError as error:
            raise self._translated(error, retrying.statistics["attempt_number"]) from error
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise BadMarketData(
                f"{self._client.id} sent an answer that makes no sense ({error!r}); "
                "try again later.",
                exchange=self._client.id,
            ) from error

    def _passes(self, error: BaseException) -> bool:
        import ccxt

        status = self._client.last_status
        if not isinstance(error, ccxt.BaseError) or status in _FINAL or self._wait_too_long():
            return False
        return isinstance(error, ccxt.OperationFailed) or (status is not None and status >= 500)

    def _wait(self, state: RetryCallState) -> float:
        asked = _retry_after(self._client.last_response_headers)
        return self._backoff(state) if asked is None else asked

    def _wait_too_long(self) -> bool:
        return (_retry_after(self._client.last_response_headers) or 0.0) > self._max_wait

    def _translated(self, error: BaseException, attempts: int) -> MarketError:
        import ccxt

        status, name = self._client.last_status, self._client.id
        if status == 418 or self._wait_too_long():
            seconds = _retry_after(self._client.last_response_headers) or _BAN_SECONDS
            self._banned_until = time.monotonic() + seconds
            return self._ban(seconds)
        if isinstance(error, ccxt.BadSymbol):
            return UnknownSymbol(f"{name} refuses the symbol: {error}.", exchange=name)
        if status in (403, 451):
            return ExchangeUnavailable(
                f"{name} serves nobody at this address (HTTP {status}), often because of the "
                f"country; use another exchange. {_WITHOUT}",
                exchange=name, status=status,
            )  # fmt: skip
        if isinstance(error, ccxt.OperationFailed) or isinstance(error.__cause__, OSError):
            return self._down(error, attempts)
        return MarketError(f"{name} refuses the request: {error}.", exchange=name, status=status)

    def _down(self, error: BaseException, attempts: int) -> ExchangeUnavailable:
        tried = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        reason = self._reason(error)
        return ExchangeUnavailable(
            f"{self._place} is unavailable after {tried}: {reason}. "
            f"Check the network, or try again later. {_WITHOUT}",
            exchange=self._client.id, attempts=attempts, reason=reason,
            status=self._client.last_status,
        )  # fmt: skip

    def _ban(self, seconds: float) -> ExchangeUnavailable:
        return ExchangeUnavailable(
            f"{self._client.id} answers no requests from this address for another "
            f"{seconds:.0f} s after too many of them; none is sent until then. {_WITHOUT}",
            exchange=self._client.id, retry_after=seconds, status=self._client.last_status,
        )  # fmt: skip

    def _reason(self, error: BaseException) -> str:
        import ccxt

        if isinstance(error, ccxt.RequestTimeout):
            return f"no answer within {self._client.timeout / 1000:g} s"
        if isinstance(error, ccxt.BadResponse):
            return str(error)
        if self._client.last_status is not None:
            return f"HTTP {self._client.last_status}"
        root = error
        while cause := root.__cause__ or root.__context__:
            root = cause
        return str(getattr(root, "strerror", None) or root)


def _open_client(exchange_id: str, base_url: str | None, timeout: float) -> Any:
    import ccxt

    if exchange_id not in ccxt.exchanges:
        closest = difflib.get_close_matches(str(exchange_id).lower(), ccxt.exchanges, n=5)
        raise UnknownExchange(
            f"ccxt knows no exchange {exchange_id!r}{_suggestion(closest)}",
            exchange=str(exchange_id), closest=closest,
        )  # fmt: skip
    if base_url is not None and urlsplit(base_url).scheme not in ("http", "https"):
        raise SpecError(
            f"The exchange's base URL {base_url!r} is none; write it as 'http://127.0.0.1:8080'.",
            field="base_url",
        )
    real = base_url is None
    client = _strict(getattr(ccxt, exchange_id))({
        "timeout": int(timeout * 1000),
        "enableRateLimit": real,
        "requests_trust_env": real,  # proxies from the environment, as other tools honour them
    })  # fmt: skip
    if client.has["fetchOHLCV"] is not True or not client.timeframes:
        raise MarketError(f"{exchange_id} offers no candles; use another exchange.")
    if base_url is not None:
        client.urls["api"] = _rebased(client.urls["api"], base_url.rstrip("/"))
    _list_spot_only(client.options.get("fetchMarkets"))
    return client


def _strict(exchange: type[Any]) -> type[Any]:
    """A ccxt exchange that refuses answers that are no JSON and remembers the HTTP status.

    ccxt itself reads a truncated list of markets as an empty one.
    """
    import ccxt

    def on_rest_response(self: Any, code: int, *rest: Any) -> Any:
        self.last_status = code
        return exchange.on_rest_response(self, code, *rest)

    def fetch(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.last_status = self.last_response_headers = None
        answer = exchange.fetch(self, *args, **kwargs)
        if not isinstance(answer, dict | list):
            raise ccxt.BadResponse("an answer that is no JSON, or only a part of it")
        return answer

    body = {"last_status": None, "on_rest_response": on_rest_response, "fetch": fetch}
    return type(exchange.__name__, (exchange,), body)


def _rebased(urls: Any, base_url: str) -> Any:
    if isinstance(urls, dict):
        return {name: _rebased(url, base_url) for name, url in urls.items()}
    return base_url + urlsplit(urls).path if isinstance(urls, str) else urls


def _list_spot_only(options: Any) -> None:
    """Keep ccxt from listing futures and options too, which takes requests and seconds."""
    types = options.get("types") if isinstance(options, dict) else None
    if isinstance(types, list) and "spot" in types:
        options["types"] = ["spot"]


def _tidy(bars: list[list[Any]], series: _Series) -> pd.DataFrame:
    """Bars as canonical candles: sorted, and those sent more than once kept once."""
    what = f"{series.exchange} sent {series.symbol} {series.timeframe} candles that cannot be used"
    frame = _frame(sorted({tuple(bar[:6]) for bar in bars}, key=lambda bar: bar[0]))
    clashes = frame.index[frame.index.duplicated()].unique()
    if len(clashes):
        raise BadMarketData(
            f"{what}: contradicting values for {len(clashes)} time(s), "
            f"{', '.join(map(str, clashes[:3]))}. Try again later, or fetch around them.",
            exchange=series.exchange, times=[str(clash) for clash in clashes[:20]],
        )  # fmt: skip
    try:
        return validate_candles(frame, series.timeframe)
    except CandleError as error:
        raise BadMarketData(
            f"{what}: {error} Try again later, or fetch around them.",
            exchange=series.exchange, **error.details,
        ) from error  # fmt: skip


def _frame(bars: list[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(bars, columns=["time", *COLUMNS]).astype({"time": "int64"})
    frame["time"] = pd.to_datetime(frame["time"], unit="ms", utc=True)
    return frame.set_index("time")


def _range(start: Instant, end: Instant) -> tuple[int, int]:
    first, until = utc_timestamp(start, "start"), utc_timestamp(end, "end")
    if first > until:
        raise SpecError(f"The start {first} lies after the end {until}; swap them.", field="start")
    return epoch_ms(first), epoch_ms(until)


def _retry_after(headers: Mapping[str, str] | None) -> float | None:
    """Seconds to wait as a Retry-After header asks for, which gives seconds or a date."""
    text = (headers or {}).get("Retry-After", "")
    with suppress(ValueError):
        return max(0.0, float(text))
    with suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    return None


def _suggestion(closest: list[str]) -> str:
    return f"; did you mean {', '.join(closest)}?" if closest else "."

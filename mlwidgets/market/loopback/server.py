"""The loopback exchange's server: a thread that speaks HTTP and websockets on 127.0.0.1."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pandas as pd
from aiohttp import web
from aiohttp.typedefs import Handler

from mlwidgets.errors import MarketError
from mlwidgets.market.dates import Instant
from mlwidgets.market.loopback.clock import MarketClock
from mlwidgets.market.loopback.faults import Fault
from mlwidgets.market.loopback.history import History
from mlwidgets.market.loopback.rest import BinanceRest
from mlwidgets.market.loopback.stream_faults import StreamFault
from mlwidgets.market.loopback.streams import BinanceStreams

_WEIGHTS = {"klines": 2, "exchangeInfo": 20}
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Request:
    """What a client asked.

    Attributes:
        path: e.g. `/api/v3/klines`.
        params: the query, as sent.
    """

    path: str
    params: dict[str, str]

    @property
    def endpoint(self) -> str:
        """The path's last part, e.g. `klines`; `stream` for every websocket."""
        return "stream" if self.path.startswith("/ws") else self.path.rpartition("/")[2]


class _Weight:
    """Counts the request weight used in the current minute, as Binance reports it."""

    def __init__(self) -> None:
        self._minute = self._used = 0

    def use(self, endpoint: str) -> int:
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._used = minute, 0
        self._used += _WEIGHTS.get(endpoint, 1)
        return self._used


class LoopbackExchange:
    """An exchange on 127.0.0.1 that speaks Binance's REST and kline streams from candles.

    Use it as a context manager; it serves from a thread of its own until the block ends.

    Args:
        candles: frames by (symbol, timeframe), or a folder of `SYMBOL_TIMEFRAME.csv.gz`
            files; coarser timeframes are built from finer ones.
        now: the market's time when the server starts; None for the wall clock's.
        speed: market seconds a real second; default 0 (the market stands still) where
            `now` is given, else 1.
        port: TCP port; 0 takes a free one.

    Attributes:
        url: base URL while it runs, e.g. `http://127.0.0.1:40123`.
        clock: the market's clock; `clock.set(...)` moves it.
        requests: what was asked so far, oldest first.
        streams: the candle streams; `streams.drop_every` and `streams.silent` spoil them.

    >>> index = pd.date_range("2025-01-01", periods=3, freq="h", tz="UTC", name="time")
    >>> bar = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 3.0}
    >>> candles = {("BTCUSDT", "1h"): pd.DataFrame(bar, index=index)}
    >>> with LoopbackExchange(candles) as exchange:
    ...     import urllib.request
    ...     urllib.request.urlopen(exchange.url + "/api/v3/ping").read()
    b'{}'
    """

    def __init__(
        self,
        candles: Mapping[tuple[str, str], pd.DataFrame] | Path | str,
        *,
        now: Instant | None = None,
        speed: float | None = None,
        port: int = 0,
    ) -> None:
        default_speed = 1.0 if now is None else 0.0
        self.clock = MarketClock(now, default_speed if speed is None else speed)
        self.history = History(Path(candles) if isinstance(candles, str) else candles)
        self.requests: list[Request] = []
        self.url = ""
        self._port = port
        self._rest = BinanceRest(self.history, self.clock)
        self.streams = BinanceStreams(self.history, self.clock)
        self._weight = _Weight()
        self._faults: deque[tuple[str, Fault]] = deque()

    def __enter__(self) -> LoopbackExchange:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        except OSError as error:
            asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
            self._end_loop()
            raise MarketError(
                f"The loopback exchange cannot listen on {HOST}:{self._port}: {error.strerror}. "
                "Use another port; 0 takes a free one.",
                port=self._port,
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._end_loop()

    def misbehave(self, fault: Fault, *, times: int = 1, on: str = "klines") -> None:
        """Queue a fault; each request to the endpoint takes the oldest one queued for it.

        Args:
            fault: what to do wrong.
            times: with how many requests.
            on: the endpoint: `klines`, `exchangeInfo`, `time`, `ping`, or `stream` for a
                websocket that is opened.
        """
        self._faults.extend([(on, fault)] * times)

    def spoil(self, fault: StreamFault, *, times: int = 1) -> None:
        """Queue a fault of the streams; each kline sent takes the oldest one queued.

        Args:
            fault: what to do wrong.
            times: with how many klines.
        """
        self.streams.faults.extend([fault] * times)

    def drop_streams(self) -> None:
        """Reset every open websocket."""
        self._loop.call_soon_threadsafe(self.streams.drop)

    def behave(self) -> None:
        """Forget the faults that are still queued, and let the streams talk."""
        self._faults.clear()
        self.streams.faults.clear()
        self.streams.silent, self.streams.drop_every = False, None

    def asked(self, endpoint: str) -> list[dict[str, str]]:
        """The parameters of the requests to an endpoint, oldest first."""
        return [request.params for request in self.requests if request.endpoint == endpoint]

    async def _start(self) -> None:
        app = web.Application(middlewares=[self._answer])
        app.add_routes([*self._rest.routes(), *self.streams.routes()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        await self._runner.cleanup()
        answering = asyncio.all_tasks() - {asyncio.current_task()}
        for task in answering:  # slow answers to clients that have gone
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = Request(request.path, dict(request.query))
        self.requests.append(asked)
        response = await self._take_fault(asked.endpoint).respond(request, handler)
        if not response.prepared:
            response.headers["X-MBX-USED-WEIGHT-1M"] = str(self._weight.use(asked.endpoint))
        return response

    def _take_fault(self, endpoint: str) -> Fault:
        for queued in self._faults:
            if queued[0] == endpoint:
                self._faults.remove(queued)
                return queued[1]
        return Fault()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

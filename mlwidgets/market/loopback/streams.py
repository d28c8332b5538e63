"""Binance's kline streams, spoken over websockets from a history and a clock.

Paths, messages and replies follow
https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams : raw streams at
`/ws`, combined ones at `/stream`, named in the address or by SUBSCRIBE. A kline comes every
two seconds of the market while it changes, and once more when it closes (`x`).
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.loopback.clock import MarketClock
from mlwidgets.market.loopback.history import History
from mlwidgets.market.loopback.klines import StreamName, kline_event, stream_name
from mlwidgets.market.loopback.stream_faults import Message, StreamFault

UPDATE_SECONDS = 2.0
"""Market seconds between two klines of an unfinished candle."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.02, 0.25  # real seconds between two looks at the clock
_MOST_AT_ONCE = 1000


@dataclass
class _Subscription:
    stream: StreamName
    told: int | None = None
    """Open time of the last candle that was told unfinished."""
    at: int = 0
    """The market's time then."""


@dataclass(eq=False)
class _Connection:
    socket: web.WebSocketResponse
    request: web.Request
    combined: bool
    opened: int
    subscriptions: dict[str, _Subscription] = field(default_factory=dict)


class BinanceStreams:
    """The handlers of `/ws` and `/stream`.

    Args:
        history: the candles to serve.
        clock: tells how much of them exists already.

    Attributes:
        drop_every: market seconds after which each connection is reset; None for never.
        silent: whether connections stay open and tell nothing.
    """

    def __init__(self, history: History, clock: MarketClock) -> None:
        self.drop_every: float | None = None
        self.silent = False
        self.faults: deque[StreamFault] = deque()
        self._history = history
        self._clock = clock
        self._connections: set[_Connection] = set()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def routes(self) -> list[web.RouteDef]:
        """The route map; ccxt puts a number behind `/ws`, as it may."""
        paths = ("/ws", "/ws/{name}", "/stream")
        return [web.get(path, self.connect) for path in paths]

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        combined = request.path == "/stream"
        connection = _Connection(socket, request, combined, self._now())
        for name in _named(request):
            self._subscribe(connection, name)
        self._connections.add(connection)
        try:
            async with asyncio.TaskGroup() as group:
                telling = group.create_task(self._tell(connection))
                await self._listen(connection)
                telling.cancel()
        except* ConnectionError:
            pass  # the client has gone, or was dropped
        finally:
            self._connections.discard(connection)
        return socket

    def drop(self) -> None:
        """Reset all connections; call it in the server's event loop."""
        for connection in list(self._connections):
            self._abort(connection)

    async def _listen(self, connection: _Connection) -> None:
        async for message in connection.socket:
            if message.type is WSMsgType.TEXT:
                await connection.socket.send_json(self._reply(connection, message.data))

    def _reply(self, connection: _Connection, text: str) -> Message:
        try:
            asked = json.loads(text)
            method, names, id_ = asked["method"], asked.get("params", []), asked["id"]
            if method == "SUBSCRIBE":
                for name in names:
                    self._subscribe(connection, name)
            elif method == "UNSUBSCRIBE":
                for name in names:
                    connection.subscriptions.pop(name, None)
            elif method == "LIST_SUBSCRIPTIONS":
                return {"result": list(connection.subscriptions), "id": id_}
            else:
                return _error(2, f"Invalid request: unknown method {method}", id_)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return _error(2, f"Invalid request: {error}", None)
        return {"result": None, "id": id_}

    def _subscribe(self, connection: _Connection, name: str) -> None:
        stream = stream_name(name)
        if stream is None:
            raise ValueError(f"invalid stream {name}")
        connection.subscriptions.setdefault(name, _Subscription(stream))

    async def _tell(self, connection: _Connection) -> None:
        while True:
            if self._is_over(connection):
                self._abort(connection)
            for name, subscription in list(connection.subscriptions.items()):
                for event in () if self.silent else self._news(subscription):
                    message = {"stream": name, "data": event} if connection.combined else event
                    fault = self.faults.popleft() if self.faults else StreamFault()
                    await fault.pass_on(message, connection.socket.send_str)
            pause = UPDATE_SECONDS / self._clock.speed if self._clock.speed else _LONGEST_PAUSE
            await asyncio.sleep(min(max(pause, _SHORTEST_PAUSE), _LONGEST_PAUSE))

    def _news(self, subscription: _Subscription) -> Iterator[Message]:
        """What has happened since a subscription was told last: closes, and the candle under way.

        REST and stream tell the same world: both read the history at the clock's time.
        """
        stream, now = subscription.stream, self._now()
        if stream.symbol not in self._history.symbols:
            return  # Binance takes such a subscription and stays silent
        if subscription.told is not None and subscription.told > now:
            subscription.told = None  # the clock was set back
        bars = self._history.bars(stream.symbol, stream.timeframe)
        since = now - bars.step if subscription.told is None else subscription.told
        since = max(since, now - _MOST_AT_ONCE * bars.step)
        bars = bars[int(bars.times.searchsorted(since, side="left")) :].until(now)
        for row, time in enumerate(bars.times.tolist()):
            closed = time + bars.step <= now
            if closed and (subscription.told is None or subscription.told > time):
                continue
            if not closed and 0 <= now - subscription.at < UPDATE_SECONDS * 1000:
                return
            subscription.told = time + bars.step if closed else time
            subscription.at = subscription.at if closed else now
            yield kline_event(stream, time, bars.values[row], bars.step, now, closed)

    def _is_over(self, connection: _Connection) -> bool:
        return (
            self.drop_every is not None
            and self._now() - connection.opened >= self.drop_every * 1000
        )

    def _abort(self, connection: _Connection) -> None:
        if connection.request.transport is not None:
            connection.request.transport.abort()

    def _now(self) -> int:
        return epoch_ms(self._clock.now())


def _named(request: web.Request) -> list[str]:
    """The streams in an address: `/ws/btcusdt@kline_1h`, `/stream?streams=...`."""
    names = [request.match_info.get("name", ""), *request.query.get("streams", "").split("/")]
    return [name for name in names if stream_name(name)]


def _error(code: int, text: str, id_: object) -> Message:
    return {"error": {"code": code, "msg": text}, "id": id_}

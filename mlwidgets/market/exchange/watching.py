"""ccxt's websocket clients made fit for use: no noise kills them, nothing of them stays behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class _Loop:
    """The event loop as a ccxt connection uses it, remembering the tasks that are started."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()
        self._loop = loop

    def create_task(self, work: Coroutine[Any, Any, Any], **named: Any) -> asyncio.Task[Any]:
        task = self._loop.create_task(work, **named)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def call_soon(self, callback: Callable[..., object], *args: Any) -> asyncio.Handle:
        return self._loop.call_soon(callback, *args)


def watching(exchange: type[Any], unreadable: type[Exception]) -> type[Any]:
    """A ccxt.pro exchange for candle streams.

    Args:
        exchange: the exchange's class in ccxt.pro.
        unreadable: ccxt's exception for an answer that cannot be read.
    """

    class Watching(exchange):  # type: ignore[misc]
        """Dials at once, ends a connection that it cannot read, and cleans up after itself."""

        timeout_on_exit = 0

        def ws_dial_delay(self, url: str) -> float:
            return 0.0

        def is_spot_url(self, client: Any) -> bool:
            """Binance's: ccxt knows its spot streams by their host, which may be replaced."""
            spot = self.urls["api"]["ws"].get("spot")
            return bool(super().is_spot_url(client) or (spot and client.url.startswith(spot)))

        def client(self, url: str) -> Any:
            known = url in (self.clients or {})
            client = super().client(url)
            if not known:
                self.watch_tasks = getattr(self, "watch_tasks", None) or _Loop(self.asyncio_loop)
                client.asyncio_loop = self.watch_tasks
                client.handle_message = _guarded(client, client.handle_message, unreadable)
            return client

        async def disconnect(self) -> None:
            """End the connections and every task of theirs."""
            await self.close_ws_clients()
            watch_tasks: _Loop | None = getattr(self, "watch_tasks", None)
            while watch_tasks and watch_tasks.tasks:
                left = list(watch_tasks.tasks)
                for task in left:
                    task.cancel()
                await asyncio.gather(*left, return_exceptions=True)

        async def finish(self) -> None:
            """Disconnect, and give the session back."""
            await self.disconnect()
            await self.close()

    Watching.__name__ = exchange.__name__
    return Watching


def _guarded(
    client: Any, handle: Callable[[Any], None], unreadable: type[Exception]
) -> Callable[[Any], None]:
    """A handler after whose failure the connection ends; without, ccxt would stop to listen."""

    def handle_message(message: Any) -> None:
        try:
            handle(message)
        except Exception as error:
            client.on_error(unreadable(f"a message that cannot be read ({error})"))

    return handle_message

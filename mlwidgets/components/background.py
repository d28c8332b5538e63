"""Work beside the kernel's event loop, so that a page answers while it goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from mlwidgets.components.trouble import trouble

T = TypeVar("T")

_tasks: set[asyncio.Task[Any]] = set()


async def in_thread(work: Callable[[], T]) -> T:
    """What a function returns or raises, run in a thread that no kernel waits for when it ends.

    >>> asyncio.run(in_thread(lambda: 6 * 7))
    42
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(how: Callable[[Any], None], value: Any) -> None:
        if not answer.done():  # who waits may have been cancelled
            how(value)

    def tell(how: Callable[[Any], None], value: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it who waited
            loop.call_soon_threadsafe(settle, how, value)

    def run() -> None:
        try:
            tell(answer.set_result, work())
        except Exception as error:
            tell(answer.set_exception, error)

    threading.Thread(target=run, name=f"mlwidgets {work}", daemon=True).start()
    return await answer


def spawn(work: Coroutine[Any, Any, None]) -> None:
    """Let a coroutine run in the loop; it is kept until it ends, and `trouble` told of errors."""
    task = asyncio.get_running_loop().create_task(work)
    _tasks.add(task)
    task.add_done_callback(_ended)


def start(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Spawn what a coroutine function does, where a loop runs; elsewhere somebody awaits it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    spawn(work())


def _ended(task: asyncio.Task[None]) -> None:
    _tasks.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        trouble.tell(error)

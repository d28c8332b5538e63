"""Looking after a page again and again: often while somebody sees it, else now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from traitlets.log import get_logger


class Attention:
    """Calls a coroutine about once a second in the kernel's event loop while a view is visible.

    Args:
        beat: what to do; what it raises goes to `on_error`, and the next beat comes all the same.
        on_error: told of an error that `beat` did not expect.
        seconds: between two beats.
        glance: what to do meanwhile for a view that is open but out of sight.
        glance_seconds: between two glances.
    """

    def __init__(
        self,
        beat: Callable[[], Awaitable[None]],
        on_error: Callable[[Exception], None],
        seconds: float = 1.0,
        *,
        glance: Callable[[], Awaitable[None]] | None = None,
        glance_seconds: float = 5.0,
    ) -> None:
        self._beat, self._on_error, self._seconds = beat, on_error, seconds
        self._glance, self._glance_seconds = glance, glance_seconds
        self._visible: set[str] = set()
        self._hidden: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._seen = asyncio.Event()

    @property
    def paid(self) -> bool:
        """Whether somebody looks."""
        return bool(self._visible)

    def look(self, view: str, visible: bool) -> None:
        """A view of the page has come into sight or gone out of it."""
        self.leave(view)
        (self._visible if visible else self._hidden).add(view)
        if visible:
            self._seen.set()
        if self._wanted and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._run())

    def leave(self, view: str) -> None:
        """A view of the page is there no more."""
        self._visible.discard(view)
        self._hidden.discard(view)

    def end(self) -> None:
        """Nobody will look any more."""
        self._visible.clear()
        self._hidden.clear()
        if self._task is not None:
            self._task.cancel()

    @property
    def _wanted(self) -> bool:
        return self.paid or bool(self._hidden and self._glance)

    async def _run(self) -> None:
        while self._wanted:
            work = self._beat if self.paid or self._glance is None else self._glance
            try:
                await work()
            except Exception as error:  # a page that stops refreshing would show the past as truth
                get_logger().exception("A page could not be refreshed.")
                self._on_error(error)
            await self._rest()

    async def _rest(self) -> None:
        """Wait for the next beat; a view that comes into sight is not kept waiting."""
        if self.paid:
            await asyncio.sleep(self._seconds)
            return
        self._seen.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._seen.wait(), self._glance_seconds)

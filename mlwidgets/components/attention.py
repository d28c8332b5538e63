"""Looking after a page again and again, but only while somebody sees it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)


class Attention:
    """Calls a coroutine about once a second in the kernel's event loop while a view is visible.

    Args:
        beat: what to do; what it raises goes to `on_error`, and the next beat comes all the same.
        on_error: told of an error that `beat` did not expect.
        seconds: between two beats.
    """

    def __init__(
        self,
        beat: Callable[[], Awaitable[None]],
        on_error: Callable[[Exception], None],
        seconds: float = 1.0,
    ) -> None:
        self._beat, self._on_error, self._seconds = beat, on_error, seconds
        self._views: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def paid(self) -> bool:
        """Whether somebody looks."""
        return bool(self._views)

    def look(self, view: str, visible: bool) -> None:
        """A view of the page has come into sight or gone out of it."""
        (self._views.add if visible else self._views.discard)(view)
        if self.paid and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._run())

    def end(self) -> None:
        """Nobody will look any more."""
        self._views.clear()
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while self.paid:
            try:
                await self._beat()
            except Exception as error:  # a page that stops refreshing would show the past as truth
                _log.exception("A page could not be refreshed.")
                self._on_error(error)
            await asyncio.sleep(self._seconds)

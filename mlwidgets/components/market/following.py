"""Following a market: one feed at a time, as a task of the kernel's event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pandas as pd

from mlwidgets.components.trouble import trouble
from mlwidgets.errors import MlwidgetsError
from mlwidgets.market.live import CandleFeed


class Following:
    """Runs a feed until it is stopped or another one takes its place.

    Args:
        on_refusal: told why a feed cannot work, however often it is started.
    """

    def __init__(self, on_refusal: Callable[[MlwidgetsError], None]) -> None:
        self._on_refusal = on_refusal
        self._feed: CandleFeed | None = None
        self._task: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def on(self) -> bool:
        """Whether a feed runs."""
        return self._task is not None

    @property
    def last_update(self) -> pd.Timestamp | None:
        """When the exchange last told the running feed something."""
        return self._feed.last_update if self._feed is not None else None

    def start(self, feed: CandleFeed) -> None:
        """Run a feed in the running event loop."""
        self.stop()
        self._feed = feed
        self._task = asyncio.get_running_loop().create_task(feed.run())
        self._task.add_done_callback(self._ended)

    def stop(self) -> None:
        """End the feed; its connections close in the loop, behind what they are at."""
        if self._task is not None:
            self._ending.add(self._task)  # a loop by itself keeps no task
            self._task.cancel()
        self._feed = self._task = None

    async def stopped(self) -> None:
        """Stop, and wait until nothing is left of it."""
        self.stop()
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if task is self._task:
            self._feed = self._task = None
        error = None if task.cancelled() else task.exception()
        if isinstance(error, MlwidgetsError):
            self._on_refusal(error)
        elif error is not None:
            trouble.tell(error)

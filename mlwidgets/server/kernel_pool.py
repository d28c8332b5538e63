"""Kernels kept warm, so that a page is there at once."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Mapping

from mlwidgets.server.warm_kernel import KernelManager, WarmKernel, start_warm_kernel

_FILL_DELAY = 2.0
"""Seconds before a used kernel is replaced, so that its page has the processor to itself."""

_FAILURE_DELAY = 30.0
"""Seconds before the next try where kernels cannot warm up: pages still open, from cold."""


class KernelPool:
    """A few kernels that have imported everything, handed out in the order of their start.

    Args:
        manager: of the server's kernels.
        size: how many wait.
        environment: variables of each, on top of the server's own.
        log: where trouble is told.
    """

    def __init__(
        self,
        manager: KernelManager,
        size: int,
        environment: Mapping[str, str],
        log: logging.Logger,
    ) -> None:
        self._manager, self._size = manager, size
        self._environment, self._log = environment, log
        self._waiting: list[asyncio.Task[WarmKernel]] = []
        self._not_before = 0.0

    def __len__(self) -> int:
        """How many kernels are ready."""
        return sum(task.done() and not task.cancelled() for task in self._waiting)

    def fill(self) -> None:
        """Start what is missing, unless a page was opened a moment ago."""
        self._waiting = [task for task in self._waiting if self._usable(task)]
        if asyncio.get_running_loop().time() < self._not_before:
            return
        while len(self._waiting) < self._size:
            heating = start_warm_kernel(self._manager, self._environment)
            self._waiting.append(asyncio.ensure_future(heating))

    async def take(self, request: Mapping[str, str]) -> WarmKernel | None:
        """A warm kernel, or the one that will be warm first; None where there is none.

        Args:
            request: variables of the request that it will serve.

        Returns:
            The kernel; its client is the caller's to close.
        """
        self._hold_off(_FILL_DELAY)
        while self._waiting:
            heating = self._waiting.pop(0)
            try:
                kernel = await heating
                if kernel.id in self._manager:
                    await self._hand_over(kernel, request)
                    return kernel
            except Exception as error:  # whatever it is, the page gets another kernel
                self._report(error)
        return None

    async def drain(self) -> None:
        """Keep nothing warm; kernels that are ready are left to the server, which ends them all."""
        self._size = 0
        heating, self._waiting = self._waiting, []
        for task in heating:
            task.cancel()
        for kernel in await asyncio.gather(*heating, return_exceptions=True):
            if isinstance(kernel, WarmKernel):
                kernel.client.stop_channels()

    async def _hand_over(self, kernel: WarmKernel, request: Mapping[str, str]) -> None:
        try:
            await kernel.hand_over(request)
        except BaseException:
            kernel.client.stop_channels()
            await self._manager.shutdown_kernel(kernel.id)
            raise

    def _usable(self, task: asyncio.Task[WarmKernel]) -> bool:
        if not task.done():
            return True
        if task.cancelled() or (error := task.exception()) is not None:
            self._report(None if task.cancelled() else error)
            return False
        kernel = task.result()
        if kernel.id not in self._manager:
            kernel.client.stop_channels()
            return False
        # Whoever ends idle kernels must not take those that wait.
        self._manager.get_kernel(kernel.id).last_activity = dt.datetime.now(dt.UTC)
        return True

    def _report(self, error: BaseException | None) -> None:
        self._log.warning("A kernel did not warm up: %s", error or "it was cancelled")
        self._hold_off(_FAILURE_DELAY)

    def _hold_off(self, seconds: float) -> None:
        self._not_before = asyncio.get_running_loop().time() + seconds

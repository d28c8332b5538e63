"""The kernels behind open pages: a bounded number, and none forgotten."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from typing import Any

from mlwidgets.server.connected import ConnectedKernel
from mlwidgets.server.kernel_pool import KernelPool
from mlwidgets.server.warm_kernel import KernelManager, start_kernel

_PATIENCE = 2.0
"""Seconds that a page waits for room: at a reload, the old kernel may end after the request."""

_LOOK_ROUND = 2.0
"""Seconds between two looks for kernels whose browser has gone."""


class PagesFull(Exception):
    """As many pages are open as the server may have."""


class Place:
    """Room for one page; Voilà takes it for its manager of kernels.

    Args:
        kernels: of the server.
    """

    def __init__(self, kernels: PageKernels) -> None:
        self._kernels = kernels
        self.kernel_id: str | None = None
        self._client: Any = None
        self.seen = _now()
        self.died = False

    async def start_kernel(self, env: Mapping[str, str], **_: Any) -> str:
        """Start the page's kernel, with an environment of the server's and the request's."""
        self.kernel_id, self._client = await self._kernels.start_kernel(env)
        self.seen = _now()
        # Jupyter starts a kernel that died anew, but that one knows nothing of the page.
        self.get_kernel(self.kernel_id).add_restart_callback(self._die)
        return self.kernel_id

    def get_kernel(self, kernel_id: str) -> Any:
        """The manager of the kernel."""
        kernel = self._kernels.manager.get_kernel(kernel_id)
        return ConnectedKernel(kernel, self._client) if self._client else kernel

    def _die(self) -> None:
        self.died = True


class PageKernels:
    """Starts, hands out and ends the kernels of pages; other kernels are not its business.

    Args:
        manager: of all kernels of the server.
        limit: pages open at the same time.
        warm: kernels kept ready besides.
        orphan_seconds: how long a kernel outlives the last connection to it.
        environment: variables of each kernel, on top of the server's own.
        log: where trouble is told.
    """

    def __init__(
        self,
        manager: KernelManager,
        *,
        limit: int,
        warm: int,
        orphan_seconds: float,
        environment: Mapping[str, str],
        log: logging.Logger,
    ) -> None:
        self.limit, self.manager = limit, manager
        self.pool = KernelPool(manager, warm, environment, log)
        self._orphan_seconds = orphan_seconds
        self._environment, self._log = environment, log
        self._places: list[Place] = []
        self._looking: asyncio.Task[None] | None = None

    def __contains__(self, kernel_id: str) -> bool:
        """Whether an open page has this kernel, and it still knows the page."""
        return any(place.kernel_id == kernel_id and not place.died for place in self._places)

    def __len__(self) -> int:
        """How many pages are open or about to be."""
        return len(self._places)

    def start(self) -> None:
        """Warm kernels up, and look after those of pages until `stop`."""
        self.pool.fill()
        self._looking = asyncio.ensure_future(self._look_after())

    async def stop(self) -> None:
        """Start nothing more; the server ends the kernels themselves."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self.pool.drain()

    async def take_place(self) -> Place:
        """Room for a page; `leave` gives it back where the page gets no kernel.

        Raises:
            PagesFull: there is none, and none was made in a moment.
        """
        deadline = _now() + _PATIENCE
        while len(self) >= self.limit:
            if _now() > deadline:
                raise PagesFull
            await asyncio.sleep(0.05)
        self._places.append(Place(self))
        return self._places[-1]

    def leave(self, place: Place) -> None:
        """Give a place back whose page has no kernel."""
        if place.kernel_id is None and place in self._places:
            self._places.remove(place)

    async def start_kernel(self, env: Mapping[str, str]) -> tuple[str, Any]:
        """A kernel for a page, warm if there is one.

        Args:
            env: the server's environment and the request's variables.

        Returns:
            Its id, and the client that is connected to it if it was warm.
        """
        request = {name: value for name, value in env.items() if os.environ.get(name) != value}
        if warm := await self.pool.take(request):
            return warm.id, warm.client
        return await start_kernel(self.manager, {**self._environment, **request}), None

    async def close(self, kernel_id: str) -> None:
        """End the kernel of a page, unless it has ended."""
        self._places = [place for place in self._places if place.kernel_id != kernel_id]
        if kernel_id in self.manager:
            await self.manager.shutdown_kernel(kernel_id)

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(min(_LOOK_ROUND, self._orphan_seconds / 4))
            self.pool.fill()
            for place in list(self._places):
                try:
                    await self._end_if_useless(place)
                except Exception as error:  # the others are looked after all the same
                    self._log.warning("Kernel %s did not end: %s", place.kernel_id, error)

    async def _end_if_useless(self, place: Place) -> None:
        if (kernel_id := place.kernel_id) is None:
            return
        if place.died or kernel_id not in self.manager:
            await self.close(kernel_id)
        elif self.manager.kernel_model(kernel_id)["connections"]:
            place.seen = _now()
        elif _now() - place.seen > self._orphan_seconds:
            self._log.info("Nobody looks at the page of kernel %s any more.", kernel_id)
            await self.close(kernel_id)


def _now() -> float:
    return asyncio.get_running_loop().time()

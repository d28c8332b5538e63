"""Threads that operations run in, so that slow ones hold up none that is quick."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, ParamSpec, TypeVar

from mlwidgets.server.api.operation import Lane

_T = TypeVar("_T")
_P = ParamSpec("_P")

THREADS: dict[Lane | Literal["following"], int] = {
    "quick": 8, "market": 4, "starting": 2, "saving": 1, "following": 4,
}  # fmt: skip
"""Threads of each lane; `following` reads what streams of events send."""


class Lanes:
    """A pool of threads for each lane; none starts before it is needed."""

    def __init__(self) -> None:
        self._pools = {
            lane: ThreadPoolExecutor(count, thread_name_prefix=f"mlwidgets-{lane}")
            for lane, count in THREADS.items()
        }

    async def run(
        self,
        lane: Lane | Literal["following"],
        function: Callable[_P, _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        """Call a function in a lane's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pools[lane], lambda: function(*args, **kwargs))

    def close(self) -> None:
        """Drop what waits and let end what runs."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

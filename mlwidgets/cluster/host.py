"""The process that holds this machine's cluster: `python -m mlwidgets.cluster.host`.

It belongs to nobody: whoever needs the cluster first starts it, everybody else finds it by its
address file, and it ends by itself some time after the last of them has gone. Dask's workers
import the main module of the process that starts them; since that is this one, the scripts and
notebooks that use the cluster need no `if __name__ == "__main__"` guard.
"""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import Timeout

from mlwidgets.cluster.address_file import (
    ClusterInfo,
    process_start,
    read_address,
    remove_address,
    running_cluster,
    write_address,
)
from mlwidgets.cluster.credentials import create_credentials
from mlwidgets.cluster.folder import LAST_WORDS, door, seat
from mlwidgets.cluster.gpus import gpu_of_each, visible_gpus
from mlwidgets.cluster.order import HostOrder
from mlwidgets.cluster.resources import COORDINATOR, FOLD
from mlwidgets.cluster.servers import configure, scheduler_server, worker_server
from mlwidgets.cluster.signals import told_to_end, told_to_hurry
from mlwidgets.cluster.sweeping import sweep
from mlwidgets.cluster.usage import in_use

if TYPE_CHECKING:
    from distributed import Nanny, Scheduler, Security

_TICK_SECONDS = 0.25
_GRACE_SECONDS = 2.0
_COORDINATORS = 4
_LONGEST_LOG = 10 << 20


def main() -> None:
    """Hold the cluster until nobody needs it any more or somebody ends it."""
    order = HostOrder.from_argument(sys.argv[1])
    code = 0
    try:
        asyncio.run(_Host(order).live())
    except Exception as error:
        print(f"{LAST_WORDS}{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        code = 1
    # At once: threads that still wait for anything have nothing left to wait for.
    os._exit(code)


class _Host:
    """One run of the cluster."""

    def __init__(self, order: HostOrder) -> None:
        self._order = order
        self._folder = Path(order.folder)
        self._run = self._folder / order.id
        self._seat, self._door = seat(self._folder), door(self._folder)
        self._nannies: list[Nanny] = []
        self._hurry = asyncio.Event()

    async def live(self) -> None:
        """Start, tell where, wait, end."""
        if not await self._take_seat():
            return
        sweep(self._folder)
        told, self._hurry = told_to_end(), told_to_hurry()
        configure()
        security = create_credentials(self._run)
        try:
            async with scheduler_server(security, host="127.0.0.1") as scheduler:
                self._nannies = self._workers(scheduler.address, security)
                await asyncio.gather(*self._nannies)
                await self._serve(scheduler, told)
                await self._end()
        finally:
            shutil.rmtree(self._run, ignore_errors=True)

    async def _take_seat(self) -> bool:
        """Become the one host; False where there is one already."""
        while running_cluster(self._folder) is None:
            with suppress(Timeout):
                self._seat.acquire(blocking=False)
                return True
            await asyncio.sleep(_TICK_SECONDS)
        return False

    def _workers(self, address: str, security: Security) -> list[Nanny]:
        count = self._order.workers
        options: dict[str, Any] = {
            "memory": self._order.memory,
            "local_directory": str(self._run / "scratch"),
            "host": "127.0.0.1",
        }
        folds = [
            worker_server(address, security, gpu=gpu, resources={FOLD: 1.0}, name=name, **options)
            for name, gpu in enumerate(gpu_of_each(count, visible_gpus()))
        ]
        resources = {COORDINATOR: float(_COORDINATORS)}
        coordinators = worker_server(
            address, security, resources=resources, name="coordinators", **options
        )
        return [*folds, coordinators]

    async def _serve(self, scheduler: Scheduler, told: asyncio.Event) -> None:
        """Stay until told to end, or unused for long enough."""
        used = time.monotonic()
        while not told.is_set():
            self._be_found(scheduler.address)
            if in_use(scheduler):
                used = time.monotonic()
            elif time.monotonic() - used >= self._linger and self._close_door():
                if not in_use(scheduler):
                    return
                self._door.release()  # somebody came in just before it closed
            with suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), _TICK_SECONDS)

    @property
    def _linger(self) -> float:
        return 0.0 if self._hurry.is_set() else self._order.linger

    def _be_found(self, address: str) -> None:
        """Keep the address file true, even where it was deleted or the clock was set."""
        pid = os.getpid()
        info = ClusterInfo(self._order.id, address, pid, socket.gethostname(), process_start(pid))
        with suppress(OSError):  # the disk may be full; it is tried again
            if read_address(self._folder) != info:
                write_address(self._folder, info)
            if os.fstat(2).st_size > _LONGEST_LOG:
                os.ftruncate(2, 0)

    def _close_door(self) -> bool:
        """Let nobody else in, unless somebody is at the door."""
        with suppress(Timeout, OSError):
            self._door.acquire(blocking=False)
            return True
        return False

    async def _end(self) -> None:
        remove_address(self._folder)
        # A worker in mid-fold would hold a graceful end up; nothing it computes is wanted any
        # more, and workers end by themselves when this process does.
        ends = (nanny.close(timeout=_GRACE_SECONDS / 2) for nanny in self._nannies)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*ends), _GRACE_SECONDS)


if __name__ == "__main__":
    main()

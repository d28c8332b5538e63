"""Being asked to end, by the operating system or by whoever leaves last."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress


def told_to_end() -> asyncio.Event:
    """An event that Ctrl-C and SIGTERM set while the running loop lives."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, told.set)
        except NotImplementedError:  # on Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(told.set))
    return told


def told_to_hurry() -> asyncio.Event:
    """An event that `tell_to_hurry` sets from another process; never set on Windows."""
    told = asyncio.Event()
    if _HURRY is not None:
        asyncio.get_running_loop().add_signal_handler(_HURRY, told.set)
    return told


def tell_to_hurry(pid: int) -> None:
    """Tell a cluster's host to end as soon as nobody uses the cluster."""
    if _HURRY is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, _HURRY)


_HURRY: signal.Signals | None = getattr(signal, "SIGUSR1", None)

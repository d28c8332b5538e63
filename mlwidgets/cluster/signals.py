"""Being asked to end by the operating system."""

from __future__ import annotations

import asyncio
import signal


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

"""Ctrl-C: the first asks the work to stop cleanly, the second stops it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from mlwidgets.cli.output import Output


@contextmanager
def stoppable(output: Output) -> Iterator[Callable[[], bool]]:
    """Let work that asks regularly be stopped by Ctrl-C.

    Yields:
        A function that tells whether Ctrl-C was pressed.
    """
    asked = threading.Event()

    def ask(signum: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        output.note("Stopping; press Ctrl-C again to stop at once.")

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)

"""Blocking work that need not be waited for once nobody wants its result."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_LOOK_SECONDS = 0.2

_T = TypeVar("_T")


def while_wanted(work: Callable[[], _T], check: Callable[[], None]) -> _T:
    """Do work in a thread; where `check` raises, leave the thread behind and raise that.

    For work that waits where it cannot be asked to stop, as for an exchange that does not
    answer. What it does after it was left must do no harm.

    Args:
        work: what to do.
        check: called several times a second meanwhile.

    >>> while_wanted(lambda: 6 * 7, check=lambda: None)
    42
    """
    outcome: Future[_T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    # A daemon: the process may end while the work still waits.
    threading.Thread(target=run, name="job step", daemon=True).start()
    while True:
        try:
            return outcome.result(timeout=_LOOK_SECONDS)
        except TimeoutError:
            if outcome.done():  # the work's own
                raise
        check()

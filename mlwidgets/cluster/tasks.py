"""For use inside of a Dask task: is it still wanted, and a word to whoever listens."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Worker

_WANTED = ("executing", "long-running")
_AT_WORK = ("running", "paused", "closing_gracefully")


def unwanted() -> bool:
    """Whether the scheduler no longer wants the task that this thread computes.

    It was cancelled, nobody waits for its result any more, or its worker is about to end. Cheap
    enough to ask in every epoch.

    Returns:
        False outside of a task.

    >>> unwanted()
    False
    """
    worker = _worker()
    if worker is None:
        return False
    key = worker.active_threads.get(threading.get_ident())
    if key is None:
        return False
    task = worker.state.tasks.get(key)
    # A worker that has ended still runs its task's thread to the end.
    return task is None or task.state not in _WANTED or worker.status.name not in _AT_WORK


def tell(topic: str, message: dict[str, Any]) -> None:
    """Send a message to the clients that have subscribed to a topic; at most once each.

    Does nothing outside of a task.

    Args:
        topic: what `Client.subscribe_topic` was given.
        message: of numbers, strings, lists and mappings.

    >>> tell("nobody listens", {"epoch": 1})
    """
    worker = _worker()
    if worker is not None:
        worker.log_event(topic, message)


def _worker() -> Worker | None:
    if "distributed" not in sys.modules:  # so this is no worker; spare its import
        return None
    from distributed import get_worker

    try:
        return get_worker()
    except ValueError:
        return None

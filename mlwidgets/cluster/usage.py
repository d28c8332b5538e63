"""Whether anybody needs a cluster, as its scheduler sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed import Scheduler

_UNFINISHED = ("waiting", "no-worker", "queued", "processing")


def in_use(scheduler: Scheduler) -> bool:
    """Whether a client is connected or a task unfinished.

    A client that was killed counts no more: the operating system has closed its connection.
    """
    return any(map(_is_a_user, scheduler.clients)) or any(
        task.state in _UNFINISHED for task in scheduler.tasks.values()
    )


def _is_a_user(client: str) -> bool:
    # Dask's own: one that owns tasks which nobody waits for, and one of each worker whose task
    # submitted others. The tasks themselves count.
    return client != "fire-and-forget" and not client.startswith("Client-worker-")

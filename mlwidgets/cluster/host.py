"""The process that holds a local Dask cluster: `python -m mlwidgets.cluster.host`.

Dask's workers import the main module of the process that starts them. Started from a user's
script, each would run that script again unless it has an `if __name__ == "__main__"` guard. This
module is their main module instead, so scripts, notebooks and `python -c` need no guard; and the
scheduler does not compete with a notebook's kernel for its interpreter.

Standard input is the leash: the host ends when it closes, which happens however its owner ends.
"""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from typing import TextIO

_GRACE_SECONDS = 2.0
_MEMORY = {"MALLOC_TRIM_THRESHOLD_": 256 << 20, "MALLOC_MMAP_THRESHOLD_": 32 << 20}
"""Freed memory that glibc keeps for the next tensor, in bytes, and what it takes singly."""


def main() -> None:
    """Start the workers, tell the scheduler's address on standard output, wait for the leash."""
    announce = _take_stdout()
    try:
        import dask
        from distributed import LocalCluster

        # A fold whose worker dies twice is given up; the coordinator may still submit it anew.
        dask.config.set({"distributed.scheduler.allowed-failures": 1})
        # Dask has workers give memory back after each tensor, which halves a training's speed.
        dask.config.set({f"distributed.nanny.pre-spawn-environ.{k}": v for k, v in _MEMORY.items()})
        cluster = LocalCluster(
            n_workers=int(sys.argv[1]),
            threads_per_worker=1,
            processes=True,
            # The scheduler serves HTTP in any case; not on 8787, which may be somebody's.
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            silence_logs=logging.CRITICAL,
        )
    except Exception as error:
        _tell(announce, {"error": f"{type(error).__name__}: {error}"})
        raise
    _tell(announce, {"address": cluster.scheduler_address})
    sys.stdin.buffer.read()
    # A worker in mid-fold would hold a graceful end up; nothing it computes is wanted any more,
    # and workers end by themselves when this process does.
    threading.Timer(_GRACE_SECONDS, os._exit, (0,)).start()
    cluster.close(timeout=_GRACE_SECONDS)
    os._exit(0)


def _take_stdout() -> TextIO:
    """Keep standard output for the announcement; workers that print cannot fill it up."""
    announce = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return announce


def _tell(announce: TextIO, message: dict[str, str]) -> None:
    with announce:
        announce.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main()

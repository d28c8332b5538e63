"""Dask's scheduler and workers, set up for folds."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from mlwidgets.cluster.gpus import VARIABLE
from mlwidgets.cluster.quiet import quiet

if TYPE_CHECKING:
    from distributed import Nanny, Scheduler, Security

WORKER_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    # oneDNN keeps compiled kernels for 1,024 shapes: half a gigabyte after fifty trials.
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64",
    # Dask has workers give memory back after each tensor, which halves a training's speed: let
    # glibc keep this much of it for the next one, and take only larger pieces singly. Bytes.
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
}

_CONFIGURATION: dict[str, Any] = {
    # Told to anybody who asks by HTTP: that it lives, and nothing else.
    "distributed.scheduler.http.routes": ["distributed.http.health"],
    "distributed.worker.http.routes": ["distributed.http.health"],
    # Dask keeps the last messages of every topic, and each job has one of its own.
    "distributed.admin.low-level-log-length": 100,
}

_LOST_WORKERS = 3
"""How many workers a task may lose; those that had only been promised it count too."""


def configure() -> None:
    """Set this process up to hold a scheduler or nannies, and their children after it."""
    import dask

    os.environ.update(WORKER_ENVIRONMENT)
    dask.config.set(_CONFIGURATION)
    quiet()


def scheduler_server(security: Security, host: str = "", port: int = 0) -> Scheduler:
    """A scheduler that listens by TLS once it is awaited.

    Args:
        security: its credentials.
        host: name or address to listen at; default: all of the machine's.
        port: to listen at; 0 for one that is free.
    """
    from distributed import Scheduler

    return Scheduler(
        host=host, port=port, protocol="tls", security=security,
        dashboard=False, dashboard_address="127.0.0.1:0", allowed_failures=_LOST_WORKERS,
    )  # fmt: skip


def worker_server(
    address: str,
    security: Security,
    *,
    memory: int,
    gpu: str = "",
    resources: dict[str, float] | None = None,
    **options: Any,
) -> Nanny:
    """A single-threaded worker process, started once this is awaited and again when it dies.

    Args:
        address: of the scheduler.
        security: its credentials.
        memory: limit in bytes.
        gpu: what it may see of the GPUs, in the words of `CUDA_VISIBLE_DEVICES`.
        resources: what it offers; default: what `mlwidgets.cluster.worker` offers.
        options: further ones of Dask's `Nanny`.
    """
    from distributed import Nanny

    return Nanny(
        address, nthreads=1, security=security, memory_limit=memory, resources=resources,
        env={VARIABLE: gpu}, preload=["mlwidgets.cluster.worker"],
        dashboard=False, dashboard_address="127.0.0.1:0",
        silence_logs=logging.WARNING, **options,
    )  # fmt: skip

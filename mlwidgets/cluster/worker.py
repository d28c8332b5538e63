"""What makes a Dask worker one of ours: `dask worker --preload mlwidgets.cluster.worker`.

Dask calls `dask_setup` before the worker tells the scheduler that it is there.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

from mlwidgets.cluster.gpus import owns_a_gpu
from mlwidgets.cluster.quiet import quiet
from mlwidgets.cluster.resources import COORDINATOR, FOLD, GPU

if TYPE_CHECKING:
    from distributed import Worker

_COORDINATORS = 2
"""A worker that was told nothing else computes folds, and holds this many coordinators."""

_LOOK_SECONDS = 0.05


def dask_setup(worker: Worker) -> None:
    """Offer what this worker can do, and begin to import torch."""
    quiet()
    offered = worker.state.total_resources
    if FOLD not in offered and COORDINATOR not in offered:
        _offer(worker, {FOLD: 1.0, COORDINATOR: _COORDINATORS})
    if FOLD in offered:
        if owns_a_gpu():
            _offer(worker, {GPU: 1.0})
        worker.loop.add_callback(_import_torch, worker)


async def _import_torch(worker: Worker) -> None:
    # After the worker is there, which an import would hold up; and in the thread that computes,
    # so that the first fold does not import it at the same time.
    while worker.status.name in ("undefined", "init"):
        await asyncio.sleep(_LOOK_SECONDS)
    worker.executors["default"].submit(import_module, "torch")


def _offer(worker: Worker, resources: dict[str, float]) -> None:
    worker.state.total_resources.update(resources)
    worker.state.available_resources.update(resources)

"""What workers offer and tasks ask for, in Dask's words: resources.

The names hold the version of mlwidgets, so a worker that runs another one gets none of our tasks.
"""

from __future__ import annotations

from importlib.metadata import version

VERSION = version("mlwidgets")
"""Of this process."""

FOLD = f"mlwidgets {VERSION} fold"
"""A worker that computes folds offers one."""

COORDINATOR = f"mlwidgets {VERSION} coordinator"
"""A worker offers as many as it may hold coordinators of jobs, which wait more than they work."""

GPU = "GPU"
"""A worker that owns a GPU offers one."""


def fold_resources(device: str) -> dict[str, float]:
    """What a fold needs that trains on a device.

    Args:
        device: PyTorch's word, such as `cpu` or `cuda`.

    >>> sorted(fold_resources("cuda"))[0]
    'GPU'
    >>> len(fold_resources("cpu"))
    1
    """
    return {FOLD: 1.0, GPU: 1.0} if device.startswith("cuda") else {FOLD: 1.0}


def coordinator_resources() -> dict[str, float]:
    """What the coordinator of a job needs."""
    return {COORDINATOR: 1.0}

"""How many folds a cluster's workers take at once, and on which device."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlwidgets.cluster.reaching import is_loopback
from mlwidgets.cluster.resources import fold_resources
from mlwidgets.errors import ClusterUnavailable

if TYPE_CHECKING:
    from distributed import Client


def capacity(client: Client, device: str = "cpu") -> int:
    """Folds that the workers of a client compute at the same time; 0 where none can.

    Args:
        client: a connected Dask client.
        device: where networks are trained, `cpu` or `cuda`.
    """
    return _room(offers(client), device)


def offers(client: Client) -> list[Mapping[str, float]]:
    """The resources of each worker there is."""
    return [worker["resources"] for worker in _workers(client).values()]


def workers_are_near(client: Client) -> bool:
    """Whether all workers there are run on this machine, as far as their addresses tell."""
    return all(is_loopback(address) for address in _workers(client))


def _workers(client: Client) -> Mapping[str, Any]:
    # Asked of the scheduler itself: `scheduler_info` may answer with what a callback of the
    # client's has put there in the meantime, which lists no workers.
    scheduler: Any = client.scheduler
    workers: Mapping[str, Any] = client.sync(scheduler.identity, n_workers=-1)["workers"]
    return workers


def _room(offered: list[Mapping[str, float]], device: str) -> int:
    needed = fold_resources(device)
    return sum(
        int(min(one.get(name, 0) // share for name, share in needed.items())) for one in offered
    )


def require_device(client: Client, device: str) -> None:
    """Refuse a device that no worker has; where there are no workers at all, some may come.

    Raises:
        ClusterUnavailable: workers are there, and none of them has the device.
    """
    offered = offers(client)
    workers = _room(offered, "cpu")
    if workers and not _room(offered, device):
        raise ClusterUnavailable(
            f"Device {device!r} is wanted, and none of the cluster's {workers} workers holds a "
            "GPU; start one with 'mlwidgets worker' on a machine that has one, or use device "
            "'cpu'.",
            device=device, workers=workers,
        )  # fmt: skip

"""Who works in a cluster: how many can compute our folds, and why others cannot."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlwidgets.cluster.capacity import capacity, offers
from mlwidgets.cluster.labels import address_of
from mlwidgets.cluster.resources import VERSION
from mlwidgets.errors import ClusterUnavailable

if TYPE_CHECKING:
    from distributed import Client

_WAIT_SECONDS = 5.0
_LOOK_SECONDS = 0.05


def worker_threads(client: Client) -> int:
    """How many folds the workers of a client compute at the same time."""
    return max(1, capacity(client))


def require_workers(client: Client) -> None:
    """Wait a moment until a worker is there that can compute folds.

    Raises:
        ClusterUnavailable: none came; says who is there instead, and what to do.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    while not capacity(client):
        if time.monotonic() > deadline:
            address = address_of(client)
            raise ClusterUnavailable(_shortage(address, offers(client)), scheduler=address)
        time.sleep(_LOOK_SECONDS)


def _shortage(address: str, offered: list[Mapping[str, float]]) -> str:
    start = f"'mlwidgets worker {address}'"
    if not offered:
        return f"The Dask scheduler at {address!r} has no workers; start some with {start}."
    there = sorted({found[1] for one in offered for name in one if (found := _name(name))})
    if VERSION in there:
        return f"The workers at {address!r} that compute folds died; start some with {start}."
    they = "only worker runs" if len(offered) == 1 else f"{len(offered)} workers run"
    if there:
        return (
            f"The cluster at {address!r} cannot be used: its {they} mlwidgets {', '.join(there)}, "
            f"this is {VERSION}. Install the same version everywhere and start it anew."
        )
    return (
        f"No worker at {address!r} can compute folds: its {they} without mlwidgets. Start them "
        f"with {start}, or add '--preload mlwidgets.cluster.worker' to 'dask worker'."
    )


_name = re.compile(r"mlwidgets (\S+) (?:fold|coordinator)").fullmatch

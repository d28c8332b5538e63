"""Joining a cluster: this machine's, or one of several machines by its scheduler's address."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import Timeout

from mlwidgets.cluster.address_file import ClusterInfo
from mlwidgets.cluster.credentials import read_credentials
from mlwidgets.cluster.folder import cluster_folder, door, log_file, ready_folder
from mlwidgets.cluster.reaching import check_address, connect
from mlwidgets.cluster.staff import require_workers
from mlwidgets.cluster.starting import check_count, find_or_start
from mlwidgets.errors import ClusterUnavailable
from mlwidgets.settings import Settings, get_settings

if TYPE_CHECKING:
    from distributed import Client

_CLOSE_SECONDS = 5.0
_DOOR_SECONDS = 90.0
_ATTEMPTS = 3
_PATIENCE_SECONDS = 30.0
"""How long a scheduler whose process lives may be too busy to answer."""


@contextmanager
def open_cluster(workers: int | None = None, scheduler: str | None = None) -> Iterator[Client]:
    """A Dask client on workers that are ready to compute folds.

    Without a scheduler's address it is this machine's cluster: the processes of one user share
    one, which the first that needs it starts. It ends some time (`MLWIDGETS_LINGER`) after the
    last of them has gone, and after the last task that was left to it. The client is kept for
    the next caller in this process. Works in scripts without a `__main__` guard.

    Args:
        workers: how many folds the caller computes at the same time at most; the cluster, if it
            is started for this, has so many processes or more. Default: `MLWIDGETS_WORKERS`,
            else one a core.
        scheduler: address such as `tls://10.0.0.5:8786`; default: `MLWIDGETS_SCHEDULER`.

    Yields:
        A connected client that is nobody's default client.

    Raises:
        SpecError: `workers` is no positive number, or the address is malformed or without TLS.
        ClusterUnavailable: the scheduler does not answer, refuses the certificates or has no
            workers of this version; or this machine's cluster does not start.

    >>> with open_cluster(workers=1) as client:
    ...     client.submit(sum, [1, 2]).result()
    3
    """
    settings = get_settings()
    for count in (workers, settings.workers):
        check_count(count)
    scheduler = scheduler or settings.scheduler
    if scheduler is None:
        yield _warm_client(workers, settings)
        return
    check_address(scheduler)
    with connect(scheduler, read_credentials(settings.tls_dir)) as client:
        require_workers(client)
        yield client


def close_clusters() -> None:
    """Leave the clusters that this process has joined; they run on for others, and for a while."""
    with _lock:
        clients = [_warm.pop(key)[0] for key in list(_warm) if key[0] == os.getpid()]
    for client in clients:
        _leave(client)


@contextmanager
def through_door(folder: Path) -> Iterator[None]:
    """Be the only one to join, start or end the cluster of a ready folder.

    Raises:
        ClusterUnavailable: somebody else does not get on with it.
    """
    try:
        inside = door(folder).acquire(timeout=_DOOR_SECONDS)
    except Timeout:
        raise ClusterUnavailable(
            f"Another process has been starting or ending the cluster in {str(folder)!r} for "
            f"{_DOOR_SECONDS:.0f} s. End that process, or set MLWIDGETS_CLUSTER_DIR to another "
            "folder.",
            folder=str(folder),
        ) from None
    with inside:
        yield


_lock = threading.Lock()
_warm: dict[tuple[int, Path], tuple[Client, ClusterInfo]] = {}
"""Clients by process id (a fork must not use its parent's) and the folder of their cluster."""


def _warm_client(workers: int | None, settings: Settings) -> Client:
    folder = cluster_folder()
    key = (os.getpid(), folder)
    with _lock:
        client, info = _warm.get(key, (None, None))
        if client and info and client.status == "running" and info.alive:
            return client
        if client:
            _leave(client)
        _leave_at_exit()
        with through_door(ready_folder(folder)):
            client, _ = _warm[key] = _join(folder, workers, settings)
        require_workers(client)
        return client


def _join(folder: Path, workers: int | None, settings: Settings) -> tuple[Client, ClusterInfo]:
    patience = time.monotonic() + _PATIENCE_SECONDS
    deaths = 0
    while deaths < _ATTEMPTS:
        info = find_or_start(folder, workers, settings)
        try:
            return connect(info.address, read_credentials(folder / info.id)), info
        except ClusterUnavailable as error:
            if not info.alive:
                deaths += 1
            elif time.monotonic() > patience:
                raise ClusterUnavailable(
                    f"This machine's cluster does not answer, though its process {info.pid} "
                    f"runs: {error.message} End that process to have another one started.",
                    pid=info.pid,
                ) from error
    raise ClusterUnavailable(
        f"This machine's cluster was ended {_ATTEMPTS} times while it started; see "
        f"{str(log_file(folder))!r}."
    )


@cache
def _leave_at_exit() -> None:
    import distributed  # noqa: F401  # what it does at exit must come after

    atexit.register(close_clusters)


def _leave(client: Client) -> None:
    with suppress(Exception):
        client.close(timeout=_CLOSE_SECONDS)

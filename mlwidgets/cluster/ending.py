"""Ending this machine's cluster: for all its users, or when the last has gone."""

from __future__ import annotations

from contextlib import suppress

import psutil  # type: ignore[import-untyped]

from mlwidgets.cluster.address_file import remove_address, running_cluster
from mlwidgets.cluster.connection import close_clusters, through_door
from mlwidgets.cluster.folder import cluster_folder
from mlwidgets.cluster.signals import tell_to_hurry

_END_SECONDS = 10.0


def stop_cluster() -> None:
    """End this machine's cluster, whoever uses it; the next `open_cluster` starts another.

    Does nothing where none runs.
    """
    close_clusters()
    folder = cluster_folder()
    if running_cluster(folder) is None:
        return
    with through_door(folder):
        info = running_cluster(folder)
        if info is not None:
            _end(info.pid)
            remove_address(folder)


def leave_cluster() -> None:
    """Close this process's clients, and have the cluster end as soon as nobody uses it.

    Jobs that run go on to their end first, and so do other processes' clients.
    """
    close_clusters()
    if (info := running_cluster(cluster_folder())) is not None:
        tell_to_hurry(info.pid)


def _end(pid: int) -> None:
    with suppress(psutil.NoSuchProcess):
        host = psutil.Process(pid)
        host.terminate()
        try:
            host.wait(_END_SECONDS)
        except psutil.TimeoutExpired:
            host.kill()
            host.wait(_END_SECONDS)

"""Names of clusters that last: in the record of a job, in a message."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from mlwidgets.cluster.address_file import ClusterInfo, running_cluster
from mlwidgets.cluster.folder import folder_name, known_folders

if TYPE_CHECKING:
    from distributed import Client


def cluster_label(client: Client) -> str:
    """The name of the cluster that a client is connected to.

    Returns:
        `local:<host>:<id>` for this machine's cluster, else the scheduler's address.
    """
    return label_at(address_of(client))


def label_at(address: str) -> str:
    """The same by the address of the cluster's scheduler."""
    info = running_cluster()
    return label_of(info) if info and info.address == address else address


def address_of(client: Client) -> str:
    """The address of a client's scheduler; empty once the client is closed."""
    return str(client.scheduler.address) if client.scheduler else ""


def label_of(info: ClusterInfo) -> str:
    """The name of a cluster of this machine."""
    return f"local:{info.host}:{info.id}"


def label_is_dead(label: str) -> bool:
    """Whether it is certain that a cluster has ended.

    False for a cluster of another machine, of another user, or of a folder that was removed:
    nothing is known of those.
    """
    kind, _, rest = label.partition(":")
    host, _, run = rest.rpartition(":")
    if kind != "local" or host != socket.gethostname():
        return False
    for folder in known_folders():
        name = folder_name(folder)
        if name and run.startswith(name):
            info = running_cluster(folder)
            return info is None or info.id != run
    return False

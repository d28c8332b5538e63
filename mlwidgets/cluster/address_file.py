"""Where this machine's cluster is found, and whether it still runs."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from mlwidgets.cluster.folder import cluster_folder
from mlwidgets.cluster.private import write_private

_CLOCK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """A cluster that runs on this machine.

    Attributes:
        id: of this run of its host: 32 hexadecimal digits.
        address: of its scheduler.
        pid: process id of its host.
        host: name of the machine.
        started: when its host started; epoch seconds by the operating system.
    """

    id: str
    address: str
    pid: int
    host: str
    started: float

    @property
    def alive(self) -> bool:
        """Whether its host still runs on this machine."""
        # A process id alone may have been given to somebody else since.
        return self.host == socket.gethostname() and (
            abs(process_start(self.pid) - self.started) < _CLOCK_SECONDS
        )


def running_cluster(folder: Path | None = None) -> ClusterInfo | None:
    """The cluster that runs on this machine, if one does; asks no network.

    Args:
        folder: of the cluster; default: the settings'.
    """
    info = read_address(cluster_folder() if folder is None else folder)
    return info if info and info.alive else None


def read_address(folder: Path) -> ClusterInfo | None:
    """What the address file says, true or not; None where nothing useful is there."""
    with suppress(OSError, ValueError, TypeError):
        return ClusterInfo(**json.loads(_file(folder).read_text("utf-8")))
    return None


def write_address(folder: Path, info: ClusterInfo) -> None:
    """Tell every process where the cluster is."""
    write_private(_file(folder), json.dumps(asdict(info)))


def remove_address(folder: Path) -> None:
    """Tell every process that there is no cluster."""
    with suppress(OSError):
        _file(folder).unlink(missing_ok=True)


def process_start(pid: int) -> float:
    """When a process started, in epoch seconds; minus infinity for one that does not run."""
    try:
        process = psutil.Process(pid)
        # A zombie has ended; only its parent has not asked for its exit code yet.
        if process.status() == psutil.STATUS_ZOMBIE:
            return float("-inf")
        return float(process.create_time())
    except psutil.Error:
        return float("-inf")


def _file(folder: Path) -> Path:
    return folder / "address.json"

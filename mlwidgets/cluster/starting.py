"""Starting the host of this machine's cluster, for those who find none."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from mlwidgets.cluster.address_file import ClusterInfo, running_cluster
from mlwidgets.cluster.folder import last_words, log_file, new_id
from mlwidgets.cluster.memory import memory_limit
from mlwidgets.cluster.order import HostOrder
from mlwidgets.cluster.private import open_private
from mlwidgets.errors import ClusterUnavailable, SpecError
from mlwidgets.settings import Settings

_START_SECONDS = 60.0
_LOOK_SECONDS = 0.02

_children: list[subprocess.Popen[bytes]] = []
"""Hosts that this process has started; asked for their exit codes, so that none stays a zombie."""


def find_or_start(folder: Path, workers: int | None, settings: Settings) -> ClusterInfo:
    """The cluster of a ready folder; the caller holds the folder's door.

    Args:
        folder: of the cluster.
        workers: processes wanted, should it be started; more, if the settings say so.
        settings: of the cluster, should it be started.

    Raises:
        SpecError: the settings make no sense.
        ClusterUnavailable: it does not start; says why.
    """
    info = running_cluster(folder)
    if info is not None:
        return info
    count = max(workers or 0, settings.workers or cores())
    memory = memory_limit(settings.worker_memory, count + 1)  # one more holds the coordinators
    order = HostOrder(str(folder), new_id(folder), count, memory, settings.linger)
    return _await_address(_spawn(order, folder), folder, count)


def check_count(workers: int | None) -> None:
    """Refuse a number of workers that makes no sense.

    Raises:
        SpecError: it is no whole number of at least 1, nor None.
    """
    if workers is None:
        return
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise SpecError(
            f"workers must be a whole number of at least 1 (got {workers!r}).",
            field="workers", value=repr(workers),
        )  # fmt: skip


def _spawn(order: HostOrder, folder: Path) -> subprocess.Popen[bytes]:
    _children[:] = [child for child in _children if child.poll() is None]
    log = open_private(log_file(folder))
    try:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "mlwidgets.cluster.host", order.to_argument()],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            cwd=folder, env=_environment(folder),
            start_new_session=True,  # Ctrl-C is for the caller; others may use the cluster.
        )  # fmt: skip
    finally:
        os.close(log)
    _children.append(child)
    return child


def _await_address(child: subprocess.Popen[bytes], folder: Path, workers: int) -> ClusterInfo:
    deadline = time.monotonic() + _START_SECONDS
    while (info := running_cluster(folder)) is None:
        if child.poll() is not None or time.monotonic() > deadline:
            child.kill()
            child.wait()
            reason = last_words(folder) or "its process ended without a word"
            raise ClusterUnavailable(
                f"This machine's cluster of {workers} workers did not start: {reason} "
                f"(see {str(log_file(folder))!r}).",
                workers=workers,
            )
        time.sleep(_LOOK_SECONDS)
    return info


def _environment(folder: Path) -> dict[str, str]:
    """Of the host and its workers: nothing that differs between those who use them.

    The first of them starts the cluster for all, so its settings must not decide what the
    others get.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MLWIDGETS_")}
    place = str(Path(__file__).parents[2])
    if place not in sysconfig.get_paths().values():
        # It may be importable only because of where the caller runs.
        ours["PYTHONPATH"] = os.pathsep.join(filter(None, (place, ours.get("PYTHONPATH"))))
    return {**ours, "MLWIDGETS_CLUSTER_DIR": str(folder)}


def cores() -> int:
    """Cores that this process may use."""
    from dask.system import CPU_COUNT

    return int(CPU_COUNT)

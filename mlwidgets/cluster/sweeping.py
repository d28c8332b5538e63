"""Removing what clusters left behind."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

from mlwidgets.cluster.address_file import running_cluster
from mlwidgets.cluster.folder import ID_LENGTH, known_folders

_KEEP_SECONDS = 30 * 86_400.0


def sweep(folder: Path) -> None:
    """Remove the runs of hosts that were killed, and the folders of code that is long gone.

    Args:
        folder: of the cluster; the caller is its one host, and has no run in it yet.
    """
    for left in folder.iterdir():
        if left.is_dir() and len(left.name) == ID_LENGTH:
            shutil.rmtree(left, ignore_errors=True)
    for other in known_folders():
        with suppress(OSError):
            unused = time.time() - other.stat().st_mtime
            if unused > _KEEP_SECONDS and running_cluster(other) is None:
                shutil.rmtree(other, ignore_errors=True)

"""The folder of this machine's cluster: its address, its credentials, its log, its locks."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import uuid
from contextlib import suppress
from functools import cache
from pathlib import Path

from filelock import BaseFileLock, FileLock

from mlwidgets.cluster.private import private_folder, write_private
from mlwidgets.cluster.resources import VERSION
from mlwidgets.settings import get_settings

LAST_WORDS = "The host ends: "
"""Begins the line of the log that says why; those that it leaves behind may write after it."""

ID_LENGTH = 32
"""Digits of the id of a run."""

_NAME_LENGTH = 16
_PACKAGE = Path(__file__).parents[1]


def cluster_folder() -> Path:
    """Where this machine's cluster leaves its address; need not be there.

    By default each user, machine, Python environment and state of the code has one of its own.
    """
    chosen = get_settings().cluster_dir
    return (
        chosen.absolute()
        if chosen
        else _root() / f"{socket.gethostname()}-{installation(_PACKAGE)}"
    )


def known_folders() -> list[Path]:
    """The folder of this machine's cluster, and those of the user's other installations."""
    here, root = cluster_folder(), _root()
    others = root.iterdir() if root.is_dir() else ()
    return [here, *(folder for folder in others if folder != here)]


def ready_folder(folder: Path) -> Path:
    """Make a cluster's folder, private and with a name of its own.

    Raises:
        ClusterUnavailable: it cannot be made, or is not private.
    """
    private_folder(folder, "MLWIDGETS_CLUSTER_DIR")
    if folder_name(folder) is None:
        write_private(folder / "name", uuid.uuid4().hex[:_NAME_LENGTH])
    return folder


def folder_name(folder: Path) -> str | None:
    """What every id of a cluster of this folder begins with; None where there was none yet."""
    with suppress(OSError):
        name = (folder / "name").read_text("utf-8")
        return name if len(name) == _NAME_LENGTH else None
    return None


def new_id(folder: Path) -> str:
    """An id for another run of a ready folder's cluster: 32 hexadecimal digits."""
    return f"{folder_name(folder)}{uuid.uuid4().hex[_NAME_LENGTH:ID_LENGTH]}"


def door(folder: Path) -> BaseFileLock:
    """Held by whoever joins, starts or ends the cluster."""
    return FileLock(folder / "door.lock", mode=0o600)


def seat(folder: Path) -> BaseFileLock:
    """Held by the one host for all its life."""
    return FileLock(folder / "host.lock", mode=0o600)


def log_file(folder: Path) -> Path:
    """What the host and its workers have to say."""
    return folder / "host.log"


def last_words(folder: Path) -> str:
    """Why the host ended, by its log; empty where that does not say."""
    with suppress(OSError):
        lines = log_file(folder).read_text("utf-8", errors="replace").splitlines()
        said = [line for line in lines if line.startswith(LAST_WORDS)] or lines
        return said[-1].removeprefix(LAST_WORDS).strip() if said else ""
    return ""


def _root() -> Path:
    from platformdirs import user_state_path

    return user_state_path("mlwidgets", appauthor=False) / "cluster"


@cache
def installation(package: Path) -> str:
    """A digest of the code that this process runs: Python's folder, the package's, its last edit.

    So a cluster that lingers with yesterday's code is not found by today's.
    """
    edited = max((file.stat().st_mtime_ns for file in package.rglob("*.py")), default=0)
    parts = os.fsencode("\0".join((sys.prefix, str(package), VERSION, str(edited))))
    return hashlib.sha256(parts).hexdigest()[:12]

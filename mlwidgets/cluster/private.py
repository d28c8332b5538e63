"""Files and folders that only their owner can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mlwidgets.errors import ClusterUnavailable


def private_folder(folder: Path, variable: str) -> Path:
    """A folder that its owner alone can enter; made where it is missing.

    Args:
        folder: its path.
        variable: of the environment, which names another one.

    Raises:
        ClusterUnavailable: it cannot be made, or somebody else owns it or can enter it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        raise ClusterUnavailable(
            f"The folder {str(folder)!r} of the cluster cannot be made: {error.strerror}. Name "
            f"another one with {variable}.",
            folder=str(folder),
        ) from error
    if os.name == "posix":
        _require_private(folder, found, variable)
    return folder


def _require_private(folder: Path, found: os.stat_result, variable: str) -> None:
    reason = "It is for the keys with which to run code as you:"
    if found.st_uid != os.geteuid():
        raise ClusterUnavailable(
            f"The folder {str(folder)!r} belongs to user {found.st_uid}. {reason} name one of "
            f"your own with {variable}.",
            folder=str(folder),
        )
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        raise ClusterUnavailable(
            f"Others can enter the folder {str(folder)!r} (mode {mode:o}). {reason} run 'chmod 700 "
            f"{folder}', or name another one with {variable}.",
            folder=str(folder),
        )


def write_private(file: Path, text: str) -> None:
    """Write a file whole, readable by its owner alone; readers see the old one or this."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(open_private(draft), "w", encoding="utf-8") as opened:
        opened.write(text)
    draft.replace(file)


def open_private(file: Path) -> int:
    """A descriptor that appends to an emptied file, readable by its owner alone."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    descriptor = os.open(file, flags, 0o600)
    if os.name == "posix":
        os.fchmod(descriptor, 0o600)  # the file may have been there
    return descriptor

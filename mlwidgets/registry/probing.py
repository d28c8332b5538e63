"""Finding out whether a models folder can be written to, without a trace."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mlwidgets.registry.disk import storage_errors
from mlwidgets.registry.healing import refuse_links
from mlwidgets.registry.layout import Layout

PROBE = bytes(256 * 1024)
"""About as much as a small model takes."""


def probe(layout: Layout) -> None:
    """Write and discard a file in every folder that a save writes to.

    Folders that do not exist yet are tried by the closest one above them that does.

    Raises:
        StorageError: a folder is read-only, forbidden, full, a file or a link.
    """
    refuse_links(layout)
    for folder in dict.fromkeys(_closest_existing(folder) for folder in layout.folders):
        with storage_errors("save models in", folder):
            _write_and_discard(folder)
    with storage_errors("write to", layout.lock):
        _open_for_writing(layout.lock)


def _closest_existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))


def _write_and_discard(folder: Path) -> None:
    # A file without a name, where the system has them: readers of the folder never see it.
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        rest = memoryview(PROBE)
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())


def _open_for_writing(path: Path) -> None:
    if path.exists():
        os.close(os.open(path, os.O_RDWR))

"""Finishing what a process that died in the middle of a change has left behind."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from mlwidgets.errors import MlwidgetsError, StorageError
from mlwidgets.registry.disk import entries, make_folder, remove_file, storage_errors, sync_folder
from mlwidgets.registry.layout import Layout
from mlwidgets.registry.names import ModelKey, Slot
from mlwidgets.registry.state import State, Unfinished, draft_state, read_state


def heal_if_free(layout: Layout) -> None:
    """Finish what a dead process left, unless a living one is at it or the disk refuses."""
    with suppress(OSError, MlwidgetsError):
        if not _needs_healing(layout):
            return
        lock = locked(layout, 0)
        try:
            heal(layout)
        finally:
            lock.release()


def heal(layout: Layout) -> None:
    """Finish a committed change and clear away one that was not; the lock must be held.

    Raises:
        StorageError: the disk refused.
        ModelFileError: the state file is damaged.
    """
    with storage_errors("finish an interrupted save in", layout.root):
        finish(layout)
        discard_staged(layout)


def locked(layout: Layout, timeout: float) -> FileLock:
    """Take the write lock.

    Raises:
        StorageError: another process keeps it, or a folder is a link that leads elsewhere.
        OSError: the disk refused.
    """
    refuse_links(layout)
    lock = FileLock(layout.lock)
    try:
        lock.acquire(timeout=timeout)
    except Timeout:
        raise StorageError(
            f"Another process has been writing to {layout.root} for {timeout:.0f} s; "
            "wait for it, or stop it, and try again.",
            path=str(layout.root),
        ) from None
    return lock


def refuse_links(layout: Layout) -> None:
    """Refuse folders inside the root that are symbolic links.

    Raises:
        StorageError: one is.
    """
    if layout.linked:
        raise StorageError(
            f"{layout.linked[0]} is a symbolic link, which is never followed; "
            "make it a folder of its own.",
            path=str(layout.linked[0]),
        )


def finish(layout: Layout) -> None:
    """Carry out the rest of a committed change, if there is one; safe to repeat.

    Raises:
        OSError: the disk refused.
    """
    state = read_state(layout)
    if state.unfinished is None:
        return
    make_folder(layout.archive)
    sync_folder(layout.control)
    _carry_out(layout, state, state.unfinished)
    for folder in (layout.root, layout.archive, layout.incoming):
        sync_folder(folder)
    remove_file(layout.state_draft)
    draft_state(layout, state.replace(generation=state.generation + 1, unfinished=None))
    os.replace(layout.state_draft, layout.state)  # noqa: PTH105
    sync_folder(layout.control)


def discard_staged(layout: Layout) -> None:
    """Clear away the files of a change that was never committed."""
    for name in entries(layout.incoming):
        remove_file(layout.incoming / name)
    remove_file(layout.state_draft)


def _carry_out(layout: Layout, state: State, change: Unfinished) -> None:
    slot = Slot.parse(change.slot)
    for version in change.archive:
        for name in ModelKey(slot, version).names:
            _move(name, (layout.root,), layout.archive)
    production = state.slots[change.slot].production
    if production:
        for name in ModelKey(slot, production).names:
            _move(name, (layout.incoming, layout.archive), layout.root)
    for version in change.remove:
        for name in ModelKey(slot, version).names:
            remove_file(layout.root / name)
            remove_file(layout.archive / name)


def _move(name: str, sources: tuple[Path, ...], target: Path) -> None:
    for source in sources:
        with suppress(FileNotFoundError):
            os.replace(source / name, target / name)  # noqa: PTH105
            return


def _needs_healing(layout: Layout) -> bool:
    unfinished = read_state(layout).unfinished is not None
    return unfinished or bool(entries(layout.incoming)) or layout.state_draft.exists()

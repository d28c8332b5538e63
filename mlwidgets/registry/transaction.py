"""Changes that happen wholly or not at all, whenever the process or machine dies.

A change is staged (new files under `incoming/`, synced), committed by one rename of the
state file, and carried out by renames that can be repeated. Before the commit nothing has
changed; after it readers already see the new state, and whoever comes next under the lock
finishes the renames.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from mlwidgets.errors import ModelFileError, StorageError
from mlwidgets.registry.disk import make_folder, storage_errors, sync_folder, write_file
from mlwidgets.registry.healing import discard_staged, finish, heal, locked
from mlwidgets.registry.layout import Layout
from mlwidgets.registry.names import ModelKey, Slot, version_number
from mlwidgets.registry.snapshot import Snapshot, take_snapshot
from mlwidgets.registry.state import SlotRecord, State, Unfinished, draft_state

LOCK_SECONDS = 60.0


@contextmanager
def writing(layout: Layout, timeout: float = LOCK_SECONDS) -> Iterator[Snapshot]:
    """Hold the write lock over a healed folder.

    Raises:
        StorageError: the folder cannot be written, or another process keeps the lock.
        ModelFileError: the registry's own state file is damaged.
    """
    with storage_errors("write to the models folder", layout.root):
        for folder in layout.folders:
            make_folder(folder)
        lock = locked(layout, timeout)
    try:
        heal(layout)
        yield take_snapshot(layout)
    finally:
        lock.release()


def commit(
    layout: Layout,
    snapshot: Snapshot,
    slot: Slot,
    production: str | None,
    *,
    files: Mapping[str, bytes] | None = None,
    remove: tuple[str, ...] = (),
) -> None:
    """Make a version production, archive the one before it, and remove others, all at once.

    Args:
        layout: the folders; the write lock must be held.
        snapshot: what lies there.
        slot: the slot that changes.
        production: its production version afterwards.
        files: new files to bring in, by name.
        remove: versions to remove.

    Raises:
        StorageError: the disk refused; nothing has changed.
        ModelFileError: an archived file would be overwritten; nothing has changed.
    """
    before = snapshot.production(slot)
    archive = (before,) if before and before not in (production, *remove) else ()
    _refuse_overwriting(snapshot, slot, archive, production)
    latest = max([*snapshot.seen(slot), *([production] if production else [])], key=version_number)
    state = State(
        generation=snapshot.state.generation + 1,
        slots={
            **snapshot.state.slots,
            str(slot): SlotRecord(production=production, latest=latest),
        },
        unfinished=Unfinished(slot=str(slot), archive=archive, remove=remove),
    )
    _stage_and_commit(layout, state, files or {})
    # The change holds from here on; what is left can be done by anybody at any time.
    with suppress(OSError):
        finish(layout)


def _stage_and_commit(layout: Layout, state: State, files: Mapping[str, bytes]) -> None:
    try:
        with storage_errors("save in", layout.root):
            for name, data in files.items():
                write_file(layout.incoming / name, data)
            sync_folder(layout.incoming)
            draft_state(layout, state)
            os.replace(layout.state_draft, layout.state)  # noqa: PTH105
    except StorageError:
        with suppress(OSError):
            discard_staged(layout)
        raise


def _refuse_overwriting(
    snapshot: Snapshot, slot: Slot, archive: tuple[str, ...], production: str | None
) -> None:
    names = {name for version in archive for name in ModelKey(slot, version).names}
    taken = names & snapshot.archive
    if production:
        taken |= set(ModelKey(slot, production).names) & snapshot.root & snapshot.archive
    if taken:
        raise ModelFileError(
            f"{', '.join(sorted(taken))} lies both in the models folder and in its archive; "
            "move one of the copies away. Nothing was changed.",
            files=sorted(taken),
        )

"""Reading one model while others may be writing: no lock, always a whole pair."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mlwidgets.errors import ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.registry.disk import entries, read_file
from mlwidgets.registry.files import MAX_META_BYTES, check_weights, decode_meta
from mlwidgets.registry.layout import Layout
from mlwidgets.registry.names import ModelKey, Slot
from mlwidgets.registry.snapshot import Snapshot, take_snapshot
from mlwidgets.registry.strict_json import file_error
from mlwidgets.registry.weights import MAX_WEIGHTS_BYTES


def read_pair(layout: Layout, slot: Slot, version: str | None) -> tuple[ModelKey, bytes, bytes]:
    """The bytes of a model's weights and metadata.

    A version's files never change, they only move; so a file that is missing is looked for
    again as long as the folder keeps changing.

    Args:
        layout: the folders.
        slot: symbol and model type.
        version: the version, or None for production.

    Raises:
        ModelNotFound: there is no such model; says which there are.
        ModelFileError: one of the two files is missing or is no plain file.
        StorageError: the disk refused.
    """
    snapshot = take_snapshot(layout)
    while True:
        key = find(snapshot, slot, version)
        missing = key.weights_name
        try:
            weights = _read(layout, snapshot, key, key.weights_name, MAX_WEIGHTS_BYTES)
            missing = key.meta_name
            return key, weights, _read(layout, snapshot, key, missing, MAX_META_BYTES)
        except FileNotFoundError:
            later = take_snapshot(layout)
            if later == snapshot:
                raise file_error(missing, "is missing beside the other half of its pair") from None
            snapshot = later


def read_meta(layout: Layout, slot: Slot, version: str | None) -> ModelMeta:
    """A model's metadata, with its weights checked against their SHA-256 but not parsed.

    Raises:
        ModelNotFound, ModelFileError, StorageError: as `read_pair`.
    """
    key, weights, data = read_pair(layout, slot, version)
    meta = decode_meta(data, key.meta_name, key)
    check_weights(meta, weights, key.weights_name)
    return meta


def find(snapshot: Snapshot, slot: Slot, version: str | None) -> ModelKey:
    """The key of a version, or of production.

    Raises:
        ModelNotFound: there is no such model; says which there are.
    """
    chosen = version or snapshot.production(slot)
    known = snapshot.versions(slot)
    if chosen is not None and chosen in known:
        return ModelKey(slot, chosen)
    what = f"{slot.symbol} {slot.model_type}"
    if known and version is None:
        raise ModelNotFound(
            f"No model of {what} is in production; archived: {', '.join(known[:5])}. "
            "Restore one of them, or train and save a model.",
            slot=str(slot), versions=known,
        )  # fmt: skip
    if known:
        raise ModelNotFound(
            f"There is no version {version} of {what}; there are: {', '.join(known[:20])}.",
            slot=str(slot), versions=known,
        )  # fmt: skip
    others = [str(other) for other in snapshot.slots()]
    raise ModelNotFound(
        f"No model of {what} was ever saved here; there are: {', '.join(others[:20]) or 'none'}. "
        "Train and save one first.",
        slot=str(slot), versions=[], slots=others,
    )  # fmt: skip


def fingerprint(layout: Layout) -> str:
    """A text that changes whenever a model is saved, restored, deleted or dropped in by hand.

    Raises:
        StorageError: the disk refused.
    """
    sha = hashlib.sha256()
    for path in (layout.state, *_files(layout.root), *_files(layout.archive)):
        try:
            facts = path.lstat()
        except FileNotFoundError:
            continue
        sha.update(
            f"{path}|{facts.st_size}|{facts.st_mtime_ns}|{facts.st_ino}\n".encode(
                errors="surrogateescape"
            )
        )
    return sha.hexdigest()


def _files(folder: Path) -> list[Path]:
    return [folder / name for name in sorted(entries(folder)) if ModelKey.parse(name)]


def _read(layout: Layout, snapshot: Snapshot, key: ModelKey, name: str, limit: int) -> bytes:
    folders = [layout.root, layout.archive]
    if key.version in snapshot.archived(key.slot):
        folders.reverse()
    for folder in (*folders, layout.incoming):
        try:
            return _from_own_folder(folder, name, limit)
        except FileNotFoundError:
            continue
    raise FileNotFoundError(name)


def _from_own_folder(folder: Path, name: str, limit: int) -> bytes:
    if folder.name == "archive" and folder.is_symlink():
        raise FileNotFoundError(folder)
    return read_file(folder / name, limit)

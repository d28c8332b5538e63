"""What is wrong in a models folder, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlwidgets.errors import ModelError
from mlwidgets.registry.disk import entries
from mlwidgets.registry.files import decode_pair
from mlwidgets.registry.layout import Layout
from mlwidgets.registry.names import ModelKey, Slot
from mlwidgets.registry.reading import read_pair
from mlwidgets.registry.snapshot import Snapshot

_OWN = frozenset({"archive", "README.md"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a models folder.

    Attributes:
        file: the file, relative to the models folder.
        what: what is wrong with it.
        remedy: what to do.
    """

    file: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}. {self.remedy}"


def find_problems(layout: Layout, snapshot: Snapshot) -> list[Problem]:
    """Everything in the folder that cannot be used as it lies there.

    Raises:
        StorageError: the disk refused.
    """
    return [
        *_of_the_registry(layout, snapshot),
        *_foreign(layout, snapshot),
        *(problem for slot in snapshot.slots() for problem in _of_slot(layout, snapshot, slot)),
    ]


def _of_the_registry(layout: Layout, snapshot: Snapshot) -> Iterator[Problem]:
    if snapshot.damage:
        yield Problem(
            ".registry/state.json", snapshot.damage, "Delete it; it is rebuilt from the model files"
        )
    if snapshot.state.unfinished:
        yield Problem(
            ".registry/state.json",
            f"A change of {snapshot.state.unfinished.slot} has not moved all its files yet",
            "Open the registry again where the folder is writable; the models can be used already",
        )
    for folder in (layout.archive, layout.control):
        if folder.is_symlink():
            yield Problem(
                folder.name, "is a symbolic link, which is never followed", "Make it a folder"
            )


def _foreign(layout: Layout, snapshot: Snapshot) -> Iterator[Problem]:
    archive = {f"archive/{name}" for name in entries(layout.archive)}
    for path in sorted((snapshot.root - _OWN) | archive):
        name = path.removeprefix("archive/")
        if not name.startswith(".") and ModelKey.parse(name) is None:
            yield Problem(
                path,
                "is not named as a model file (SYMBOL_TYPE_VERSION.json or .meta.json)",
                "Move it out of the models folder",
            )


def _of_slot(layout: Layout, snapshot: Snapshot, slot: Slot) -> Iterator[Problem]:
    yield from _vanished(snapshot, slot)
    production, strays = snapshot.production(slot), snapshot.strays(slot)
    for version in snapshot.versions(slot):
        key = ModelKey(slot, version)
        folder = "archive/" if version in snapshot.archived(slot) else ""
        if version in strays:
            yield Problem(
                key.weights_name,
                f"lies beside production {production} without having been saved",
                f"Restore version {version} to make it production, or delete it",
            )
        try:
            found, weights, meta = read_pair(layout, slot, version)
            decode_pair(weights, meta, found)
        except ModelError as error:
            name = error.details.get("file", key.weights_name)
            what = str(error.details.get("problem", error.message))
            yield Problem(f"{folder}{name}", what, _remedy(snapshot, key))
    for name in sorted(snapshot.root & snapshot.archive):
        twice = ModelKey.parse(name)
        if twice and twice.slot == slot:
            yield Problem(f"archive/{name}", "lies in the models folder too", "Move one copy away")


def _vanished(snapshot: Snapshot, slot: Slot) -> Iterator[Problem]:
    record = snapshot.state.slots.get(str(slot))
    if record and record.production and record.production != snapshot.production(slot):
        yield Problem(
            ModelKey(slot, record.production).weights_name,
            "was production and has been removed by hand",
            "Restore an archived version, or train and save a model",
        )


def _remedy(snapshot: Snapshot, key: ModelKey) -> str:
    if key.version != snapshot.production(key.slot):
        return f"Delete version {key.version}"
    archived = snapshot.archived(key.slot)
    if archived:
        return f"Restore version {archived[0]}, or train and save a model"
    return "Train and save a model"

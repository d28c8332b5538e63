"""The models folder as a list: what is whole, what is damaged, and what lies there besides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.registry import ModelRegistry, Problem
from mlwidgets.registry.names import ModelKey, Slot

Status = Literal["production", "archived", "damaged"]


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One version of one model as it lies in the folder.

    Attributes:
        key: its slot and version.
        production: whether it is, or was until it was damaged, the slot's production model.
        meta: its facts; None where they cannot be read.
        problem: what is wrong with it.
    """

    key: ModelKey
    production: bool
    meta: ModelMeta | None = None
    problem: Problem | None = None

    @property
    def name(self) -> str:
        """What its files are called, e.g. `BTCUSDT_LSTM_1.0.2`."""
        return f"{self.key.slot}_{self.key.version}"

    @property
    def status(self) -> Status:
        """Where it stands."""
        if self.problem or self.meta is None:
            return "damaged"
        return "production" if self.production else "archived"


@dataclass(frozen=True, slots=True)
class Folder:
    """Everything in a models folder.

    Attributes:
        entries: the models, damaged ones too.
        problems: what is wrong and belongs to no model that can be restored or deleted.
    """

    entries: tuple[ModelEntry, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_models(models: ModelRegistry) -> Folder:
    """Every model whose files are whole, without a look into the weights.

    Raises:
        StorageError: the disk refused.

    >>> read_models(ModelRegistry("models-of-nobody"))
    Folder(entries=(), problems=())
    """
    found = [
        *(ModelEntry(_key(meta), production=True, meta=meta) for meta in models.production()),
        *(ModelEntry(_key(meta), production=False, meta=meta) for meta in models.archived()),
    ]
    return Folder(tuple(found))


def examine(models: ModelRegistry, folder: Folder) -> Folder:
    """The folder with everything that is wrong in it: each weights file is read, so it takes long.

    Raises:
        StorageError: the disk refused.
    """
    entries = {entry.key: entry for entry in folder.entries}
    held = {entry.key.slot for entry in folder.entries if entry.production}
    loose: list[Problem] = []
    for problem in models.problems():
        path, _, name = problem.file.rpartition("/")
        key = ModelKey.parse(name)
        if key is None or not _lies_there(models, key):
            loose.append(problem)
        elif key in entries:
            entries[key] = replace(entries[key], problem=entries[key].problem or problem)
        else:
            production = not path and key.slot not in held
            entries[key] = ModelEntry(key, production=production, problem=problem)
    return Folder(tuple(entries.values()), tuple(loose))


def _key(meta: ModelMeta) -> ModelKey:
    return ModelKey(Slot(meta.symbol, meta.model_type), meta.version)


def _lies_there(models: ModelRegistry, key: ModelKey) -> bool:
    return key.version in models.list_versions(key.slot.symbol, key.slot.model_type)

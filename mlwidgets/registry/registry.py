"""Production models and their archive, in a folder of plain JSON files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mlwidgets.errors import ModelError
from mlwidgets.forecast.artifact import ModelArtifact, ModelMeta
from mlwidgets.forecast.spec import checked_model_type
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.registry.files import decode_pair, encode_pair, encode_weights_of
from mlwidgets.registry.healing import heal_if_free
from mlwidgets.registry.layout import Layout
from mlwidgets.registry.listening import Listener
from mlwidgets.registry.names import (
    ModelKey,
    Slot,
    checked_version,
    next_version,
)
from mlwidgets.registry.probing import probe
from mlwidgets.registry.problems import Problem, find_problems
from mlwidgets.registry.reading import find, fingerprint, read_meta, read_pair
from mlwidgets.registry.snapshot import Snapshot, take_snapshot
from mlwidgets.registry.transaction import commit, writing
from mlwidgets.settings import get_settings

if TYPE_CHECKING:
    from mlwidgets.forecast.model import TrainedModel


class HasArtifact(Protocol):
    """Anything that turns into plain values, as a TrainedModel does."""

    def to_artifact(self) -> ModelArtifact:
        """The model as plain values."""


class ModelRegistry:
    """One production model per symbol and model type, and the earlier ones in an archive.

    Every change is atomic, locked across processes, and finished by the next one who opens
    the folder if the process dies in the middle. Reading takes no lock and works on
    read-only folders.

    Args:
        root: the models folder, made by the first save; default: the settings'.
        database_url: of the database that forecasts of production models are written to;
            default: the settings'.

    >>> ModelRegistry("models-of-nobody").production()
    []
    """

    def __init__(
        self, root: str | os.PathLike[str] | None = None, *, database_url: str | None = None
    ) -> None:
        self.root = Path(root) if root is not None else get_settings().models_dir
        self._database_url = database_url
        self._layout = Layout(self.root)
        heal_if_free(self._layout)

    def __repr__(self) -> str:
        return f"ModelRegistry({str(self.root)!r})"

    def check_writable(self) -> None:
        """Try whether models can be saved here; leaves nothing behind.

        For work that takes long before it saves; a disk can still fill up in the meantime.

        Raises:
            StorageError: read-only, forbidden or without space for a small file; says what
                to do.
        """
        probe(self._layout)

    def save(self, model: HasArtifact | ModelArtifact) -> ModelMeta:
        """Make a model production under the next version; the one before goes to the archive.

        Args:
            model: a trained model, or its plain values; its own version is ignored.

        Returns:
            The metadata as saved, with version and SHA-256.

        Raises:
            ModelError: the model holds what a model file cannot.
            ModelFileError: the registry's own state file is damaged.
            StorageError: read-only, full or locked; nothing has changed.
        """
        artifact = _artifact_of(model)
        slot = Slot.of(artifact.meta.symbol, artifact.meta.model_type)
        weights = encode_weights_of(artifact)
        encode_pair(artifact, weights, "0.0.0")
        with writing(self._layout) as snapshot:
            version = next_version(snapshot.seen(slot))
            meta, data = encode_pair(artifact, weights, version)
            key = ModelKey(slot, version)
            files = {key.weights_name: weights, key.meta_name: data}
            commit(self._layout, snapshot, slot, version, files=files)
        return meta

    def load(
        self, symbol: str, model_type: str, version: str | None = None, *, recorded: bool = True
    ) -> TrainedModel:
        """A trained model, ready to forecast.

        While it is in production its forecasts go into the track record.

        Args:
            symbol: as users write it, `BTCUSDT` or `BTC/USDT`.
            model_type: `LSTM` or `HYBRID`.
            version: an archived version; default: production.
            recorded: False for forecasts that nobody acts on, as in a replay.

        Raises:
            ModelNotFound: there is no such model; says which there are.
            ModelFileError: truncated, edited or foreign files.
        """
        model = _trained(self.load_artifact(symbol, model_type, version))
        url = self._database_url or get_settings().study_url
        return replace(model, on_forecast=Listener(self.root, url)) if recorded else model

    def load_artifact(
        self, symbol: str, model_type: str, version: str | None = None
    ) -> ModelArtifact:
        """A model as plain values; arguments and errors as `load`."""
        key, weights, meta = self._read(symbol, model_type, version)
        return decode_pair(weights, meta, key)

    def get_meta(self, symbol: str, model_type: str, version: str | None = None) -> ModelMeta:
        """A model's metadata; arguments and errors as `load`."""
        self._heal()
        return read_meta(self._layout, Slot.of(symbol, model_type), _optional(version))

    def production(self) -> list[ModelMeta]:
        """Metadata of every production model whose files are whole, ordered by slot.

        Damaged ones are left out; `problems` names them.
        """
        snapshot = self._snapshot()
        keys = [(slot, snapshot.production(slot)) for slot in snapshot.slots()]
        return list(self._whole([(slot, version) for slot, version in keys if version]))

    def archived(self, symbol: str | None = None, model_type: str | None = None) -> list[ModelMeta]:
        """Metadata of archived models whose files are whole, newest version of a slot first.

        Args:
            symbol: only this symbol's.
            model_type: only this model type's.
        """
        snapshot = self._snapshot()
        symbols = None if symbol is None else {plain_symbol(symbol)}
        types = None if model_type is None else {checked_model_type(model_type)}
        slots = [
            slot
            for slot in snapshot.slots()
            if (symbols is None or slot.symbol in symbols)
            and (types is None or slot.model_type in types)
        ]
        return list(self._whole([(s, version) for s in slots for version in snapshot.archived(s)]))

    def list_versions(self, symbol: str, model_type: str) -> list[str]:
        """Every version that lies in the folder or its archive, damaged ones too, newest first."""
        return self._snapshot().versions(Slot.of(symbol, model_type))

    def restore(self, symbol: str, model_type: str, version: str) -> ModelMeta:
        """Make an earlier version production again; it and the current one change places.

        The model keeps its version.

        Raises:
            ModelNotFound: there is no such version.
            ModelFileError: the version is damaged; production stays.
            StorageError: read-only, full or locked; nothing has changed.
        """
        slot, chosen = Slot.of(symbol, model_type), checked_version(version)
        self._require(slot, chosen)
        with writing(self._layout) as snapshot:
            key, weights, data = read_pair(self._layout, slot, chosen)
            meta = decode_pair(weights, data, key).meta
            if snapshot.production(slot) != chosen:
                commit(self._layout, snapshot, slot, chosen)
        return meta

    def archive(self, symbol: str, model_type: str) -> str:
        """Move the production model into the archive without a successor; the slot stays empty.

        A damaged one is moved too.

        Returns:
            Its version, which can be restored.

        Raises:
            ModelNotFound: nothing is in production there.
            StorageError: read-only, full or locked; nothing has changed.
        """
        slot = Slot.of(symbol, model_type)
        find(self._snapshot(), slot, None)
        with writing(self._layout) as snapshot:
            version = find(snapshot, slot, None).version
            commit(self._layout, snapshot, slot, None)
        return version

    def delete(
        self, symbol: str, model_type: str, version: str, *, successor: str | None = None
    ) -> None:
        """Delete a version for good; its number is never given out again.

        Args:
            symbol: as users write it.
            model_type: `LSTM` or `HYBRID`.
            version: archived or in production, damaged or not.
            successor: an archived version that becomes production in the same step, where
                the production model is deleted; default: the slot stays empty.

        Raises:
            ModelNotFound: there is no such version or successor.
            ModelError: a successor for a version that is not in production.
            ModelFileError: the successor is damaged.
            StorageError: read-only, full or locked; nothing has changed.
        """
        slot, doomed = Slot.of(symbol, model_type), checked_version(version)
        heir = _optional(successor)
        self._require(slot, doomed)
        with writing(self._layout) as snapshot:
            find(snapshot, slot, doomed)
            current = snapshot.production(slot)
            if heir is not None:
                _check_successor(doomed, heir, current)
                key, weights, meta = read_pair(self._layout, slot, heir)
                decode_pair(weights, meta, key)
            after = heir if doomed == current else current
            commit(self._layout, snapshot, slot, after, remove=(doomed,))

    def export_pair(
        self, symbol: str, model_type: str, version: str | None = None
    ) -> dict[str, bytes]:
        """The two files of a whole model by name, weights first; errors as `load`."""
        key, weights, meta = self._read(symbol, model_type, version)
        decode_pair(weights, meta, key)
        return {key.weights_name: weights, key.meta_name: meta}

    def import_pair(self, weights: bytes, meta: bytes) -> ModelMeta:
        """Save a pair of files from elsewhere as the slot's next version.

        Args:
            weights: the bytes of the weights file.
            meta: the bytes of its metadata file.

        Raises:
            ModelFileError: the pair is damaged, edited, foreign, or makes no model.
            StorageError: read-only, full or locked; nothing has changed.
        """
        artifact = decode_pair(weights, meta)
        _trained(artifact)
        return self.save(artifact)

    def problems(self) -> list[Problem]:
        """Damaged and foreign files in the folder, each with what is wrong and what to do."""
        return find_problems(self._layout, self._snapshot())

    def fingerprint(self) -> str:
        """A text that changes whenever the folder's models do; cheap enough to poll."""
        return fingerprint(self._layout)

    def _read(
        self, symbol: str, model_type: str, version: str | None
    ) -> tuple[ModelKey, bytes, bytes]:
        self._heal()
        return read_pair(self._layout, Slot.of(symbol, model_type), _optional(version))

    def _whole(self, models: list[tuple[Slot, str]]) -> Iterator[ModelMeta]:
        for slot, version in models:
            try:
                yield read_meta(self._layout, slot, version)
            except ModelError:  # problems() names it
                continue

    def _require(self, slot: Slot, version: str) -> None:
        """Say that a version is missing before the folders of a first save are made."""
        find(self._snapshot(), slot, version)

    def _snapshot(self) -> Snapshot:
        self._heal()
        return take_snapshot(self._layout)

    def _heal(self) -> None:
        heal_if_free(self._layout)


def _trained(artifact: ModelArtifact) -> TrainedModel:
    from mlwidgets.forecast.model import TrainedModel  # torch takes seconds to import

    return TrainedModel.from_artifact(artifact)


def _optional(version: str | None) -> str | None:
    return None if version is None else checked_version(version)


def _check_successor(doomed: str, heir: str, current: str | None) -> None:
    if doomed != current or heir == doomed:
        raise ModelError(
            f"Version {heir} cannot succeed {doomed}: production is {current}. "
            "Name a successor only when the production version is deleted, and another one."
        )


def _artifact_of(model: object) -> ModelArtifact:
    if isinstance(model, ModelArtifact):
        return model
    if not hasattr(model, "to_artifact"):
        raise ModelError(
            f"Only a trained model can be saved, not {type(model).__name__}; of a report or a "
            "search, save its .model."
        )
    artifact: ModelArtifact = model.to_artifact()
    return artifact

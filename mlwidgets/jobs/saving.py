"""A candidate becomes production: exactly the weights that were measured."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from mlwidgets.errors import ModelError, StorageError
from mlwidgets.forecast.artifact import ModelArtifact, ModelMeta
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.registry.disk import make_folder, storage_errors
from mlwidgets.registry.files import encode_weights_of
from mlwidgets.registry.layout import Layout
from mlwidgets.registry.registry import ModelRegistry

_LOCK = "saving.lock"
_LOCK_SECONDS = 60.0


def save_candidate(
    candidates: CandidateStore, registry: ModelRegistry, candidate_id: str
) -> ModelMeta:
    """Make a candidate the production model of its slot; it is never trained again.

    A candidate that was saved before keeps its version: it stays in production, or comes back
    from the archive.

    Args:
        candidates: where it is kept.
        registry: where it is saved.
        candidate_id: its id.

    Returns:
        The metadata as saved.

    Raises:
        ModelError: there is no such candidate, or it makes no model file.
        StorageError: the database or the models folder refuses; nothing has changed.
    """
    meta = save_once(candidates, registry, candidate_id)
    if _production_version(registry, meta) != meta.version:
        return registry.restore(meta.symbol, meta.model_type, meta.version)
    return meta


def save_once(candidates: CandidateStore, registry: ModelRegistry, candidate_id: str) -> ModelMeta:
    """Save a candidate unless it lies in its slot already, whatever is production there.

    Safe to repeat after a crash, and by two processes at once; arguments and errors as
    `save_candidate`.
    """
    artifact = candidates.artifact(candidate_id)
    with _saving(registry):
        meta = saved_as(registry, artifact) or registry.save(artifact)
    candidates.mark_saved(candidate_id, meta.version)
    return meta


def saved_as(registry: ModelRegistry, artifact: ModelArtifact) -> ModelMeta | None:
    """The production or archived model that is this very one: its weights, trained then."""
    facts = artifact.meta
    same = hashlib.sha256(encode_weights_of(artifact)).hexdigest(), facts.trained_at
    slot = [
        *(meta for meta in registry.production() if meta.spec.slot == facts.spec.slot),
        *registry.archived(facts.symbol, facts.model_type),
    ]
    return next((meta for meta in slot if (meta.weights_sha256, meta.trained_at) == same), None)


def _production_version(registry: ModelRegistry, meta: ModelMeta) -> str | None:
    try:
        return registry.get_meta(meta.symbol, meta.model_type).version
    except ModelError:  # none, or a damaged one
        return None


@contextmanager
def _saving(registry: ModelRegistry) -> Iterator[None]:
    """Nobody else looks whether a model is there, and then saves it, at the same time."""
    with storage_errors("write to the models folder", registry.root):
        folder = Layout(registry.root).control
        make_folder(folder)
        lock = FileLock(folder / _LOCK)
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
        except Timeout:
            raise StorageError(
                f"Another process has been saving a model in {registry.root} for "
                f"{_LOCK_SECONDS:.0f} s; wait for it, or stop it, and try again.",
                path=str(registry.root),
            ) from None
    try:
        yield
    finally:
        lock.release()

"""A pair of model files from elsewhere that waits for a person's yes."""

from __future__ import annotations

from dataclasses import dataclass

from mlwidgets.errors import ModelError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.registry import ModelRegistry
from mlwidgets.registry.files import decode_pair


@dataclass(frozen=True, slots=True)
class Offer:
    """A pair of files that would become production.

    Attributes:
        weights: bytes of the weights file.
        meta_file: bytes of the metadata file.
        meta: what they hold.
        replaces: the production version that would go to the archive; None for none.
    """

    weights: bytes
    meta_file: bytes
    meta: ModelMeta
    replaces: str | None = None


def offer_of(models: ModelRegistry, weights: bytes, meta: bytes) -> Offer:
    """Look at a pair of files, and at what it would replace.

    Raises:
        ModelFileError: the pair is damaged, edited or foreign.
        StorageError: the disk refused.
    """
    facts = decode_pair(weights, meta).meta
    try:
        current = models.get_meta(facts.symbol, facts.model_type).version
    except ModelError:  # none, or a damaged one
        current = None
    return Offer(weights, meta, facts, current)

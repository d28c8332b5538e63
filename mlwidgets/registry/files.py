"""One model as the bytes of its two files, and back, with every check in between."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from mlwidgets.errors import MlwidgetsError, ModelError
from mlwidgets.forecast.artifact import FORMAT_VERSION, ModelArtifact, ModelMeta
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.registry.names import ModelKey, Slot, checked_version
from mlwidgets.registry.strict_json import canonical, check_keys, file_error, parse_object
from mlwidgets.registry.weights import check_format, decode_weights, encode_weights

MAX_META_BYTES = 1024**2
SEAL = "metaSha256"
"""Key of the metadata's own checksum: SHA-256 of the canonical JSON of all other keys."""

_META_KEYS = {str(field.alias) for field in ModelMeta.model_fields.values()} | {SEAL}


def encode_pair(artifact: ModelArtifact, weights: bytes, version: str) -> tuple[ModelMeta, bytes]:
    """The metadata of a version, complete, and the bytes of its file.

    Args:
        artifact: the model.
        weights: the bytes of its weights file.
        version: the version it is saved as.

    Raises:
        ModelError: the metadata is too large.
    """
    meta = artifact.meta.replace(
        symbol=plain_symbol(artifact.meta.symbol),
        version=version,
        weights_sha256=_sha256(weights),
        format_version=FORMAT_VERSION,
    )
    fields = meta.to_json()
    sealed = {**fields, SEAL: _seal(fields)}
    data = (json.dumps(sealed, indent=2, allow_nan=False) + "\n").encode()
    if len(data) > MAX_META_BYTES:
        raise ModelError(f"The metadata takes {len(data):,} bytes, more than {MAX_META_BYTES:,}.")
    return meta, data


def encode_weights_of(artifact: ModelArtifact) -> bytes:
    """The bytes of a model's weights file; checks the model's slot on the way.

    Raises:
        ModelError: a tensor cannot be written.
        SpecError: the metadata's symbol or spec makes no sense.
    """
    _ = artifact.meta.spec
    return encode_weights(artifact.tensors)


def decode_meta(data: bytes, name: str, key: ModelKey | None = None) -> ModelMeta:
    """Read a metadata file.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.
        key: what the file's name says it is, where that is known.

    Raises:
        ModelFileError: damaged, edited, foreign, or of another model than its name says.
    """
    content = parse_object(data, name, MAX_META_BYTES)
    check_format(content, name)
    check_keys(content, _META_KEYS, name, "the metadata")
    fields = {field: value for field, value in content.items() if field != SEAL}
    if content[SEAL] != _seal(fields):
        raise file_error(name, f"was edited or damaged: its {SEAL} does not match its content")
    meta = _validated(fields, name)
    stated = ModelKey(Slot(meta.symbol, meta.model_type), meta.version)
    if key is not None and stated != key:
        raise file_error(name, f"says inside that it is {stated.slot} {stated.version}")
    return meta


def check_weights(meta: ModelMeta, weights: bytes, name: str) -> None:
    """Demand the weights that the metadata was written for.

    Raises:
        ModelFileError: the SHA-256 differs.
    """
    actual = _sha256(weights)
    if actual != meta.weights_sha256:
        raise file_error(
            name,
            f"was truncated, edited or swapped: its SHA-256 is {actual[:12]}..., "
            f"its metadata says {meta.weights_sha256[:12]}...",
        )


def decode_pair(weights: bytes, meta: bytes, key: ModelKey | None = None) -> ModelArtifact:
    """Read a whole model from the bytes of its two files.

    Raises:
        ModelFileError: either file is damaged, edited or foreign.
    """
    weights_name, meta_name = key.names if key else ("(weights)", "(metadata)")
    facts = decode_meta(meta, meta_name, key)
    check_weights(facts, weights, weights_name)
    return ModelArtifact(facts, decode_weights(weights, weights_name))


def _validated(fields: dict[str, Any], name: str) -> ModelMeta:
    try:
        meta = ModelMeta(**fields)
        checked_version(meta.version)
        spec = meta.spec
    except MlwidgetsError as error:
        raise file_error(name, f"holds facts that make no sense: {error.message}") from None
    if spec.symbol != meta.symbol or canonical(meta.to_json()) != canonical(fields):
        raise file_error(name, "holds facts that are not written as mlwidgets writes them")
    return meta


def _seal(fields: dict[str, Any]) -> str:
    return _sha256(canonical(fields).encode())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

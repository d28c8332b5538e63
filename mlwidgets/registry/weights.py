"""The weights file: every tensor with dtype, shape and numbers, in JSON that loses nothing."""

from __future__ import annotations

from typing import Any

from mlwidgets.errors import ModelError
from mlwidgets.forecast.artifact import FORMAT_VERSION, TensorDict
from mlwidgets.registry.strict_json import check_keys, file_error, parse_object
from mlwidgets.registry.tensors import decode_tensor, encode_tensor

MAX_WEIGHTS_BYTES = 256 * 1024**2
MAX_TENSORS = 4096


def encode_weights(tensors: TensorDict) -> bytes:
    """Write tensors as JSON, one tensor a line, numbers in row-major order.

    Args:
        tensors: dotted names to float32, float64, int64 or bool arrays of any shape, finite.

    Raises:
        ModelError: a name, dtype, shape or number that a model file cannot hold.

    >>> import numpy as np
    >>> print(encode_weights({"bias": np.float32([0.1, -0.0])}).decode(), end="")
    {
      "formatVersion": 1,
      "tensors": {
        "bias": {"dtype": "float32", "shape": [2], "values": [0.1, -0.0]}
      }
    }
    """
    if len(tensors) > MAX_TENSORS:
        raise ModelError(f"A model file holds at most {MAX_TENSORS} tensors, not {len(tensors)}.")
    lines = ",\n".join(f"    {encode_tensor(name, array)}" for name, array in tensors.items())
    body = f"{{\n{lines}\n  }}" if lines else "{}"
    data = f'{{\n  "formatVersion": {FORMAT_VERSION},\n  "tensors": {body}\n}}\n'.encode()
    if len(data) > MAX_WEIGHTS_BYTES:
        raise ModelError(
            f"The weights take {len(data):,} bytes, more than the {MAX_WEIGHTS_BYTES:,} a model "
            "file may have; use a smaller hidden_size or fewer layers."
        )
    return data


def decode_weights(data: bytes, name: str) -> TensorDict:
    """Read what `encode_weights` wrote, checking everything.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        Arrays with the written dtypes and shapes, bit for bit.

    Raises:
        ModelFileError: the bytes are not exactly a weights file of this format.

    >>> import numpy as np
    >>> decode_weights(encode_weights({"steps": np.int64([1, 2])}), "x.json")
    {'steps': array([1, 2])}
    """
    content = parse_object(data, name, MAX_WEIGHTS_BYTES, finite=False)
    check_format(content, name)
    check_keys(content, {"formatVersion", "tensors"}, name, "the file")
    tensors = content["tensors"]
    if not isinstance(tensors, dict):
        raise file_error(name, "has no object as tensors")
    if len(tensors) > MAX_TENSORS:
        raise file_error(name, f"holds {len(tensors)} tensors, more than {MAX_TENSORS}")
    return {key: decode_tensor(value, key, name) for key, value in tensors.items()}


def check_format(content: dict[str, Any], name: str) -> None:
    """Refuse a file of another format version.

    Raises:
        ModelFileError: no version, or not the one that this mlwidgets reads.
    """
    version = content.get("formatVersion")
    if type(version) is not int:
        raise file_error(name, "has no formatVersion, so mlwidgets did not write it")
    if version != FORMAT_VERSION:
        raise file_error(
            name, f"has format version {version!r:.20}; this mlwidgets reads {FORMAT_VERSION}"
        )

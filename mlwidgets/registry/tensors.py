"""One tensor as JSON: dtype, shape and shortest decimals that come back bit for bit."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np

from mlwidgets.errors import ModelError
from mlwidgets.registry.strict_json import check_keys, file_error

MAX_RANK = 8

_ELEMENT: dict[str, type] = {"float32": float, "float64": float, "int64": int, "bool": bool}
_TENSOR_NAME = re.compile(r"[A-Za-z0-9_]{1,100}(?:\.[A-Za-z0-9_]{1,100}){0,15}")


def encode_tensor(name: str, array: np.ndarray) -> str:
    """One tensor as a line of JSON: `"name": {"dtype": ..., "shape": ..., "values": ...}`.

    Args:
        name: letters, digits and underscores joined by dots.
        array: float32, float64, int64 or bool, any shape, finite.

    Raises:
        ModelError: the name, dtype, shape or a number cannot be written.
    """
    problem = _unwritable(name, array)
    if problem:
        raise ModelError(f"Tensor {str(name)[:100]!r} cannot be saved: {problem}.")
    dtype = array.dtype.name
    values = ", ".join(_numbers(np.ravel(array), dtype))
    return (
        f'"{name}": {{"dtype": "{dtype}", "shape": {json.dumps(list(array.shape))}, '
        f'"values": [{values}]}}'
    )


def _unwritable(name: str, array: np.ndarray) -> str | None:
    if not isinstance(name, str) or not _TENSOR_NAME.fullmatch(name):
        return "its name must be letters, digits and underscores joined by dots"
    if not isinstance(array, np.ndarray):
        return f"it is {type(array).__name__}, not a NumPy array"
    if array.dtype.name not in _ELEMENT:
        return f"its dtype {array.dtype.name} is none of {', '.join(_ELEMENT)}"
    if array.ndim > MAX_RANK:
        return f"it has {array.ndim} dimensions, more than {MAX_RANK}"
    if not np.isfinite(array).all():
        return "it holds NaN or infinite numbers"
    return None


def _numbers(flat: np.ndarray, dtype: str) -> list[str]:
    if dtype == "float32":
        return _float32_numbers(flat)
    if dtype == "float64":
        return list(map(repr, flat.tolist()))
    return list(map(json.dumps, flat.tolist()))


def _float32_numbers(flat: np.ndarray) -> list[str]:
    """Shortest decimals that come back exactly when read as float64 and narrowed.

    A few float32 (7.038531e-26 is one) have a shortest decimal that double rounding
    moves to a neighbour; those are written with float64's digits.
    """
    texts: list[str] = flat.astype("U32").tolist()
    back = np.array(list(map(float, texts)), dtype=np.float64).astype(np.float32)
    for position in np.flatnonzero(back != flat).tolist():
        texts[position] = repr(float(flat[position]))
    return texts


def decode_tensor(value: object, key: str, name: str) -> np.ndarray:
    """Read what `encode_tensor` wrote.

    Args:
        value: the parsed JSON beside the tensor's name.
        key: the tensor's name.
        name: the file's name, for messages.

    Raises:
        ModelFileError: anything but a tensor.
    """
    where = f"tensor {key[:100]!r}"
    if not _TENSOR_NAME.fullmatch(key):
        raise file_error(name, f"has a name that is none of a tensor: {key[:60]!r}")
    tensor = check_keys(value, {"dtype", "shape", "values"}, name, where)
    dtype, shape, values = tensor["dtype"], tensor["shape"], tensor["values"]
    if not isinstance(dtype, str) or dtype not in _ELEMENT:
        raise file_error(name, f"has dtype {dtype!r:.40} in {where}; known: {', '.join(_ELEMENT)}")
    if not isinstance(shape, list) or len(shape) > MAX_RANK or not all(map(_is_size, shape)):
        raise file_error(name, f"has no valid shape in {where}: {shape!r:.60}")
    if not isinstance(values, list) or len(values) != math.prod(shape):
        count = len(values) if isinstance(values, list) else "no list of"
        raise file_error(name, f"has {count} numbers in {where}, not those of shape {shape}")
    if set(map(type, values)) - {_ELEMENT[dtype]}:
        raise file_error(name, f"has values in {where} that are not {dtype}")
    return _array(values, dtype, name, where).reshape(shape)


def _is_size(dimension: object) -> bool:
    return type(dimension) is int and 0 <= dimension < 2**31


def _array(values: list[Any], dtype: str, name: str, where: str) -> np.ndarray:
    try:
        wide = np.array(values, dtype=np.float64 if dtype == "float32" else dtype)
    except OverflowError:
        raise file_error(name, f"has a number in {where} that does not fit {dtype}") from None
    with np.errstate(over="ignore"):
        array = wide.astype(dtype)
    if not np.isfinite(array).all():
        raise file_error(name, f"has a number in {where} that does not fit {dtype}")
    return array

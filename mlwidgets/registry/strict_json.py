"""JSON read strictly: no duplicate keys, no NaN or Infinity, bounded in size and nesting."""

from __future__ import annotations

import json
import math
from typing import Any

from mlwidgets.errors import ModelFileError


def parse_object(data: bytes, name: str, limit: int, *, finite: bool = True) -> dict[str, Any]:
    """Parse one JSON object.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.
        limit: most bytes that are parsed.
        finite: as `strict_loads`.

    Raises:
        ModelFileError: the bytes are anything else than one strict JSON object.

    >>> parse_object(b'{"a": [1.5]}', "x.json", 100)
    {'a': [1.5]}
    """
    if len(data) > limit:
        raise file_error(name, f"holds {len(data):,} bytes, more than the {limit:,} allowed")
    try:
        value = strict_loads(data, finite=finite)
    except UnicodeDecodeError:
        raise file_error(name, "is not text, so not JSON") from None
    except RecursionError:
        raise file_error(name, "is nested too deeply") from None
    except ValueError as error:
        raise file_error(name, f"is not strict JSON ({str(error)[:120]})") from None
    if not isinstance(value, dict):
        raise file_error(name, "is not a JSON object")
    return value


def strict_loads(data: bytes, *, finite: bool = False) -> Any:
    """Parse one JSON value.

    Args:
        data: UTF-8 text.
        finite: refuse numbers that no float holds, as 1e400; otherwise, which is several times
            as fast, they become infinite.

    Raises:
        ValueError: no JSON, a key twice in an object, NaN or Infinity.
        RecursionError: nested too deeply to be read.

    >>> strict_loads(b'[1e400]', finite=True)
    Traceback (most recent call last):
    ValueError: 1e400 is no number that can be held
    """
    return json.loads(
        data.decode("utf-8"),
        object_pairs_hook=_unique,
        parse_constant=_refuse_constant,
        parse_float=_finite if finite else None,
    )


def check_keys(value: object, expected: set[str], name: str, where: str) -> dict[str, Any]:
    """Demand an object with exactly the expected keys.

    Raises:
        ModelFileError: naming the missing and the unknown keys.
    """
    if not isinstance(value, dict):
        raise file_error(name, f"has no object as {where}")
    missing, unknown = sorted(expected - set(value)), sorted(set(value) - expected)
    if missing or unknown:
        parts = [
            f"{what} {', '.join(repr(key[:60]) for key in keys[:8])}"
            for what, keys in (("lacks", missing), ("has the unknown", unknown))
            if keys
        ]
        raise file_error(name, f"{' and '.join(parts)} in {where}")
    return value


def canonical(value: object) -> str:
    """One text for equal JSON values, whatever their spacing and order of keys.

    >>> canonical({"b": 1.0, "a": True})
    '{"a":true,"b":1.0}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def file_error(name: str, what: str) -> ModelFileError:
    """The error of a file that cannot be used: which one, what is wrong, what to do."""
    return ModelFileError(
        f"Model file {name} {what}. It was not loaded and production stays as it is; "
        "restore another version, or delete this one.",
        file=name, problem=what,
    )  # fmt: skip


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice[:60]!r} stands there twice")
    return value


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:40]} is no number that can be held")
    return number


def _refuse_constant(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON number")

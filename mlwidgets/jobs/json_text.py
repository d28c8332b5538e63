"""Values as JSON text that every database takes."""

from __future__ import annotations

import json

from pydantic_core import to_jsonable_python


def json_text(value: object) -> str:
    """A value, pydantic models within it too, as JSON text with camelCase keys.

    What happened must be written down whatever it carries: what JSON does not know becomes
    text, what UTF-8 does not know a question mark, NaN nothing.

    >>> json_text({"loss": float("nan"), "file": "caf\\udce9"})
    '{"loss": null, "file": "caf?"}'
    """
    plain = to_jsonable_python(value, by_alias=True, inf_nan_mode="null", fallback=str)
    text = json.dumps(plain, ensure_ascii=False)
    return text.encode(errors="replace").decode()

"""JSON bodies of requests: strict JSON that fits its documented schema."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from pydantic import TypeAdapter
from pydantic import ValidationError as PydanticError

from mlwidgets.registry.strict_json import strict_loads
from mlwidgets.server.api.errors import BadRequest, InvalidRequest
from mlwidgets.server.api.schemas import self_contained

DEEPEST = 20
"""Objects and lists within each other; a job's request needs five."""


def read_json(data: bytes) -> Any:
    """Parse a strict JSON text.

    Raises:
        BadRequest: NaN, Infinity, a number that no float holds, a key twice, deep nesting,
            half a character, or no JSON at all.

    >>> read_json(b'{"epochs": 100}')
    {'epochs': 100}
    """
    try:
        value = strict_loads(data, finite=True)
        _check_depth(value)
        json.dumps(value, ensure_ascii=False).encode()  # half a character is no text
    except RecursionError:
        raise BadRequest(f"The body is nested deeper than {DEEPEST} levels.") from None
    except ValueError as error:
        raise BadRequest(f"The body is not strict JSON: {str(error)[:200]}.") from None
    return value


def checked_value(model: TypeAdapter[Any], value: Any) -> Any:
    """A JSON value as what the operation takes.

    The documented schema decides on types, so that "5" is no number here; the model then on
    what a schema cannot say.

    Raises:
        InvalidRequest: naming the field.
        SpecError: the same, of a rule between fields.
    """
    schema = self_contained(model)
    if error := best_match(Draft202012Validator(_branch(schema, value)).iter_errors(value)):
        raise _in_words(error)
    try:
        return model.validate_python(value)
    except PydanticError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"])) or "body"
        raise InvalidRequest(f"{name}: {first['msg']}.", fields=[name]) from None


def _branch(schema: dict[str, Any], value: Any) -> dict[str, Any]:
    """The part of a union that the value names, so that errors speak of that part only."""
    told = schema.get("discriminator")
    if told is None or not isinstance(value, dict):
        return schema
    name, known = told["propertyName"], told["mapping"]
    chosen = value.get(name)
    if not isinstance(chosen, str) or chosen not in known:
        raise InvalidRequest(
            f"{name} is {chosen!r:.60}; choose one of {', '.join(known)}.", fields=[name]
        )
    return {"$ref": known[chosen], "$defs": schema["$defs"]}


def _in_words(error: ValidationError) -> InvalidRequest:
    field = ".".join(map(str, error.absolute_path)) or "body"
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return InvalidRequest(f"{field} lacks {', '.join(missing)}.", fields=missing)
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema.get("properties", {})))
        named = ", ".join(repr(name[:60]) for name in unknown[:8])
        return InvalidRequest(
            f"{field} has the unknown {named}; leave that away.",
            fields=[name[:60] for name in unknown[:8]],
        )
    if error.validator == "type":
        wanted = error.validator_value
        return InvalidRequest(f"{field} is {error.instance!r:.60}, no {wanted}.", fields=[field])
    return InvalidRequest(f"{field}: {error.message:.200}.", fields=[field])


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        if depth > DEEPEST:
            raise RecursionError
        depth += 1
        level = [
            item
            for holder in level
            if isinstance(holder, dict | list)
            for item in (holder.values() if isinstance(holder, dict) else holder)
        ]

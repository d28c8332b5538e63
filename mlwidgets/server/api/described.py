"""One operation as the OpenAPI document describes it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from mlwidgets.errors import MlwidgetsError, SpecError, StorageError
from mlwidgets.server.api.errors import (
    BadRequest,
    BodyTooLarge,
    Forbidden,
    InternalError,
    InvalidRequest,
    TooManyRequests,
    UnsupportedMediaType,
    status_of,
)
from mlwidgets.server.api.operation import EVENT_STREAM, JSON, MULTIPART, Form, Operation
from mlwidgets.server.api.schemas import Mode, Schema, schema_of_fields

Schemas = Mapping[tuple[str, Mode], Schema]

ERROR: tuple[str, Mode] = ("error", "serialization")
_PLACES = {"path_model": "path", "query": "query", "headers": "header"}
_NO_PARAMETERS = frozenset({"Accept", "Content-Type", "Authorization"})
"""Headers that OpenAPI describes elsewhere."""

TOO_MANY = status_of(TooManyRequests)
_RETRY = {
    "Retry-After": {
        "description": "Seconds after which to try again.", "schema": {"type": "integer"}
    }
}  # fmt: skip


def described(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    """An operation's part of the document.

    Args:
        operation: the operation.
        schemas: of its answer under (id, "serialization"), of its body under
            (id, "validation"), and of errors under `ERROR`.
    """
    body: dict[str, Any] = {}
    if operation.body is not None:
        content = _body(operation, schemas)
        body = {"requestBody": {"required": operation.body_needed, "content": content}}
    return {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [tag_of(operation)],
        "parameters": _parameters(operation),
        **body,
        "responses": {**_successes(operation, schemas), **_errors(operation, schemas)},
    }


def tag_of(operation: Operation) -> str:
    """What the operation is about: the first word of its path.

    >>> from mlwidgets.server.api.operations import OPERATIONS
    >>> tag_of(OPERATIONS[0])
    'models'
    """
    return operation.path.split("/")[1].partition(".")[0]


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = []
    for attribute, place in _PLACES.items():
        model = getattr(operation, attribute)
        schema = schema_of_fields(model) if model else {"properties": {}}
        needed = schema.get("required", ())
        found += [
            _parameter(name, place, name in needed, facts)
            for name, facts in schema["properties"].items()
            if name not in _NO_PARAMETERS
        ]
    return found


def _parameter(name: str, place: str, needed: bool, schema: Schema) -> dict[str, Any]:
    schema = _without_null(schema)
    told = {"description": text} if (text := schema.pop("description", None)) else {}
    listed = {"style": "form", "explode": False} if schema.get("type") == "array" else {}
    return {"name": name, "in": place, "required": needed, **told, "schema": schema, **listed}


def _without_null(schema: Schema) -> Schema:
    """A parameter is there or it is not; it is never null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    others = {key: value for key, value in schema.items() if key != "anyOf"}
    if others.get("default", ...) is None:
        del others["default"]
    return {**others, **kinds[0]} if len(kinds) == 1 else others


def _body(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    if not isinstance(operation.body, Form):
        return {JSON: {"schema": schemas[operation.id, "validation"]}}
    fields = {
        name: {"type": "string", "format": "binary", "description": text}
        for name, text in operation.body.fields.items()
    }
    return {
        MULTIPART: {
            "schema": {
                "type": "object", "properties": fields, "required": [*fields],
                "additionalProperties": False,
            },
            "encoding": {name: {"contentType": JSON} for name in fields},
        }
    }  # fmt: skip


def _successes(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {kind: {"schema": _of_file(kind)} for kind in operation.files}
    if operation.answer is not None:
        content[JSON] = {"schema": schemas[operation.id, "serialization"]}
    found = {str(operation.status): {"description": "Done.", "content": content}}
    if EVENT_STREAM in operation.files:
        found["204"] = {"description": "There is nothing more to come."}
    return found


def _of_file(media_type: str) -> Schema:
    return {} if media_type == JSON else {"type": "string"}


def _errors(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    by_status: dict[int, list[type[MlwidgetsError]]] = {}
    for error in dict.fromkeys(possible_errors(operation)):
        by_status.setdefault(status_of(error), []).append(error)
    return {
        str(status): {
            "description": f"{HTTPStatus(status).phrase}. " + " ".join(map(_told, errors)),
            "content": {JSON: {"schema": schemas[ERROR]}},
            **({"headers": _RETRY} if status == TOO_MANY else {}),
        }
        for status, errors in sorted(by_status.items())
    }


def possible_errors(operation: Operation) -> tuple[type[MlwidgetsError], ...]:
    """Every class of error that an operation can answer with."""
    found: list[type[MlwidgetsError]]
    found = [BadRequest, Forbidden, InvalidRequest, *operation.errors, InternalError, StorageError]
    if operation.reads_input:
        found.append(SpecError)
    if operation.body is not None:
        found += [BodyTooLarge, UnsupportedMediaType]
    if operation.starts_job:
        found.append(TooManyRequests)
    return tuple(found)


def _told(error: type[MlwidgetsError]) -> str:
    return f"{error.__name__}: {(error.__doc__ or '').splitlines()[0]}"

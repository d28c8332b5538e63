"""The OpenAPI document of the API, made from the table of operations and its models."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter

from mlwidgets.server.api.described import ERROR, described, tag_of
from mlwidgets.server.api.errors import ErrorAnswer
from mlwidgets.server.api.operation import ROOT, Operation
from mlwidgets.server.api.schemas import Mode, schemas_of

_REFERENCE = "#/components/schemas/{model}"


def openapi(operations: Sequence[Operation]) -> dict[str, Any]:
    """The document, OpenAPI 3.1, of some operations."""
    schemas, definitions = schemas_of(_models(operations), _REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        methods = paths.setdefault(f"{ROOT}{operation.path}", {})
        methods[operation.method.lower()] = described(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": _info(),
        "security": [{"token": []}, {"cookie": []}, {"cookie": [], "xsrf": []}],
        "tags": [{"name": name} for name in dict.fromkeys(map(tag_of, operations))],
        "paths": paths,
        "components": {"schemas": definitions, "securitySchemes": _security()},
    }


def _info() -> dict[str, Any]:
    return {
        "title": "mlwidgets",
        "version": version("mlwidgets"),
        "description": (
            "Forecasts of crypto prices: models, jobs, backtests, market data. Times are epoch "
            "milliseconds where a number stands, else ISO 8601 in UTC; names are camelCase. "
            "Every error has the same body."
        ),
        "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
    }


def _security() -> dict[str, Any]:
    return {
        "token": {
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "The server's token, written as 'token TOKEN'.",
        },
        "cookie": {
            "type": "apiKey", "in": "cookie", "name": "username-HOST-PORT",
            "description": "What the login page leaves in a browser; enough for GET.",
        },
        "xsrf": {
            "type": "apiKey", "in": "header", "name": "X-XSRFToken",
            "description": "The value of the cookie _xsrf, beside a cookie for POST and DELETE.",
        },
    }  # fmt: skip


def _models(operations: Sequence[Operation]) -> list[tuple[str, Mode, TypeAdapter[Any]]]:
    """Every model of an answer or a JSON body, under the names that `described` looks for."""
    found: list[tuple[str, Mode, TypeAdapter[Any]]] = [(*ERROR, TypeAdapter(ErrorAnswer))]
    for operation in operations:
        if operation.answer is not None:
            adapter = TypeAdapter(_resolved(operation.answer))
            found.append((operation.id, "serialization", adapter))
        if isinstance(operation.body, TypeAdapter):
            found.append((operation.id, "validation", operation.body))
    return found


def _resolved(answer: Any) -> Any:
    return pkgutil.resolve_name(answer) if isinstance(answer, str) else answer

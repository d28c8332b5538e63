"""From a request's bytes to the arguments of an operation, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.spec import Value
from mlwidgets.server.api.body import checked_value, read_json
from mlwidgets.server.api.errors import (
    BadRequest,
    BodyTooLarge,
    InvalidRequest,
    UnsupportedMediaType,
)
from mlwidgets.server.api.form import read_form
from mlwidgets.server.api.operation import Form, Operation

_JUPYTERS = frozenset({"token", "_xsrf"})
"""Names in a query by which Jupyter lets people in."""


@dataclass(frozen=True, slots=True)
class Request:
    """What came in, as it came.

    Attributes:
        path: the names in the path, decoded.
        query: the query's names, each with its values as bytes.
        headers: by name, whatever their case.
        body: as far as it was kept; its `size` tells whether that is all.
        size: bytes of the body.
        person: who asks, for rates.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, list[bytes]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    size: int = 0
    person: str = ""


def read_inputs(operation: Operation, request: Request) -> dict[str, Any]:
    """What the operation's function is called with, checked.

    Raises:
        RequestError, SpecError: the request is wrong; says where.
    """
    inputs: dict[str, Any] = {}
    if operation.path_model:
        inputs["path"] = operation.path_model(**request.path)
    query = _query(operation, request)
    if operation.query:
        inputs["query"] = operation.query(**query)
    if operation.headers:
        inputs["headers"] = operation.headers(**_headers(operation.headers, request))
    body = _body(operation, request)
    return {**inputs, "body": body} if operation.body else inputs


def _query(operation: Operation, request: Request) -> dict[str, str]:
    given = {name: sent for name, sent in request.query.items() if name not in _JUPYTERS}
    fields = operation.query.model_fields if operation.query else {}
    known = {str(field.alias) for field in fields.values()}
    if unknown := [name[:60] for name in given if name not in known]:
        raise InvalidRequest(
            f"The query has the unknown {', '.join(map(repr, unknown[:8]))}; it may have "
            f"{', '.join(sorted(known)) or 'nothing'}.",
            fields=unknown[:8],
        )
    if twice := [name for name, sent in given.items() if len(sent) > 1]:
        raise InvalidRequest(f"The query has {twice[0]} twice; say it once.", fields=twice)
    try:
        return {name: sent[0].decode() for name, sent in given.items()}
    except UnicodeDecodeError:
        raise BadRequest("The query is not text in UTF-8.") from None


def _headers(model: type[Value], request: Request) -> dict[str, str]:
    names = [str(field.alias) for field in model.model_fields.values()]
    return {name: request.headers[name] for name in names if name in request.headers}


def _body(operation: Operation, request: Request) -> Any:
    if request.size > operation.limit:
        raise _too_large(operation, request)
    if request.size == 0 and (operation.body is None or not operation.body_needed):
        return None
    assert operation.body is not None
    content_type = request.headers.get("Content-Type", "")
    _check_type(operation, request, content_type)
    if isinstance(operation.body, Form):
        return read_form(request.body, content_type, operation.body)
    return checked_value(operation.body, read_json(request.body))


def _too_large(operation: Operation, request: Request) -> MlwidgetsError:
    if operation.body is None:
        return BadRequest("This operation takes no body; leave it away.")
    return BodyTooLarge(
        f"The body has {request.size:,} bytes; at most {operation.limit:,} are taken.",
        bytes=request.size, limit=operation.limit,
    )  # fmt: skip


def _check_type(operation: Operation, request: Request, content_type: str) -> None:
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise UnsupportedMediaType(
            f"The body is encoded as {encoding[:40]!r}; send it as it is.", encoding=encoding[:40]
        )
    given = content_type.partition(";")[0].strip().lower()
    if given != operation.media_type:
        raise UnsupportedMediaType(
            f"The body is of type {given[:80]!r}; send it as {operation.media_type}.",
            type=given[:80],
        )

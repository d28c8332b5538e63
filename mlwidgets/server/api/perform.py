"""From a request to an answer, without a web server."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.spec import Value
from mlwidgets.server.api.errors import InternalError, error_answer, status_of
from mlwidgets.server.api.operation import JSON, EventStream, File, Operation
from mlwidgets.server.api.reading import Request, read_inputs
from mlwidgets.server.api.services import Services

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out.

    Attributes:
        status: HTTP status.
        media_type: MIME type of the body.
        body: the bytes.
        headers: further headers.
        stream: a stream that takes the body's place.
    """

    status: int
    media_type: str = JSON
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: EventStream | None = None


def perform(operation: Operation, services: Services, request: Request) -> Answer:
    """Do what a request asks for; whatever goes wrong becomes an answer too."""
    try:
        inputs = read_inputs(operation, request)
        if operation.starts_job:
            services.job_starts.take(request.person)
        return _written(operation.status, operation.run(services, **inputs))
    except MlwidgetsError as error:
        return refusal(error)
    except Exception:
        return _surprise(operation)


def refusal(error: MlwidgetsError, headers: Mapping[str, str] | None = None) -> Answer:
    """An error as an answer."""
    wait = error.details.get("retryAfterSeconds")
    retry = {"Retry-After": str(wait)} if wait is not None else {}
    body = json.dumps(error_answer(error).to_json()).encode()
    return Answer(status_of(type(error)), body=body, headers={**retry, **(headers or {})})


def _written(status: int, result: Any) -> Answer:
    if isinstance(result, EventStream):
        return Answer(status, stream=result)
    if isinstance(result, File):
        named = {"Content-Disposition": f'attachment; filename="{result.name}"'}
        headers = {**result.headers, **(named if result.name else {})}
        return Answer(status, result.media_type, result.data, headers)
    value = result.to_json() if isinstance(result, Value) else result
    return Answer(status, body=json.dumps(value, allow_nan=False).encode())


def _surprise(operation: Operation) -> Answer:
    reference = uuid.uuid4().hex[:8]
    _log.exception("%s failed (reference %s)", operation.id, reference)
    return refusal(
        InternalError(
            "Something failed that should not; nothing is known to be wrong with the request. "
            f"The server's log tells more under reference {reference}.",
            reference=reference,
        )
    )

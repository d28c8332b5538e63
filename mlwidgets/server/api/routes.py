"""Where the operations lie on the web."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from mlwidgets.server.api.handler import OperationHandler
from mlwidgets.server.api.operation import ROOT, Operation
from mlwidgets.server.api.operations import OPERATIONS

Route = tuple[str, type[OperationHandler], dict[str, Any]]


def api_routes(prefix: str = "") -> list[Route]:
    """Handlers of every path of the API, and of every other address below it.

    Tornado's settings must hold `Services` under `mlwidgets`.

    Args:
        prefix: the server's base URL without its last slash, where routes are added to a
            server as they are; a Jupyter extension app's `handlers` want none.
    """
    by_path = groupby(sorted(OPERATIONS, key=_place), key=lambda operation: operation.path)
    found = [
        (f"{prefix}{ROOT}{pattern(path)}", OperationHandler, {"operations": _by_method([*group])})
        for path, group in by_path
    ]
    return [*found, (f"{prefix}{ROOT}(?:/.*)?", OperationHandler, {"operations": {}})]


def pattern(path: str) -> str:
    """The regular expression of a path.

    >>> pattern("/jobs/{id}/events")
    '/jobs/(?P<id>[^/]+)/events'
    """
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))


def _by_method(operations: list[Operation]) -> dict[str, Operation]:
    return {operation.method: operation for operation in operations}


def _place(operation: Operation) -> tuple[bool, str]:
    """Paths without names come first: `/models/problems` is no symbol's."""
    return "{" in operation.path, operation.path

"""The description of the API itself: OpenAPI for programs, a page for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from mlwidgets.server.api.openapi import openapi
from mlwidgets.server.api.operation import File, Operation
from mlwidgets.server.api.page import policy, render
from mlwidgets.server.api.services import Services

HTML = "text/html"


def document_operations(table: Callable[[], Sequence[Operation]]) -> tuple[Operation, ...]:
    """The operations that describe a table, which they are a part of."""

    @cache
    def described() -> dict[str, Any]:
        return openapi(table())

    def document(services: Services) -> dict[str, Any]:
        return described()

    def page(services: Services) -> File:
        headers = {"Content-Security-Policy": policy()}
        return File(None, HTML, render(described()).encode(), headers)

    return (
        Operation(
            "GET", "/openapi.json", "getDocument", "This document, OpenAPI 3.1.",
            document, dict[str, Any],
        ),
        Operation("GET", "/docs", "readDocument", "This document as a page.", page, files=(HTML,)),
    )  # fmt: skip

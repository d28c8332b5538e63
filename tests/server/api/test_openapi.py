"""The document describes what is served, and is made from the same models."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
import requests
from openapi_spec_validator import OpenAPIV31SpecValidator

from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.server.api import ROOT, api_routes
from mlwidgets.server.api.openapi import openapi
from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.operations import OPERATIONS

DOCUMENT = openapi(OPERATIONS)


class Served(Protocol):
    """The running server (see conftest)."""

    def ask(self, method: str, path: str, **options: Any) -> requests.Response: ...
    def get(self, path: str, status: int = 200) -> Any: ...


def facts_of(operation: Operation) -> dict[str, Any]:
    facts: dict[str, Any] = DOCUMENT["paths"][ROOT + operation.path][operation.method.lower()]
    return facts


def test_the_document_is_valid_openapi_3_1() -> None:
    assert [*OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_the_served_document_is_this_one(served: Served) -> None:
    assert served.get("/openapi.json") == DOCUMENT


def test_every_route_is_described_and_every_description_has_a_route() -> None:
    routes = {
        (method, path) for path, _, arguments in api_routes() for method in arguments["operations"]
    }
    assert len(routes) == len(OPERATIONS) == sum(map(len, DOCUMENT["paths"].values()))


def test_operations_have_names_of_their_own() -> None:
    assert len({operation.id for operation in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_name_in_a_path_is_a_parameter_that_is_needed(operation: Operation) -> None:
    described = {
        parameter["name"]: parameter["required"]
        for parameter in facts_of(operation)["parameters"]
        if parameter["in"] == "path"
    }
    assert described == dict.fromkeys(operation.names, True)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_operation_says_how_it_is_refused(operation: Operation) -> None:
    answers = facts_of(operation)["responses"]
    wanted = {"400", "403", "422", "500", "503"}
    wanted |= {"413", "415"} if operation.body is not None else set()
    wanted |= {"429"} if operation.starts_job else set()

    assert wanted <= answers.keys()
    for status, answer in answers.items():
        if status >= "400":
            schema = answer["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ErrorAnswer"}


def test_a_models_fields_are_those_of_the_python_value() -> None:
    described = DOCUMENT["components"]["schemas"]["ModelMeta"]["properties"]

    assert [*described] == [field.alias for field in ModelMeta.model_fields.values()]


def test_fields_are_described_as_in_python() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    beneath = schemas["ModelConfig"]["properties"]["hiddenSize"]["description"]
    assert beneath == "Width of the recurrent state."
    attributes = schemas["JobRecord"]["properties"]["attempt"]["description"]
    assert attributes == "how often it was begun."


def test_nothing_in_it_is_meant_for_python_only() -> None:
    text = str(DOCUMENT)

    for foreign in (">>>", "\\\\A", "\\\\z", "Raises:", "Args:"):
        assert foreign not in text


def test_the_page_for_people_needs_nothing_from_elsewhere(served: Served) -> None:
    answer = served.ask("GET", "/docs")

    assert answer.headers["Content-Type"] == "text/html"
    assert "style-src 'sha256-" in answer.headers["Content-Security-Policy"]
    assert not [mark for mark in ("<script", "http://", "https://", "src=") if mark in answer.text]
    for operation in OPERATIONS:
        assert f'<section id="{operation.id}">' in answer.text

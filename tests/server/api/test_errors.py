"""Every error has one status and one shape."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

from mlwidgets import errors as domain
from mlwidgets.errors import MlwidgetsError, SpecError, StorageError
from mlwidgets.server.api import Services, errors
from mlwidgets.server.api.errors import LONGEST_MESSAGE, STATUSES, error_answer, status_of
from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.perform import perform
from mlwidgets.server.api.reading import Request

CLASSES = [
    value
    for module in (domain, errors)
    for value in vars(module).values()
    if inspect.isclass(value) and issubclass(value, MlwidgetsError)
]


@pytest.mark.parametrize("error", CLASSES)
def test_every_class_of_error_has_a_status_of_its_own(error: type[MlwidgetsError]) -> None:
    assert 400 <= STATUSES[error] < 600


def test_an_error_of_a_class_without_a_status_answers_as_its_base_does() -> None:
    class Odd(domain.ModelNotFound):
        pass

    assert status_of(Odd) == 404


def test_details_that_json_cannot_hold_are_written_so_that_it_can() -> None:
    error = MlwidgetsError("Odd.", loss=float("nan"), kind=SpecError, rows=(1, float("inf")))

    details = error_answer(error).error.details

    assert json.loads(json.dumps(details, allow_nan=False)) == details
    assert (details["loss"], details["rows"]) == (None, [1, None])


def test_a_password_is_never_answered() -> None:
    url = "postgresql+psycopg://ada:secret@db:5432/ml"
    answer = error_answer(StorageError(f"Cannot use {url}.", database=url))

    assert "secret" not in json.dumps(answer.to_json())
    assert "db:5432/ml" in answer.error.message


def test_a_request_does_not_come_back_whole_in_a_message() -> None:
    assert len(error_answer(SpecError("x" * 10**6)).error.message) == LONGEST_MESSAGE + 1


def run(operation_of: Any, services: Services) -> tuple[int, dict[str, Any]]:
    operation = Operation("GET", "/odd", "odd", "Something odd.", operation_of, dict[str, Any])
    answer = perform(operation, services, Request())
    return answer.status, json.loads(answer.body)["error"]


def test_what_nobody_foresaw_is_answered_without_its_text_and_logged_with_it(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(services: Services) -> None:
        raise RuntimeError("an inner secret")

    status, error = run(fail, services)

    assert (status, error["type"]) == (500, "InternalError")
    assert "secret" not in str(error)
    assert error["details"]["reference"] in caplog.text
    assert "an inner secret" in caplog.text

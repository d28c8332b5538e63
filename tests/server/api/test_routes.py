"""Where operations lie, and what it costs to know it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from mlwidgets.server.api import api_routes
from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.operations import OPERATIONS


def found(path: str) -> dict[str, Operation]:
    """The operations of the first route that a path matches, as the web server looks for it."""
    operations: dict[str, Operation]
    operations = next(
        arguments["operations"] for route, _, arguments in api_routes() if re.fullmatch(route, path)
    )
    return operations


@pytest.mark.parametrize(
    ("method", "path", "id"),
    [
        ("POST", "/api/ml/models/save", "saveModel"),
        ("GET", "/api/ml/models/problems", "listModelProblems"),
        ("GET", "/api/ml/models/BTCUSDT", "listProduction"),
        ("POST", "/api/ml/models/BTCUSDT/LSTM/archive", "archiveModel"),
        ("DELETE", "/api/ml/models/BTCUSDT/LSTM/1.0.0", "deleteModel"),
        ("GET", "/api/ml/models/BTC%2FUSDT/LSTM", "getProduction"),
    ],
)
def test_an_address_leads_to_its_operation(method: str, path: str, id: str) -> None:
    assert found(path)[method].id == id


@pytest.mark.parametrize("path", ["/api/ml", "/api/ml/", "/api/ml/models/", "/api/ml/a/b/c/d/e"])
def test_every_other_address_below_the_api_is_the_apis_too(path: str) -> None:
    assert found(path) == {}


def test_no_two_operations_share_an_address_and_a_method() -> None:
    assert len({(operation.method, operation.path) for operation in OPERATIONS}) == len(OPERATIONS)


def test_the_table_is_there_without_what_takes_long_to_import() -> None:
    code = "import sys, mlwidgets.server.api; print(*{n.partition('.')[0] for n in sys.modules})"
    loaded = {*subprocess.check_output([sys.executable, "-c", code], text=True).split()}

    assert not loaded & {"torch", "ccxt", "optuna", "distributed", "sqlalchemy", "alembic"}

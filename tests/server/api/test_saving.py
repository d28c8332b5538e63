"""The guide's endpoint: a measured model becomes production."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import pytest

from mlwidgets.jobs.candidates import Candidate
from mlwidgets.server.api import Services

Keep = Callable[..., Candidate]
Body = Callable[[Candidate], dict[str, Any]]


class Served(Protocol):
    """The running server (see conftest)."""

    services: Services

    def get(self, path: str, status: int = 200) -> Any: ...
    def post(self, path: str, body: Any = None, status: int = 200) -> Any: ...


def test_a_backtested_model_is_saved_and_its_metadata_answered(
    served: Served, keep: Keep, save_body: Body
) -> None:
    candidate = keep()

    meta = served.post("/models/save", save_body(candidate))

    assert (meta["symbol"], meta["modelType"], meta["version"]) == ("BTCUSDT", "LSTM", "1.0.0")
    assert meta["weightsSha256"] == candidate.meta.weights_sha256
    assert served.get("/models/BTCUSDT/LSTM") == meta
    assert served.get(f"/candidates/{candidate.id}")["savedVersion"] == "1.0.0"


def test_saving_another_backtest_archives_the_model_before(
    served: Served, keep: Keep, save_body: Body
) -> None:
    served.post("/models/save", save_body(keep()))
    other = keep(trained_at=1, config=keep().config.replace(epochs=200))

    assert served.post("/models/save", save_body(other))["version"] == "1.0.1"
    assert [meta["version"] for meta in served.get("/models?archived=true")["items"]] == ["1.0.0"]


def test_saving_the_same_backtest_again_changes_nothing(
    served: Served, keep: Keep, save_body: Body
) -> None:
    body = save_body(keep())

    assert served.post("/models/save", body) == served.post("/models/save", body)
    assert served.get("/models?archived=true")["items"] == []


def test_the_latest_of_several_backtests_is_saved(
    served: Served, keep: Keep, save_body: Body
) -> None:
    keep(seed=1)
    latest = keep(seed=2)

    assert served.post("/models/save", save_body(latest))["seed"] == 2


def test_a_model_that_nobody_backtested_is_refused_with_the_backtest_to_run(
    served: Served, keep: Keep, save_body: Body
) -> None:
    body = save_body(keep())
    body["config"]["epochs"] = 77

    error = served.post("/models/save", body, status=409)["error"]

    assert error["type"] == "NotBacktested"
    assert "epochs 77" in error["message"]
    assert error["details"]["run"]["config"] == body["config"]
    assert served.get("/models")["items"] == []


def test_the_backtest_that_a_refusal_names_can_be_started_as_it_stands(
    served: Served, keep: Keep, save_body: Body
) -> None:
    from mlwidgets.jobs.requests import REQUESTS

    body = save_body(keep(symbol="ETHUSDT"))
    body["symbol"] = "SOLUSDT"
    error = served.post("/models/save", body, status=409)["error"]

    request = REQUESTS.validate_python(error["details"]["run"])
    assert (request.kind, request.symbol) == ("evaluate", "SOLUSDT")


def test_metrics_that_were_not_measured_are_refused_with_both(
    served: Served, keep: Keep, save_body: Body
) -> None:
    candidate = keep()
    body = save_body(candidate)
    body["metrics"]["mae"] *= 1.01

    error = served.post("/models/save", body, status=409)["error"]

    assert error["type"] == "MetricsDiffer"
    assert error["details"]["stated"]["mae"] == body["metrics"]["mae"]
    assert error["details"]["measured"] == save_body(candidate)["metrics"]
    assert served.get("/models")["items"] == []


def test_metrics_may_be_rounded(served: Served, keep: Keep, save_body: Body) -> None:
    body = save_body(keep())
    metrics = body["metrics"]
    body["metrics"] = {name: value and float(f"{value:.8g}") for name, value in metrics.items()}

    assert served.post("/models/save", body)["version"] == "1.0.0"


@pytest.mark.parametrize("missing", ["symbol", "modelType", "config", "metrics"])
def test_every_field_of_the_guide_is_needed(
    served: Served, keep: Keep, save_body: Body, missing: str
) -> None:
    body = save_body(keep())
    del body[missing]

    error = served.post("/models/save", body, status=422)["error"]

    assert error["details"]["fields"] == [missing]


def test_fields_that_the_guide_does_not_know_are_refused_by_name(
    served: Served, keep: Keep, save_body: Body
) -> None:
    body = save_body(keep())
    body["config"]["numLayers"] = 1

    error = served.post("/models/save", body, status=422)["error"]

    assert error["details"]["fields"] == ["numLayers"]
    assert "config has the unknown 'numLayers'" in error["message"]

"""Models over HTTP: listed, shown, restored, archived, deleted, downloaded, uploaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import pytest
import requests

from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.artifact import ModelArtifact
from mlwidgets.registry import ModelRegistry
from mlwidgets.server.api import Services

Save = Callable[..., str]


class Served(Protocol):
    """The running server (see conftest)."""

    services: Services

    def ask(self, method: str, path: str, **options: Any) -> requests.Response: ...
    def get(self, path: str, status: int = 200) -> Any: ...
    def post(self, path: str, body: Any = None, status: int = 200) -> Any: ...
    def delete(self, path: str, status: int = 200) -> Any: ...


@pytest.fixture
def save(services: Services, report: BacktestReport) -> Save:
    """Saves a model of a slot; returns its version."""

    def saved(symbol: str = "BTCUSDT", **fields: Any) -> str:
        artifact = report.model.to_artifact()
        meta = artifact.meta.replace(symbol=symbol, **fields)
        return services.registry.save(ModelArtifact(meta, artifact.tensors)).version

    return saved


def names(page: dict[str, Any]) -> list[str]:
    return [f"{meta['symbol']} {meta['modelType']} {meta['version']}" for meta in page["items"]]


def test_production_models_are_listed_by_slot(served: Served, save: Save) -> None:
    save("ETHUSDT")
    save()
    save(model_type="HYBRID")

    assert names(served.get("/models")) == [
        "BTCUSDT HYBRID 1.0.0", "BTCUSDT LSTM 1.0.0", "ETHUSDT LSTM 1.0.0",
    ]  # fmt: skip
    assert names(served.get("/models?modelType=LSTM&symbol=eth-usdt")) == ["ETHUSDT LSTM 1.0.0"]
    assert names(served.get("/models/BTCUSDT")) == ["BTCUSDT HYBRID 1.0.0", "BTCUSDT LSTM 1.0.0"]


def test_a_long_list_comes_in_pages_that_leave_nothing_out(served: Served, save: Save) -> None:
    for number in range(5):
        save(seed=number)

    found, cursor = [], ""
    while cursor is not None:
        page = served.get(f"/models?archived=true&limit=3{cursor and f'&cursor={cursor}'}")
        found += names(page)
        cursor = page["next"]

    assert found == [f"BTCUSDT LSTM 1.0.{patch}" for patch in (3, 2, 1, 0)]


def test_one_model_is_shown_by_its_version(served: Served, save: Save) -> None:
    save(seed=1)
    save(seed=2)

    assert served.get("/models/BTCUSDT/LSTM")["seed"] == 2
    assert served.get("/models/BTC-USDT/LSTM/1.0.0")["seed"] == 1


def test_a_model_that_is_not_there_is_answered_with_those_that_are(
    served: Served, save: Save
) -> None:
    save()

    error = served.get("/models/BTCUSDT/LSTM/2.0.0", status=404)["error"]

    assert error["type"] == "ModelNotFound"
    assert error["details"]["versions"] == ["1.0.0"]


def test_a_restored_model_is_production_again(served: Served, save: Save) -> None:
    save(seed=1)
    save(seed=2)

    assert served.post("/models/BTCUSDT/LSTM/1.0.0/restore")["seed"] == 1
    assert served.get("/models/BTCUSDT/LSTM")["version"] == "1.0.0"


def test_an_archived_model_leaves_its_slot_empty_and_can_be_restored(
    served: Served, save: Save
) -> None:
    save()

    assert served.post("/models/BTCUSDT/LSTM/archive")["version"] == "1.0.0"
    assert served.get("/models/BTCUSDT/LSTM", status=404)["error"]["type"] == "ModelNotFound"
    assert served.post("/models/BTCUSDT/LSTM/1.0.0/restore")["version"] == "1.0.0"


def test_a_deleted_model_is_gone_and_its_successor_takes_over(served: Served, save: Save) -> None:
    save()
    save()

    served.delete("/models/BTCUSDT/LSTM/1.0.1?successor=1.0.0")

    assert names(served.get("/models")) == ["BTCUSDT LSTM 1.0.0"]
    assert served.delete("/models/BTCUSDT/LSTM/1.0.1", status=404)["error"]["details"]


def test_a_successor_that_makes_no_sense_is_a_conflict(served: Served, save: Save) -> None:
    save()

    answer = served.delete("/models/BTCUSDT/LSTM/1.0.0?successor=1.0.0", status=409)

    assert answer["error"]["type"] == "ModelError"


def test_damaged_files_are_named_with_what_to_do(served: Served, save: Save) -> None:
    save()
    (served.services.registry.root / "BTCUSDT_LSTM_1.0.0.json").write_text("{}")

    [problem] = served.get("/models/problems")["items"]

    assert problem["file"] == "BTCUSDT_LSTM_1.0.0.json"
    assert served.get("/models/BTCUSDT/LSTM", status=422)["error"]["type"] == "ModelFileError"


def test_both_files_are_downloaded_byte_for_byte(served: Served, save: Save) -> None:
    save()
    pair = served.services.registry.export_pair("BTCUSDT", "LSTM")

    for (name, data), kind in zip(pair.items(), ("weights", "meta"), strict=True):
        answer = served.ask("GET", f"/models/BTCUSDT/LSTM/1.0.0/{kind}")
        assert answer.content == data
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_downloaded_pair_is_uploaded_as_the_next_version(served: Served, save: Save) -> None:
    save()
    weights, meta = served.services.registry.export_pair("BTCUSDT", "LSTM").values()

    answer = served.ask("POST", "/models/upload", files={"weights": weights, "meta": meta})

    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == "1.0.1"
    assert ModelRegistry(served.services.registry.root).load("BTCUSDT", "LSTM").meta.seed == 0


def test_an_upload_without_one_of_its_files_is_refused_by_name(served: Served) -> None:
    answer = served.ask("POST", "/models/upload", files={"weights": b"{}", "other": b"{}"})

    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["fields"] == ["meta", "other"]

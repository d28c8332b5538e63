"""A table of attacks with their answers; after each the models folder is as it was."""

from __future__ import annotations

import gzip
import hashlib
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
import requests

from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.registry.files import SEAL
from mlwidgets.registry.strict_json import canonical
from mlwidgets.server.api import ROOT, Services
from mlwidgets.server.api.operation import JSON_BYTES
from mlwidgets.server.api.operations import OPERATIONS
from mlwidgets.server.api.resources.model_files import UPLOAD_BYTES

TRAVERSALS = [
    "..", "../..", "..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fetc", "..%5c..%5cwindows",
    "%00", "BTCUSDT%00.json", "%ff%fe", "/etc/passwd", "~", "x" * 10_000, "C:%5C", "${HOME}",
    "%F0%9F%92%A9", "BTC%0d%0aSet-Cookie:x",
]  # fmt: skip
JSON_TYPE = {"Content-Type": "application/json"}


class Served(Protocol):
    """The running server (see conftest)."""

    origin: str
    token: str
    services: Services

    def ask(self, method: str, path: str, **options: Any) -> requests.Response: ...
    def ask_as_stranger(self, method: str, path: str, **options: Any) -> requests.Response: ...
    def get(self, path: str, status: int = 200) -> Any: ...


@pytest.fixture(autouse=True)
def _nothing_changes(served: Served, report: BacktestReport, home: Path) -> Iterator[None]:
    served.services.registry.save(report.model)
    before = tree(home / "models")
    yield
    assert tree(home / "models") == before
    assert {path.name for path in home.iterdir()} <= {"models", "data"}


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "lock" not in path.name
    }


def refused(answer: requests.Response, status: int, kind: str | None = None) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    error = answer.json()["error"]
    assert kind in (None, error["type"])
    return str(error["message"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_nobody_comes_in_without_the_token(served: Served, operation: Any) -> None:
    path = operation.path
    for name, value in {
        "symbol": "BTCUSDT", "modelType": "LSTM", "version": "1.0.0", "id": "0" * 12,
    }.items():  # fmt: skip
        path = path.replace(f"{{{name}}}", value)

    refused(served.ask_as_stranger(operation.method, path), 403, "Forbidden")
    wrong = {"Authorization": "token wrong"}
    refused(served.ask_as_stranger(operation.method, path, headers=wrong), 403, "Forbidden")


def test_even_addresses_that_are_not_there_are_kept_from_strangers(served: Served) -> None:
    refused(served.ask_as_stranger("GET", "/nothing/here"), 403, "Forbidden")
    refused(served.ask("GET", "/nothing/here"), 404, "NoSuchAddress")


@pytest.fixture
def browser(served: Served) -> requests.Session:
    """Somebody who logged in with a cookie."""
    session = requests.Session()
    session.get(f"{served.origin}/login", params={"token": served.token}, timeout=60)
    session.get(f"{served.origin}/api/status", params={"token": served.token}, timeout=60)
    return session


def test_a_cookie_alone_reads_but_does_not_write(served: Served, browser: requests.Session) -> None:
    models = f"{served.origin}{ROOT}/models"
    assert browser.get(models, timeout=60).status_code == 200

    for path in ("BTCUSDT/LSTM/archive", "save", "BTCUSDT/LSTM/1.0.0/restore"):
        refused(browser.post(f"{models}/{path}", timeout=60), 403, "Forbidden")
    refused(browser.delete(f"{models}/BTCUSDT/LSTM/1.0.0", timeout=60), 403, "Forbidden")


def test_a_cookie_with_the_pages_own_mark_writes(served: Served, browser: requests.Session) -> None:
    mark = {"X-XSRFToken": browser.cookies["_xsrf"]}
    url = f"{served.origin}{ROOT}/models/BTCUSDT/LSTM/1.0.0/restore"

    assert browser.post(url, headers=mark, timeout=60).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_foreign_page_is_refused_whatever_cookie_it_brings(
    served: Served, browser: requests.Session, origin: str
) -> None:
    headers = {"Origin": origin, "X-XSRFToken": browser.cookies["_xsrf"]}

    for method in ("GET", "DELETE"):
        url = f"{served.origin}{ROOT}/models/BTCUSDT/LSTM/1.0.0"
        refused(browser.request(method, url, headers=headers, timeout=60), 404)


def test_another_host_name_is_refused(served: Served) -> None:
    headers = {"Host": "evil.example"}

    refused(served.ask_as_stranger("GET", "/models", headers=headers), 403, "Forbidden")
    refused(served.ask("GET", "/models", headers=headers), 403, "Forbidden")


@pytest.mark.parametrize("text", TRAVERSALS)
def test_no_name_in_a_path_leads_anywhere(served: Served, text: str) -> None:
    for method, path in (
        ("GET", f"/models/{text}/LSTM"),
        ("GET", f"/models/BTCUSDT/{text}"),
        ("GET", f"/models/BTCUSDT/LSTM/{text}/weights"),
        ("POST", f"/models/{text}/LSTM/archive"),
        ("DELETE", f"/models/BTCUSDT/LSTM/{text}"),
        ("GET", f"/jobs/{text}"),
        ("GET", f"/candidates/{text}/predictions"),
        ("GET", f"/candles/{text}"),
        ("GET", f"/forecasts/{text}/LSTM"),
        ("GET", f"/models?symbol={text}"),
        ("GET", f"/models?cursor={text}"),
        ("GET", f"/candles/BTCUSDT?timeframe={text}"),
        ("GET", f"/forecasts/BTCUSDT/LSTM?version={text}"),
        ("GET", f"/track-record/{text}/LSTM"),
        ("GET", f"/track-record/BTCUSDT/LSTM?cursor={text}"),
    ):
        request = requests.Request(method, "http://x", headers={}).prepare()
        request.url = f"{served.origin}{ROOT}{path}"  # as it is, without tidying by the client
        request.headers["Authorization"] = f"token {served.token}"
        answer = requests.Session().send(request, timeout=60)
        assert answer.status_code in (400, 404, 405, 422), (path, answer.text)
        assert len(answer.text) < 3000
        assert {cookie.name.partition("-")[0] for cookie in answer.cookies} <= {"username"}


@pytest.mark.parametrize("field", ["symbol", "modelType"])
@pytest.mark.parametrize("text", ["../../etc/passwd", "\u0000", "x" * 10_000, "💩", "BTC\r\nUSDT"])
def test_no_name_in_a_body_leads_anywhere(served: Served, field: str, text: str) -> None:
    save = {
        "symbol": "BTCUSDT", "modelType": "LSTM",
        "config": {"hiddenSize": 4, "sequenceLength": 8, "learningRate": 0.02, "epochs": 8},
        "metrics": dict.fromkeys(("mae", "rmse", "mape", "r2Score", "directionalAccuracy"), 0.5),
    }  # fmt: skip
    job = {"kind": "evaluate", "symbol": "BTCUSDT", "modelType": "LSTM"}

    refused(served.ask("POST", "/models/save", json={**save, field: text}), 422)
    refused(served.ask("POST", "/jobs", json={**job, field: text}), 422)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b'{"a": NaN}', JSON_TYPE, 400),
        (b'{"a": 1e400}', JSON_TYPE, 400),
        (b'{"symbol": "A", "symbol": "B"}', JSON_TYPE, 400),
        (b"[" * 60_000, JSON_TYPE, 400),
        (b" " * (JSON_BYTES + 1), JSON_TYPE, 413),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{}", {}, 415),
        (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (gzip.compress(b"0" * 10**8, mtime=0), {**JSON_TYPE, "Content-Encoding": "gzip"}, 413),
        (gzip.compress(b"{}", mtime=0), {**JSON_TYPE, "Content-Encoding": "gzip"}, 415),
        (pickle.dumps({"symbol": "BTCUSDT"}), JSON_TYPE, 400),
        (pickle.dumps({}), {"Content-Type": "application/octet-stream"}, 415),
    ],
)
@pytest.mark.parametrize("path", ["/models/save", "/jobs"])
def test_a_body_that_is_none_is_refused(
    served: Served, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    refused(served.ask("POST", path, data=body, headers=headers), status)


def test_a_body_of_100_megabytes_is_let_through_the_fingers_and_refused(served: Served) -> None:
    def pieces(size: int) -> Iterator[bytes]:
        for _ in range(size // 2**20):
            yield bytes(2**20)

    for path in ("/models/save", "/models/upload"):
        body = pieces(100 * 2**20)
        refused(served.ask("POST", path, data=body, headers=JSON_TYPE), 413, "BodyTooLarge")


def test_a_body_where_none_belongs_is_refused(served: Served) -> None:
    refused(served.ask("POST", "/models/BTCUSDT/LSTM/archive", data=b"x"), 400, "BadRequest")


Edit = Callable[[bytes, bytes], tuple[bytes, bytes]]


def _with(key: str, value: Any) -> Edit:
    def edit(weights: bytes, meta: bytes) -> tuple[bytes, bytes]:
        return weights, json.dumps({**json.loads(meta), key: value}).encode()

    return edit


def _sealed(key: str, value: Any) -> Edit:
    """An edit by somebody who knows how the seal is made."""

    def edit(weights: bytes, meta: bytes) -> tuple[bytes, bytes]:
        fields = {name: fact for name, fact in json.loads(meta).items() if name != SEAL}
        fields[key] = value
        seal = hashlib.sha256(canonical(fields).encode()).hexdigest()
        return weights, json.dumps({**fields, SEAL: seal}).encode()

    return edit


UPLOADS: dict[str, Edit] = {
    "sealed extra key": _sealed("__class__", "os.system"),
    "sealed traversal": _sealed("symbol", "../../BTCUSDT"),
    "sealed absurd time": _sealed("trainedUntil", 10**300),
    "sealed absurd config": _sealed("config", {"hiddenSize": 10**9}),
    "sealed other width": _sealed("config", {**ModelConfig().to_json(), "hiddenSize": 5}),
    "extra key": _with("__class__", "os.system"),
    "edited fact": _with("symbol", "ETHUSDT"),
    "wrong seal": _with(SEAL, "0" * 64),
    "wrong hash": lambda weights, meta: (weights.replace(b"0.1", b"0.2"), meta),
    "truncated": lambda weights, meta: (weights[:-20], meta),
    "swapped": lambda weights, meta: (meta, weights),
    "empty": lambda weights, meta: (b"", b""),
    "pickle": lambda weights, meta: (pickle.dumps({"a": 1}), meta),
    "pickled metadata": lambda weights, meta: (weights, pickle.dumps({"a": 1})),
    "NaN": lambda weights, meta: (weights, meta.replace(b'"seed": 0', b'"seed": NaN')),
    "1e400": lambda weights, meta: (weights, meta.replace(b'"seed": 0', b'"seed": 1e400')),
    "deep nesting": lambda weights, meta: (weights, b'{"a":' * 100_000),
    "zip bomb": lambda weights, meta: (gzip.compress(bytes(10**7), mtime=0), meta),
    "not UTF-8": lambda weights, meta: (b"\xff\xfe", meta),
}


@pytest.mark.parametrize("attack", UPLOADS)
def test_an_upload_that_is_no_whole_model_is_refused(served: Served, attack: str) -> None:
    pair = served.services.registry.export_pair("BTCUSDT", "LSTM")
    weights, meta = UPLOADS[attack](*pair.values())

    answer = served.ask("POST", "/models/upload", files={"weights": weights, "meta": meta})

    refused(answer, 422, "ModelFileError")


def test_names_of_uploaded_files_are_never_used(served: Served) -> None:
    files = {"weights": ("../../evil.json", b"{}"), "meta": ("/etc/passwd", b"{}")}

    refused(served.ask("POST", "/models/upload", files=files), 422, "ModelFileError")


def test_an_upload_beyond_its_bound_is_refused(served: Served) -> None:
    files = {"weights": bytes(UPLOAD_BYTES), "meta": b"{}"}

    refused(served.ask("POST", "/models/upload", files=files), 413, "BodyTooLarge")


def test_methods_that_an_address_does_not_take_are_refused_with_those_that_it_does(
    served: Served,
) -> None:
    for method in ("PUT", "PATCH", "DELETE", "HEAD"):
        answer = served.ask(method, "/models")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_no_answer_is_kept_sniffed_or_framed_elsewhere(served: Served) -> None:
    for path in ("/models", "/docs", "/openapi.json", "/nothing"):
        headers = served.ask("GET", path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]

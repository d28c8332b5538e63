"""`mlwidgets serve` as its user meets it: addresses, logins, limits, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket
from jupyter_server.base.websocket import WebSocketMixin
from waiting import wait_until

from mlwidgets.server.own_server import own_server_config
from mlwidgets.settings import get_settings


@pytest.fixture(scope="module")
def server(serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("home")
    with serving(home, "--models", str(home / "elsewhere"), warm_kernels=1) as running:
        yield running


@pytest.fixture(scope="module")
def closed(serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("closed")
    with serving(home, "--dashboards-only", warm_kernels=0, page_limit=1) as running:
        yield running


@pytest.mark.parametrize("page", ["ml", "trading"])
def test_a_stranger_is_sent_to_the_login_and_back(server: Any, page: str) -> None:
    answer = requests.get(f"{server.origin}/{page}", allow_redirects=False, timeout=60)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login?next=%2F{page}"


def test_the_root_leads_to_the_models(server: Any) -> None:
    answer = server.get("/", allow_redirects=False)

    assert (answer.status_code, answer.headers["Location"].rstrip("?")) == (302, "/ml")


def test_a_token_logs_in_and_leaves_the_address(server: Any) -> None:
    browser = requests.Session()
    first = browser.get(
        f"{server.origin}/ml?symbol=ETHUSDT&token={server.token}", allow_redirects=False, timeout=60
    )
    second = browser.get(f"{server.origin}/api/ml/health", timeout=60)

    assert first.headers["Location"] == "/ml?symbol=ETHUSDT"
    assert "SameSite=Lax" in first.headers["Set-Cookie"]
    assert second.status_code == 200


def test_a_page_may_load_from_its_server_only_and_is_framed_by_nobody_else(server: Any) -> None:
    answer = server.get("/ml")
    policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "_xsrf" in answer.cookies


def test_a_page_names_no_other_server(server: Any) -> None:
    html = server.get("/ml").text.replace("http://www.w3.org/", "")

    assert "http://" not in html
    assert "https://" not in html


def test_a_page_shows_neither_the_code_of_its_notebook_nor_where_it_lies(server: Any) -> None:
    html = server.get("/trading").text

    assert "mw.TradingDashboard" not in html
    assert ".ipynb" not in html


def test_scripts_are_for_those_who_are_logged_in_and_are_kept_by_browsers(server: Any) -> None:
    html = server.get("/ml").text
    script = html.partition('<script async src="')[2].partition('"')[0]

    assert (
        requests.get(server.origin + script, allow_redirects=False, timeout=60).status_code == 302
    )
    assert "immutable" in server.get(script).headers["Cache-Control"]


def test_pages_have_the_settings_of_their_server_warm_and_cold(server: Any) -> None:
    kernels = [server.open_page(page) for page in ("ml", "trading")]
    code = "from mlwidgets.settings import get_settings as s; print(s().models_dir, s().offline)"
    said = [conversation(server, kernel, "execute_request", code=code) for kernel in kernels]
    for kernel in kernels:
        server.post(f"/voila/api/shutdown/{kernel}")

    assert [
        answer["content"]["text"]
        for answers in said
        for answer in answers
        if answer["msg_type"] == "stream"
    ] == [f"{server.home / 'elsewhere'} True\n"] * 2


def test_a_page_that_is_left_ends_its_kernel(server: Any) -> None:
    kernel = server.open_page("ml")
    state = f"/mlwidgets/pages/{kernel}"

    assert server.get(state).json() == {"open": True}
    assert server.post(f"/voila/api/shutdown/{kernel}").status_code == 204
    assert server.get(state).json() == {"open": False}
    assert server.post(f"/voila/api/shutdown/{kernel}").status_code == 404


def test_a_write_with_a_cookie_needs_the_xsrf_token(server: Any) -> None:
    browser = requests.Session()
    browser.get(f"{server.origin}/ml?token={server.token}", timeout=60)
    address = f"{server.origin}/voila/api/shutdown/{uuid.uuid4()}"
    token = {"X-XSRFToken": browser.cookies["_xsrf"]}

    assert browser.post(address, timeout=60).status_code == 403
    assert browser.post(address, headers=token, timeout=60).status_code == 404


def test_a_page_too_many_is_told_so(closed: Any) -> None:
    kernel = closed.open_page("ml")
    answer = closed.get("/trading")
    closed.post(f"/voila/api/shutdown/{kernel}")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
    assert "This server opens 1 at the same time" in answer.text


@pytest.mark.parametrize(
    "path", ["/api/contents", "/api/kernels", "/api/terminals", "/files/log", "/voila/tree"]
)
def test_with_dashboards_only_the_rest_of_jupyter_is_not_there(closed: Any, path: str) -> None:
    assert closed.get(path).status_code == 404
    assert closed.post(path).status_code == 404


def test_with_dashboards_only_a_viewer_cannot_run_code(closed: Any) -> None:
    kernel = closed.open_page("ml")
    proof = closed.home / "proof"
    answers = conversation(closed, kernel, "execute_request", code=f"open({str(proof)!r}, 'w')")
    closed.post(f"/voila/api/shutdown/{kernel}")

    assert "execute_reply" not in {answer["msg_type"] for answer in answers}
    assert not proof.exists()


def conversation(server: Any, kernel: str, kind: str, **content: object) -> list[dict[str, Any]]:
    """What a kernel says to a message, as far as the reply to a harmless one after it."""
    socket = websocket.create_connection(
        f"{server.origin.replace('http', 'ws')}/api/kernels/{kernel}/channels",
        header=[f"Authorization: token {server.token}"], timeout=60,
    )  # fmt: skip
    answers: list[dict[str, Any]] = []
    last = message("kernel_info_request")
    socket.send(message(kind, silent=False, **content))
    socket.send(last)
    while len([answer for answer in answers if ends(answer, last)]) < 2:
        answers.append(json.loads(socket.recv()))
    socket.close()
    return answers


def ends(answer: dict[str, Any], request: str) -> bool:
    """Whether an answer is the reply to a request, or says that the kernel is idle after it.

    They come through channels of their own, so either may be the last.
    """
    if answer["parent_header"].get("msg_id") != json.loads(request)["header"]["msg_id"]:
        return False
    return answer["msg_type"] == "kernel_info_reply" or (
        answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle"
    )


def message(kind: str, **content: object) -> str:
    """A kernel message as a browser sends it."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "s", "username": "u",
              "version": "5.3", "date": "2026-01-01T00:00:00Z"}  # fmt: skip
    return json.dumps({"channel": "shell", "header": header, "parent_header": {}, "metadata": {},
                       "content": content, "buffers": []})  # fmt: skip


def test_no_process_outlives_a_server_that_is_stopped(serving: Any, tmp_path: Path) -> None:
    with serving(tmp_path, warm_kernels=1) as running:
        running.open_page("ml")
        wait_until(lambda: len(running.kernels()) >= 2)
        children = running.kernels()
        assert running.stop() == 0

    wait_until(lambda: not any(child.is_running() for child in children))
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_connection_outlasts_its_first_ping() -> None:
    config = own_server_config({"ServerApp": {}}, get_settings())["ServerApp"]
    connection = WebSocketMixin()
    connection.settings = config.get("tornado_settings", {})

    # The first answer is looked for when the second ping is due.
    assert connection.ping_timeout >= 2 * connection.ping_interval


def test_the_log_holds_neither_the_token_nor_tornados_worries(server: Any) -> None:
    kernel = server.open_page("ml")
    conversation(server, kernel, "comm_info_request")
    server.post(f"/voila/api/shutdown/{kernel}")

    assert "websocket_ping" not in (server.home / "log").read_text()

    assert server.token not in (server.home / "log").read_text()


def test_a_server_for_everybody_that_asks_nobody_who_they_are_is_refused(tmp_path: Path) -> None:
    nobody = {"IdentityProvider": {"token": ""}}
    (tmp_path / "jupyter_server_config.json").write_text(json.dumps(nobody))
    said = subprocess.run(
        [sys.executable, "-m", "mlwidgets", "serve", "--host", "0.0.0.0", "--port", "0",
         "--no-browser", "--home", str(tmp_path)],
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert said.returncode == 1
    assert "neither a token nor a password is set" in said.stderr

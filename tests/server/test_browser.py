"""Pages of the server in Chromium: they come up, answer a click, and go without a trace."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from browser import chromium
from waiting import wait_until

PATIENCE = 120.0
NAME = ".mlw-page__name"


class Complaints:
    """What a page asks other servers for, and the errors of its console."""

    def __init__(self, page: Any, origin: str) -> None:
        own = (f"{origin}/", f"blob:{origin}/", "data:")
        self.strangers: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda r: r.url.startswith(own) or self.strangers.append(r.url))
        page.on("console", lambda c: c.type != "error" or self.errors.append(c.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))


@pytest.fixture
def page() -> Iterator[Any]:
    with chromium() as opened:
        opened.set_default_timeout(PATIENCE * 1000)
        yield opened


@pytest.fixture(scope="module")
def server(serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The strictest server; the scenarios of the pages run on an open one."""
    home = tmp_path_factory.mktemp("home")
    with serving(home, "--dashboards-only", warm_kernels=0) as running:
        yield running


@pytest.mark.parametrize("name", ["ml", "trading"])
def test_a_click_reaches_the_kernel_and_nothing_leaves_the_server(
    server: Any, page: Any, name: str
) -> None:
    complaints = Complaints(page, server.origin)
    page.goto(f"{server.origin}/{name}?token={server.token}")

    page.get_by_text("RU", exact=True).click()

    page.wait_for_function("document.documentElement.lang === 'ru'")
    assert complaints.strangers == []
    assert complaints.errors == []


def test_what_another_process_saves_appears_on_the_page(
    server: Any, page: Any, save_model: Callable[[Path], str]
) -> None:
    page.goto(f"{server.origin}/ml?symbol=SIMUSDT&model=LSTM&token={server.token}")
    page.locator(NAME).wait_for()
    version = save_model(server.home)

    page.get_by_text(version).first.wait_for()


def test_a_page_that_is_left_ends_its_kernel(server: Any, page: Any) -> None:
    page.goto(f"{server.origin}/ml?token={server.token}")
    page.locator(NAME).wait_for()
    kernel = page.evaluate("document.body.dataset.kernelId")
    state = f"/mlwidgets/pages/{kernel}"
    assert server.get(state).json() == {"open": True}

    page.goto("about:blank")

    wait_until(lambda: server.get(state).json() == {"open": False})


def test_the_loading_screen_and_the_page_are_dark_where_the_person_likes_it(
    server: Any, page: Any
) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{server.origin}/ml?token={server.token}", wait_until="commit")
    page.locator("#mlw-loading").wait_for()
    loading = lightness(page, "#mlw-loading")
    page.locator(NAME).wait_for()

    assert max(loading, lightness(page, ".mlw-page")) < 128


def lightness(page: Any, selector: str) -> float:
    """Of the background of an element, from 0 to 255."""
    colour = page.locator(selector).evaluate("e => getComputedStyle(e).backgroundColor")
    return sum(int(part) for part in colour.strip("rgb()").split(",")) / 3


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab in which nothing was configured."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {name: str(tmp_path) for name in ("JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
         "--ServerApp.port_retries=0", "--IdentityProvider.token=t"],
        cwd=tmp_path, env={**os.environ, **folders, "MLWIDGETS_WARM_KERNELS": "0"},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    origin = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(f"{origin}/login"), PATIENCE)
        yield origin
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False


def test_the_pages_are_there_in_jupyterlab_too_and_its_root_stays_its_own(
    lab: str, page: Any
) -> None:
    complaints = Complaints(page, lab)
    page.goto(f"{lab}/trading?token=t")
    page.locator(NAME).wait_for()
    root = requests.get(f"{lab}/?token=t", timeout=PATIENCE)

    assert root.url.partition("?")[0] == f"{lab}/lab"
    assert complaints.errors == []

"""The way from a click through the kernel to the disk and back, in Chromium."""

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

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*OPTIONS])
        yield browser
        browser.close()


class Tab:
    """A page in the browser, and what it has asked for and complained of."""

    def __init__(self, browser: Any, **options: Any) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page = browser.new_context(**options).new_page()
        self.page.set_default_timeout(120_000)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda line: self._note(line.type, line.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.errors.append(text)

    def strangers(self, origin: str) -> list[str]:
        """Requests that went anywhere else than to the server."""
        own = (f"{origin}/", f"blob:{origin}/", "data:")
        return [url for url in self.requests if not url.startswith(own)]

    def close(self) -> None:
        self.page.close(run_before_unload=True)
        self.page.context.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Tab]:
    opened = Tab(chromium)
    yield opened
    opened.page.context.close()


@pytest.fixture(scope="module", params=[(), ("--dashboards-only",)], ids=["open", "closed"])
def server(
    serving: Any, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    with serving(tmp_path_factory.mktemp("home"), *request.param, warm_kernels=1) as running:
        yield running


@pytest.mark.parametrize("page", ["ml", "trading"])
def test_a_click_asks_the_kernel_which_reads_the_disk(
    server: Any, tab: Tab, page: str, save_model: Callable[[Path], str]
) -> None:
    tab.page.goto(f"{server.origin}/{page}?token={server.token}")
    tab.page.get_by_text("No model of BTCUSDT").wait_for()
    version = save_model(server.home)

    tab.page.get_by_role("button", name="Refresh").click()
    tab.page.locator(".page-symbol").click()
    tab.page.get_by_role("option", name="SIMUSDT").click()
    tab.page.get_by_role("cell", name=version).wait_for()

    assert tab.strangers(server.origin) == []
    assert tab.errors == []


def test_a_tab_that_closes_ends_its_kernel(
    server: Any, chromium: Any, wait_until: Callable[[Callable[[], Any]], Any]
) -> None:
    tab = Tab(chromium)
    tab.page.goto(f"{server.origin}/ml?token={server.token}")
    tab.page.get_by_role("button", name="Refresh").wait_for()
    kernel = tab.page.evaluate("document.body.dataset.kernelId")
    assert server.get(f"/mlwidgets/pages/{kernel}").json() == {"open": True}

    tab.close()

    wait_until(lambda: server.get(f"/mlwidgets/pages/{kernel}").json() == {"open": False})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_as_dark_as_the_person_likes_it(
    server: Any, chromium: Any, scheme: str
) -> None:
    tab = Tab(chromium, color_scheme=scheme)
    tab.page.goto(f"{server.origin}/ml?token={server.token}")
    tab.page.get_by_role("button", name="Refresh").wait_for()
    behind = tab.page.evaluate("getComputedStyle(document.querySelector('.page')).backgroundColor")
    tab.close()

    lightness = sum(int(part) for part in behind.strip("rgb()").split(","))
    assert (lightness < 3 * 128) == (scheme == "dark")


@pytest.fixture
def lab(tmp_path: Path, wait_until: Callable[[Callable[[], Any]], Any]) -> Iterator[str]:
    """The address of a JupyterLab in which nothing was configured."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folders = {name: str(tmp_path) for name in ("JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
         "--ServerApp.port_retries=0", "--IdentityProvider.token=t"],
        cwd=tmp_path, env={**os.environ, **folders, "MLWIDGETS_WARM_KERNELS": "0"},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    origin = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(f"{origin}/login"))
        yield origin
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=60).ok
    except requests.ConnectionError:
        return False


def test_the_pages_are_there_in_jupyterlab_too_and_its_root_stays_its_own(
    lab: str, tab: Tab
) -> None:
    tab.page.goto(f"{lab}/trading?token=t")
    tab.page.get_by_role("button", name="Refresh").click()
    root = requests.get(f"{lab}/?token=t", timeout=60)

    assert root.url.partition("?")[0] == f"{lab}/lab"
    assert tab.errors == []

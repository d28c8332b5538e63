"""A notebook in a real page: Voilà, a kernel and Chromium."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from waiting import wait_until

_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def voila(source: str, folder: Path) -> Iterator[str]:
    """Serve a notebook of one cell; the address of its page."""
    cell = nbformat.v4.new_code_cell(source)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(notebook, folder / "page.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voila", "page.ipynb", f"--port={port}", "--no-browser"]
    with (folder / "voila.log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        wait_until(lambda: server.poll() is not None or _answers(port), seconds=60)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@contextmanager
def chromium(width: int = 1440, height: int = 760) -> Iterator[Any]:
    """A page of Debian's Chromium; skips the test where there is none."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium on the PATH")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable, args=_FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        yield page
        page.close(run_before_unload=True)
        browser.close()

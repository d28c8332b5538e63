"""Chromium, and notebooks served to it by Voilà."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update",
           "--disable-sync"]  # fmt: skip


@contextmanager
def chromium(*options: str) -> Iterator[Any]:
    """A browser with its screen drawn in software."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*OPTIONS, *options])
        yield browser
        browser.close()


@contextmanager
def voila(cell: Path) -> Iterator[str]:
    """Serve the code of a file as a notebook of one cell, which can import the files beside it.

    Gives the address of its page.
    """
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell.read_text())])
        nbformat.write(notebook, f"{folder}/page.ipynb")
        command = [sys.executable, "-m", "voila", "page.ipynb", f"--port={port}", "--no-browser"]
        silence = subprocess.DEVNULL
        environment = {**os.environ, "PYTHONPATH": str(cell.parent)}
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=silence, stderr=silence
        )
        try:
            wait_for_port(port)
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.wait()


def wait_for_port(port: int) -> None:
    """Until something listens there."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def leave(page: Page) -> None:
    """Close a page as a person does, so that its kernel ends."""
    page.close(run_before_unload=True)

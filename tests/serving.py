"""`mlwidgets serve` as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import requests

PATIENCE = 120.0
"""Seconds after which an answer will not come any more."""


@dataclass(frozen=True)
class Serving:
    """A running `mlwidgets serve`.

    Attributes:
        process: of the server.
        origin: scheme, host and port.
        token: lets in.
        home: its home folder.
    """

    process: subprocess.Popen[str]
    origin: str
    token: str
    home: Path

    def get(self, path: str, **options: Any) -> requests.Response:
        """Ask with the token."""
        headers = {"Authorization": f"token {self.token}", **options.pop("headers", {})}
        return requests.get(self.origin + path, headers=headers, timeout=PATIENCE, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        """Ask with the token."""
        headers = {"Authorization": f"token {self.token}"}
        return requests.post(self.origin + path, headers=headers, timeout=PATIENCE, **options)

    def kernels(self) -> list[psutil.Process]:
        """The processes that the server has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def open_page(self, page: str) -> str:
        """Open a page without a browser; the id of its kernel."""
        html = self.get(f"/{page}").text
        kernel: str = html.partition('dataset.kernelId = "')[2].partition('"')[0]
        return kernel

    def stop(self) -> int:
        """End the server as a service manager does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def serving(home: Path, *words: str, **settings: object) -> Iterator[Serving]:
    """Run `mlwidgets serve` in a home, with MLWIDGETS_* of these names."""
    home.mkdir(parents=True, exist_ok=True)
    folders = {name: str(home / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
    variables = {f"MLWIDGETS_{name.upper()}": str(value) for name, value in settings.items()}
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlwidgets", "serve", "--json", "--no-browser", "--port", "0",
             "--home", str(home), *words],
            stdout=subprocess.PIPE, stderr=log, text=True, cwd=home,
            env={**os.environ, **folders, "MLWIDGETS_OFFLINE": "1", **variables},
        )  # fmt: skip
    try:
        address = urlsplit(_document(process, home)["ml"])
        token = parse_qs(address.query)["token"][0]
        yield Serving(process, f"http://{address.netloc}", token, home)
    finally:
        process.kill()
        process.wait()


def _document(process: subprocess.Popen[str], home: Path) -> dict[str, Any]:
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            document: dict[str, Any] = json.loads(text)
            return document
    raise AssertionError(f"It did not start: {text}{(home / 'log').read_text()}")

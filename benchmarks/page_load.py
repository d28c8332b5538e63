"""From navigation to the first widget, in Chromium.

The page of `mlwidgets serve` from a warm kernel and from a cold one, with the browser's cache
empty and full, against plain Voilà (`voila ml.ipynb`, with and without its own preheated kernels)
serving the same notebook. Prints the median of the rounds.

Run: python benchmarks/page_load.py [rounds]
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update",
           "--disable-sync"]  # fmt: skip
NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "ml.ipynb"
WIDGET = ".mlw-page__name"
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5


@contextmanager
def running(words: list[str], **variables: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, **variables}
    process = subprocess.Popen(
        [sys.executable, "-m", *words], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def served(warm: int) -> Iterator[tuple[str, psutil.Process, int]]:
    words = ["mlwidgets", "serve", "--json", "--no-browser", "--port", "0"]
    with running(words, MLWIDGETS_WARM_KERNELS=str(warm)) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "}\n")
        address = json.loads("".join(lines) + "}")["ml"]
        yield address, psutil.Process(process.pid), warm


@contextmanager
def plain_voila(warm: int) -> Iterator[tuple[str, psutil.Process, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    pool = [f"--preheat_kernel={bool(warm)}", f"--pool_size={warm}"]
    with running(["voila", str(NOTEBOOK), "--no-browser", f"--port={port}", *pool]) as process:
        yield f"http://127.0.0.1:{port}/", psutil.Process(process.pid), warm


def wait_until_idle(server: psutil.Process, kernels: int) -> None:
    """Until as many kernels as shall wait are there and have stopped computing."""
    while True:
        before = [child.cpu_times().user for child in server.children()]
        time.sleep(1.0)
        after = [child.cpu_times().user for child in server.children()]
        if len(before) == len(after) >= kernels and sum(after) - sum(before) < 0.05:
            return


def seconds_to_widget(page: Any, address: str) -> float:
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(WIDGET, timeout=60_000)
    return time.perf_counter() - started


def measure(browser: Any, server: Any) -> tuple[float, float]:
    """Seconds with an empty and with a full browser cache."""
    empty, full = [], []
    with server as (address, process, kernels):
        wait_for_port(address)
        for _ in range(ROUNDS):
            context = browser.new_context(viewport={"width": 1440, "height": 800})
            for times in (empty, full):
                wait_until_idle(process, kernels)
                page = context.new_page()
                times.append(seconds_to_widget(page, address))
                page.close(run_before_unload=True)
            context.close()
    return median(empty), median(full)


def wait_for_port(address: str) -> None:
    host, port = address.split("/")[2].split(":")
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.1)


def main() -> None:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        os.environ["MLWIDGETS_HOME"] = home
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        for name, server in {
            "mlwidgets, warm kernel": served(1),
            "mlwidgets, cold kernel": served(0),
            "voila, preheated": plain_voila(1),
            "voila, cold kernel": plain_voila(0),
        }.items():
            empty, full = measure(browser, server)
            print(f"{name:24} first widget {empty:.2f} s, with a full cache {full:.2f} s")
        browser.close()


if __name__ == "__main__":
    main()

"""From navigation to the first widget, in Chromium.

The page of `mlwidgets serve` from a warm kernel and from a cold one, at a person's first visit and
at a later one, against plain Voilà (`voila ml.ipynb`, with and without its own preheated kernels)
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
from parts.browser import CHROMIUM, OPTIONS, wait_for_port
from playwright.sync_api import sync_playwright

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "ml.ipynb"
WIDGET = ".mlw-page__name"
VISITS = 4
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
    """Until the kernels that shall wait are there, and none has come, gone or computed lately."""
    while True:
        before = {child.pid: child.cpu_times().user for child in server.children()}
        time.sleep(4.0)
        after = {child.pid: child.cpu_times().user for child in server.children()}
        computed = sum(after.values()) - sum(before.values())
        if before.keys() == after.keys() and len(after) >= kernels and computed < 0.1:
            return


def seconds_to_widget(page: Any, address: str) -> float:
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(WIDGET, timeout=60_000)
    return time.perf_counter() - started


def measure(chromium: Any, server: Any) -> tuple[float, float]:
    """Seconds of a person's first visit and of a later one: their browser keeps files, and the
    code that it made of scripts once it has seen them a few times."""
    first, later = [], []
    with server as (address, process, kernels):
        wait_for_port(int(address.split("/")[2].split(":")[1]))
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as profile:
                person = chromium.launch_persistent_context(
                    profile, executable_path=CHROMIUM, args=OPTIONS
                )
                times = []
                for _ in range(VISITS):
                    wait_until_idle(process, kernels)
                    page = person.new_page()
                    times.append(seconds_to_widget(page, address))
                    page.goto("about:blank")
                    page.close()
                person.close()
            first.append(times[0])
            later.append(times[-1])
    return median(first), median(later)


def main() -> None:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        os.environ["MLWIDGETS_HOME"] = home
        for name, server in {
            "mlwidgets, warm kernel": served(1),
            "mlwidgets, cold kernel": served(0),
            "voila, preheated": plain_voila(1),
            "voila, cold kernel": plain_voila(0),
        }.items():
            first, later = measure(playwright.chromium, server)
            print(f"{name:24} first visit {first:.2f} s, later {later:.2f} s", flush=True)


if __name__ == "__main__":
    main()

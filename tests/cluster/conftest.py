from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from mlwidgets.cluster import open_cluster


@pytest.fixture
def client():
    with open_cluster() as client:
        yield client


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts Python programs with pipes, in sessions of their own; ends them after the test."""
    processes = []

    def run(code: str, *arguments: object, **options: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", code, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
            **options,
        )  # fmt: skip
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()

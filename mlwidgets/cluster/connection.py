"""Where folds are computed: a local cluster kept warm, or a Dask scheduler by address."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import asyncio
import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from distributed import Client
from distributed.comm.core import connect

from mlwidgets.errors import ClusterUnavailable, SpecError
from mlwidgets.settings import get_settings

_CONNECT_SECONDS = 3.0
_CLOSE_SECONDS = 5.0
_WORKER_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    # oneDNN keeps compiled kernels for 1,024 shapes: half a gigabyte after fifty trials.
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64",
}


@contextmanager
def open_cluster(workers: int | None = None, scheduler: str | None = None) -> Iterator[Client]:
    """A Dask client on workers that are ready to compute folds.

    Without a scheduler's address, each worker is a single-threaded process of this machine,
    started on first use and kept warm for the next caller until `close_clusters()` or the end of
    this process, however it ends. Works in scripts without a `__main__` guard.

    Args:
        workers: processes of the local cluster; default: `MLWIDGETS_WORKERS`, else one a core.
        scheduler: address such as `tcp://10.0.0.5:8786`; default: `MLWIDGETS_SCHEDULER`.

    Yields:
        A connected client that is nobody's default client.

    Raises:
        SpecError: `workers` is no positive number, or the address is malformed.
        ClusterUnavailable: the scheduler does not answer or has no workers, or the local
            workers do not start.

    >>> with open_cluster(workers=1) as client:
    ...     client.submit(sum, [1, 2]).result()
    3
    """
    settings = get_settings()
    if scheduler is None and workers is None:
        scheduler = settings.scheduler
    if scheduler is None:
        yield _warm_client(_worker_count(settings.workers if workers is None else workers))
        return
    with _connect(scheduler) as client:
        _require_workers(client, scheduler)
        yield client


def close_clusters() -> None:
    """End the local clusters of this process; the next `open_cluster` starts another."""
    with _lock:
        hosts = [_warm.pop(key) for key in list(_warm) if key[0] == os.getpid()]
    for host in hosts:
        host.close()


def worker_threads(client: Client) -> int:
    """How many folds the workers of a client compute at the same time."""
    return int(max(1, sum(client.nthreads().values())))


@dataclass(frozen=True, slots=True)
class _Host:
    """A local cluster in a process of its own, and the client connected to it."""

    process: subprocess.Popen[str]
    client: Client

    def alive(self) -> bool:
        return self.process.poll() is None and self.client.status == "running"

    def close(self) -> None:
        with suppress(Exception):
            self.client.close(timeout=_CLOSE_SECONDS)
        _end(self.process)


_lock = threading.Lock()
_warm: dict[tuple[int, int], _Host] = {}
"""Local clusters by owner's process id (a fork must not use its parent's) and worker count."""


def _warm_client(workers: int) -> Client:
    key = (os.getpid(), workers)
    with _lock:
        host = _warm.get(key)
        if host is None or not host.alive():
            if host is not None:
                host.close()
            host = _warm[key] = _start_host(workers)
        return host.client


def _start_host(workers: int) -> _Host:
    # The owner's whole import path, as a list of folders; -P: and not the current one besides.
    path = os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mlwidgets.cluster.host", str(workers)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            env={**os.environ, **_WORKER_ENVIRONMENT, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C is for the owner, which may want to save its work.
        )  # fmt: skip
        try:
            return _Host(process, _connect(_announced_address(process)))
        except ClusterUnavailable as error:
            _end(process)
            log.seek(0)
            reason = log.read().strip().splitlines()[-1:] or [error.message]
            raise ClusterUnavailable(
                f"The {workers} local workers did not start: {reason[0]}", workers=workers
            ) from error


def _announced_address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    with process.stdout as announcements:
        line = announcements.readline()
    message = json.loads(line) if line else {}
    if "address" not in message:
        raise ClusterUnavailable(message.get("error", "their host ended without a word"))
    return str(message["address"])


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(timeout=_CLOSE_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):  # a second Ctrl-C will not wait
        process.kill()
        process.wait()


def _connect(address: str) -> Client:
    try:
        _knock(address)
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (ValueError, TypeError) as error:
        raise SpecError(
            f"Scheduler address {address!r} makes no sense ({error}); "
            "write it as 'tcp://host:8786'.",
            field="scheduler", value=str(address),
        ) from error  # fmt: skip
    except Exception as error:  # whatever answers there may be no Dask scheduler at all
        raise ClusterUnavailable(
            f"No Dask scheduler answers at {address!r}: {error}. Start one with "
            "'dask scheduler', correct MLWIDGETS_SCHEDULER, or unset it to use this machine.",
            scheduler=address,
        ) from error


def _knock(address: str) -> None:
    """Shake hands and leave: a Client that fails to connect hangs for seconds when it ends."""

    async def shake_hands() -> None:
        comm = await connect(address, timeout=_CONNECT_SECONDS)
        await comm.close()

    # A thread of its own, because a notebook's has an event loop that is running.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, shake_hands()).result()


def _require_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    except TimeoutError:
        raise ClusterUnavailable(
            f"The Dask scheduler at {address!r} has no workers; start some with "
            f"'dask worker {address}'.",
            scheduler=address,
        ) from None


def _worker_count(wanted: int | None) -> int:
    if wanted is None:
        from dask.system import CPU_COUNT

        return int(CPU_COUNT)
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 1:
        raise SpecError(
            f"workers must be a whole number of at least 1 (got {wanted!r}).",
            field="workers", value=repr(wanted),
        )  # fmt: skip
    return wanted


atexit.register(close_clusters)

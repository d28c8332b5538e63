"""A cluster of several machines: a scheduler on one, workers on the others, joined by TLS."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mlwidgets.cluster.credentials import (
    CREDENTIAL_FILES,
    create_credentials,
    missing_credentials,
    read_credentials,
)
from mlwidgets.cluster.gpus import gpu_of_each, visible_gpus
from mlwidgets.cluster.memory import memory_limit
from mlwidgets.cluster.reaching import check_address, first_cause, knock
from mlwidgets.cluster.servers import configure, scheduler_server, worker_server
from mlwidgets.cluster.signals import told_to_end
from mlwidgets.cluster.starting import check_count, cores
from mlwidgets.errors import ClusterUnavailable
from mlwidgets.settings import get_settings

if TYPE_CHECKING:
    from distributed import Nanny, Security

Say = Callable[[str], None]

_RETRY_SECONDS = 1.0
_CLOSE_SECONDS = 5.0


def run_scheduler(
    host: str | None = None, port: int = 8786, *, tls_dir: Path | None = None, say: Say = print
) -> None:
    """Run a scheduler until Ctrl-C or SIGTERM.

    Args:
        host: name or address to listen at; default: every address of this machine.
        port: to listen at; 0 for one that is free.
        tls_dir: folder of its certificates, made if there are none; default: the settings'.
        say: is told what to do with it.

    Raises:
        ClusterUnavailable: it cannot listen there, or the certificates cannot be used.
    """
    folder = tls_dir or get_settings().tls_dir
    security = _scheduler_credentials(folder, say)
    configure()
    asyncio.run(_schedule(host or "", port, security, folder, say))


def run_worker(
    address: str,
    workers: int | None = None,
    *,
    tls_dir: Path | None = None,
    memory: str | None = None,
    name: str | None = None,
    gpus: int | None = None,
    say: Say = print,
) -> None:
    """Run workers until Ctrl-C or SIGTERM; they come back when the scheduler does.

    Each is a single-threaded process that computes folds and may hold coordinators of jobs.

    Args:
        address: of the scheduler, such as `tls://10.0.0.5:8786`.
        workers: how many; default: the settings', else one a core.
        tls_dir: folder of the certificates; default: the settings'.
        memory: limit of each, such as `2GiB`; default: the settings', else an equal share of the
            machine's.
        name: of this machine's workers in the cluster; default: the machine's and the process's.
        gpus: how many of them get a GPU of their own; default: one for each GPU there is.
        say: is told what happens.

    Raises:
        SpecError: an argument makes no sense.
        ClusterUnavailable: the scheduler does not answer, or refuses the certificates.
    """
    settings = get_settings()
    for count in (workers, settings.workers):
        check_count(count)
    count = workers or settings.workers or cores()
    limit = memory_limit(memory or settings.worker_memory, count)
    security = read_credentials(tls_dir or settings.tls_dir)
    check_address(address)
    knock(address, security)
    configure()
    # Two commands on one machine are two names: a scheduler refuses a worker whose name it has.
    called = name or f"{socket.gethostname()}-{os.getpid()}"
    of_each = gpu_of_each(count, visible_gpus()[:gpus])

    def hire() -> list[Nanny]:
        return [
            worker_server(
                address, security, memory=limit, gpu=gpu,
                name=f"{called}-{index}",
            )
            for index, gpu in enumerate(of_each)
        ]  # fmt: skip

    asyncio.run(_work(address, hire, say))


def _scheduler_credentials(folder: Path, say: Say) -> Security:
    missing = missing_credentials(folder)
    if 0 < len(missing) < len(CREDENTIAL_FILES):
        return read_credentials(folder)  # half a set is not ours to replace; it says what is wrong
    if missing:
        create_credentials(folder)
        say(
            f"Made certificates in {folder}, valid for a year. Whoever has them may run code on "
            "the cluster: copy the folder to your machines and to nobody else's."
        )
    return read_credentials(folder)


async def _schedule(host: str, port: int, security: Security, folder: Path, say: Say) -> None:
    told = told_to_end()
    try:
        scheduler = await scheduler_server(security, host=host, port=port)
    except (OSError, RuntimeError) as error:
        raise ClusterUnavailable(
            f"The scheduler cannot listen at {host or 'any address'}, port {port}: "
            f"{first_cause(error)}. Choose another host or port.",
            host=host, port=port,
        ) from error  # fmt: skip
    say(
        f"Scheduler at {scheduler.address}, certificates in {folder}.\n"
        f"Start workers with: mlwidgets worker {scheduler.address}\n"
        f"Use them with: MLWIDGETS_SCHEDULER={scheduler.address}"
    )
    await told.wait()
    await scheduler.close()


async def _work(address: str, hire: Callable[[], list[Nanny]], say: Say) -> None:
    """Keep workers at a scheduler until told to end, through ends of the scheduler too."""
    told = told_to_end()
    asked = asyncio.ensure_future(told.wait())
    while not asked.done():
        nannies = hire()
        employed = asyncio.ensure_future(_employ(nannies, address, say))
        await asyncio.wait([asked, employed], return_when=asyncio.FIRST_COMPLETED)
        if employed.done() and (error := employed.exception()):
            say(f"The workers did not start: {error}")
        ends = [nanny.close(timeout=_CLOSE_SECONDS) for nanny in nannies]
        await asyncio.gather(employed, *ends, return_exceptions=True)
        if not asked.done():
            say(f"The scheduler at {address} is gone; the workers wait for it.")
            await asyncio.wait([asked], timeout=_RETRY_SECONDS)


async def _employ(nannies: list[Nanny], address: str, say: Say) -> None:
    await asyncio.gather(*nannies)
    count = len(nannies)
    say(f"{count} {'worker' if count == 1 else 'workers'} at {address}.")
    await asyncio.gather(*(nanny.finished() for nanny in nannies))

"""A kernel that has imported everything a page needs before anybody asks for the page."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

WARM_UP = "import torch, mlwidgets; mlwidgets.MLDashboard, mlwidgets.TradingDashboard"
"""What a kernel does ahead: seconds of imports, and nothing that could be out of date later."""

_KERNEL = "python3"
_SECONDS = 60.0


class KernelManager(Protocol):
    """What of jupyter_server's kernel manager is used here."""

    async def start_kernel(self, **arguments: Any) -> str:
        """Start a kernel and return its id."""
        ...

    async def shutdown_kernel(self, kernel_id: str, now: bool = ...) -> None:
        """End a kernel, at once or after it has tidied up."""
        ...

    def get_kernel(self, kernel_id: str) -> Any:
        """The manager of one kernel."""
        ...

    def kernel_model(self, kernel_id: str) -> dict[str, Any]:
        """A kernel's state, with its number of connections."""
        ...

    def __contains__(self, kernel_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class WarmKernel:
    """A kernel that waits for its page.

    Attributes:
        id: of the kernel.
        client: connected to it.
    """

    id: str
    client: Any

    async def hand_over(self, environment: Mapping[str, str]) -> None:
        """Give the kernel the variables of the request that it will serve.

        Raises:
            RuntimeError: the kernel does not answer.
        """
        plain = {str(name): str(value) for name, value in environment.items()}
        await _run(self.client, f"import os; os.environ.update({plain!r})")


async def start_kernel(manager: KernelManager, environment: Mapping[str, str]) -> str:
    """Start a kernel in the server's folder; one whose start is cut off is ended.

    Args:
        manager: of the server's kernels.
        environment: its variables, on top of the server's own.
    """
    start = asyncio.ensure_future(
        manager.start_kernel(kernel_name=_KERNEL, path="", env={**os.environ, **environment})
    )
    try:
        return await asyncio.shield(start)
    except asyncio.CancelledError:
        await manager.shutdown_kernel(await start, now=True)
        raise


async def start_warm_kernel(manager: KernelManager, environment: Mapping[str, str]) -> WarmKernel:
    """Start a kernel and import in it what its page will need; arguments as `start_kernel`.

    Raises:
        RuntimeError: the kernel does not answer, or cannot import it.
    """
    kernel_id = await start_kernel(manager, environment)
    client = manager.get_kernel(kernel_id).client()
    client.allow_stdin = False
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=_SECONDS)
        await _run(client, WARM_UP)
    except BaseException:
        client.stop_channels()
        await manager.shutdown_kernel(kernel_id, now=True)
        raise
    return WarmKernel(kernel_id, client)


async def _run(client: Any, code: str) -> None:
    reply = await client.execute(
        code, silent=True, store_history=False, reply=True, timeout=_SECONDS
    )
    content = reply["content"]
    if content["status"] != "ok":
        raise RuntimeError(f"{content.get('ename')}: {content.get('evalue')}")

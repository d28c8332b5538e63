"""A kernel to which somebody is connected already, for Voilà, which always connects anew.

A new connection listens for 0.2 seconds whether the kernel is silent; a warm kernel's client has
done so long before its page is asked for.
"""

from __future__ import annotations

from typing import Any


class ConnectedKernel:
    """The manager of a kernel whose next client is connected.

    Args:
        manager: of the kernel; does everything else.
        client: that is connected to it.
    """

    def __init__(self, manager: Any, client: Any) -> None:
        self._manager, self._client = manager, client

    def client(self) -> ConnectedClient:
        """The client."""
        return ConnectedClient(self._client)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)


class ConnectedClient:
    """A client that need not connect.

    Args:
        client: that is connected; does everything else.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def start_channels(self) -> None:
        """They are open."""

    async def wait_for_ready(self, timeout: float) -> None:
        """It is ready."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

"""Reaching a scheduler by its address."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import asyncio
import ipaddress
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mlwidgets.errors import ClusterUnavailable, SpecError

if TYPE_CHECKING:
    from distributed import Client, Security

_CONNECT_SECONDS = 3.0


def check_address(address: str) -> None:
    """Refuse an address whose scheduler does not ask for certificates.

    Raises:
        SpecError: it is not `tls://`.
    """
    if not address.startswith("tls://"):
        reason = (
            "anybody who can reach it may run code there"
            if address.startswith("tcp://")
            else "only TLS is spoken"
        )
        raise SpecError(
            f"Scheduler address {address!r} is refused: {reason}. Start the scheduler with "
            "'mlwidgets scheduler', which makes certificates, and write 'tls://host:8786'.",
            field="scheduler", value=address,
        )  # fmt: skip


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own, which no other can reach.

    >>> is_loopback("tls://127.0.0.1:8786"), is_loopback("tls://10.0.0.5:8786")
    (True, False)
    """
    with suppress(ValueError):
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    return False


def connect(address: str, security: Security) -> Client:
    """A client of the scheduler at an address, nobody's default one.

    Raises:
        SpecError: the address is malformed.
        ClusterUnavailable: no scheduler answers there to these credentials.
    """
    from distributed import Client

    knock(address, security)
    try:
        return Client(address, timeout=_CONNECT_SECONDS, security=security, set_as_default=False)
    except Exception as error:
        raise _unreachable(address, error) from error


def knock(address: str, security: Security) -> None:
    """Shake hands with a scheduler and leave.

    A client that fails to connect hangs for seconds when it ends, so it does this first.

    Raises:
        SpecError: the address is malformed.
        ClusterUnavailable: no scheduler answers there to these credentials.
    """
    from distributed.comm.core import connect

    async def shake_hands() -> None:
        arguments = security.get_connection_args("client")
        comm = await connect(address, timeout=_CONNECT_SECONDS, **arguments)
        await comm.close()

    try:
        # A thread of its own, because a notebook's has an event loop that is running.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, shake_hands()).result()
    except (ValueError, TypeError) as error:
        raise SpecError(
            f"Scheduler address {address!r} makes no sense ({error}); "
            "write it as 'tls://host:8786'.",
            field="scheduler", value=str(address),
        ) from error  # fmt: skip
    except Exception as error:  # whatever answers there may be no Dask scheduler at all
        raise _unreachable(address, error) from error


def _unreachable(address: str, error: BaseException) -> ClusterUnavailable:
    return ClusterUnavailable(
        f"No Dask scheduler answers at {address!r} to these certificates: {first_cause(error)}. "
        "Start one with 'mlwidgets scheduler', correct MLWIDGETS_SCHEDULER or MLWIDGETS_TLS, or "
        "unset MLWIDGETS_SCHEDULER to use this machine.",
        scheduler=address,
    )


def first_cause(error: BaseException) -> BaseException:
    """What an error that Dask raises comes from."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error

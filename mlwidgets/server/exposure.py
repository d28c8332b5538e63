"""Who can reach a server, and whether they have to say who they are."""

from __future__ import annotations

from ipaddress import ip_address

from jupyter_server.serverapp import ServerApp

from mlwidgets.errors import SpecError


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server at an address.

    >>> is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("")
    (True, True, False, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def require_authentication(server: ServerApp) -> None:
    """Refuse to serve other machines without a token or a password.

    Raises:
        SpecError: anybody who reaches the server could use it.
    """
    if server.sock or is_loopback(server.ip) or server.identity_provider.auth_enabled:
        return
    raise SpecError(
        f"Everybody who reaches {server.ip or 'this machine'} could use this server: neither a "
        "token nor a password is set. Leave the token to be generated (unset JUPYTER_TOKEN and "
        "IdentityProvider.token), set one, or serve this machine only (--host localhost).",
        host=server.ip,
    )

"""The configuration of the server that `mlwidgets serve` starts."""

from __future__ import annotations

from typing import Any

from mlwidgets.settings import Settings

_ORPHANS = 3600
"""Seconds after which a kernel ends that nobody is connected to and no page has."""


def own_server_config(base: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The configuration of jupyter_server where it is ours.

    Args:
        base: what every extension's server has.
        settings: with which it shall run.
    """
    server = {
        **base["ServerApp"],
        # A server of ours without our pages would be none.
        "reraise_server_extension_failures": True,
        "allow_unauthenticated_access": False,
        "answer_yes": True,
        # Longer than the interval of pings is not possible, and Jupyter's default is.
        "tornado_settings": {"ws_ping_timeout": 30_000},
        # In containers there is often nobody else.
        "allow_root": True,
    }
    kernels: dict[str, Any] = {"cull_idle_timeout": _ORPHANS, "transport_encryption": "auto"}
    if settings.dashboards_only:
        from mlwidgets.server.dashboards_only import WIDGET_MESSAGES, DashboardsOnly

        server |= {"authorizer_class": DashboardsOnly, "terminals_enabled": False}
        kernels["allowed_message_types"] = WIDGET_MESSAGES
    identity = {"cookie_options": {"samesite": "Lax"}}
    return {
        **base, "ServerApp": server, "MappingKernelManager": kernels, "IdentityProvider": identity,
    }  # fmt: skip

"""The configuration of the server that `mlwidgets serve` starts."""

from __future__ import annotations

import logging
from typing import Any

from mlwidgets.settings import Settings

_ORPHANS = 3600
"""Seconds after which a kernel ends that nobody is connected to and no page has."""


def accept_pings() -> None:
    """Keep tornado from complaining that Jupyter waits for three pings.

    Jupyter sends its own; with less patience it would close every connection at its first.
    """
    logging.getLogger("tornado.general").addFilter(
        lambda record: "websocket_ping_timeout" not in record.getMessage()
    )


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

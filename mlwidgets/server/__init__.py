"""One server: pages, REST API and security."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """What jupyter_server asks a package that is enabled as its extension."""
    from mlwidgets.server.extension import MLWidgetsApp

    return [{"module": "mlwidgets.server.extension", "app": MLWidgetsApp}]

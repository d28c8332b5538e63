"""How Voilà is set up for our pages."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from typing import Any

from jupyter_server.serverapp import ServerApp
from voila.configuration import VoilaConfiguration
from voila.handler import BaseVoilaHandler
from voila.utils import get_page_config

from mlwidgets.server.assets import WIDGET_LIBRARIES, asset_options
from mlwidgets.server.templates import template_paths


def voila_options(server: ServerApp) -> dict[str, Any]:
    """What Voilà's page handler takes.

    Args:
        server: whose configuration is the base.
    """
    configuration = VoilaConfiguration(
        parent=server,
        template="mlwidgets",
        # A request chooses neither: only these are known to load nothing from elsewhere.
        allow_template_override="NO",
        allow_theme_override="NO",
        theme="light",
        strip_sources=True,
        # In the kernel: HTTP_ACCEPT_LANGUAGE.
        http_header_envs=["Accept-Language"],
        show_tracebacks=False,
        extension_allowlist=list(WIDGET_LIBRARIES),
        page_config_hook=_ours,
    )
    return {
        "voila_configuration": configuration,
        "template_paths": template_paths(),
        "config": server.config,
    }


def page_options(handler: BaseVoilaHandler) -> dict[str, Any]:
    """What a page's scripts are told, all but the kernel.

    Args:
        handler: of the page.
    """
    voila: VoilaConfiguration = handler.voila_configuration
    shared: dict[str, Any] = {"settings": handler.settings, "log": handler.log}
    options = get_page_config(base_url=handler.base_url, voila_configuration=voila, **shared)
    return _ours(options, handler.base_url)


def _ours(options: dict[str, Any], base_url: str, **_: Any) -> dict[str, Any]:
    ours = {"mathjaxConfig": None, "fullMathjaxUrl": None, "headIsSent": True}
    return {**options, **asset_options(base_url), **ours}

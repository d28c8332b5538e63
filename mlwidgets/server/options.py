"""The server's options as traitlets, so that Jupyter's configuration files and command lines
set them as they set Jupyter's own. What is given there goes into the environment: settings are
read from one place, by the server, its kernels and the cluster alike."""

from __future__ import annotations

import os
from typing import Any

from traitlets import Bool, Float, HasTraits, Integer, TraitType, Unicode

from mlwidgets.settings import Settings, as_environment, get_settings


def _option(kind: type[TraitType[Any, Any]], text: str) -> Any:
    return kind(None, allow_none=True, help=f"{text} Default: the environment's.").tag(config=True)


class ServerOptions(HasTraits):
    """Settings that a server may be given; None leaves the environment's."""

    home = _option(Unicode, "Folder of models/ and data/.")
    models = _option(Unicode, "Folder of the models, where it is not `models` in `home`.")
    exchange = _option(Unicode, "ccxt's name of the exchange.")
    offline = _option(Bool, "Ask no exchange; stored candles only.")
    page_limit = _option(Integer, "Pages open at the same time.")
    warm_kernels = _option(Integer, "Kernels kept ready for pages.")
    orphan_seconds = _option(Float, "Seconds that a kernel outlives its page's last connection.")
    dashboards_only = _option(Bool, "Offer the pages and their API, nothing else of Jupyter.")

    def use_options(self, *, everywhere: bool) -> Settings:
        """Put what was given into the environment.

        Args:
            everywhere: also what was not given, so that processes started in other folders
                have the same home.

        Returns:
            The settings in force.

        Raises:
            SpecError: a value makes no sense.
        """
        for name in ServerOptions.class_own_traits():
            if (value := getattr(self, name)) is not None:
                os.environ[f"MLWIDGETS_{name.upper()}"] = str(value)
        settings = get_settings()
        if everywhere:
            os.environ.update(as_environment(settings))
        return settings

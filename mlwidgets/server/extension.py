"""The extension of jupyter_server: its routes, and what its handlers work with."""

# jupyter_server and tornado are annotated in parts.
# mypy: disable-error-code="misc, no-untyped-call"

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_server.extension.application import ExtensionApp

from mlwidgets.cluster import leave_cluster
from mlwidgets.errors import SpecError
from mlwidgets.server.assets import asset_routes
from mlwidgets.server.dashboards_only import closing_rule
from mlwidgets.server.exposure import require_authentication
from mlwidgets.server.options import ServerOptions
from mlwidgets.server.own_server import accept_pings, own_server_config
from mlwidgets.server.page import PAGE_KERNELS, PageHandler
from mlwidgets.server.page_end import PageEndHandler, PageStateHandler
from mlwidgets.server.page_kernels import PageKernels
from mlwidgets.server.pickup import JobPickup
from mlwidgets.server.secrets import WithoutToken
from mlwidgets.settings import as_environment

API = "mlwidgets"
"""Key of what the API's operations work with in tornado's settings."""

_KERNEL = r"(\w+-\w+-\w+-\w+-\w+)"


class MLWidgetsApp(ServerOptions, ExtensionApp):
    """Our pages in a Jupyter server: one of our own (`mlwidgets serve`), JupyterLab's, or a hub's.

    Options are traits (`c.MLWidgetsApp.page_limit = 4`) and variables (`MLWIDGETS_PAGE_LIMIT=4`).
    """

    name = "mlwidgets"
    extension_url = "/ml"
    file_url_prefix = "ml"
    load_other_extensions = False

    @classmethod
    def get_extension_package(cls) -> str:
        """The package that jupyter_server asks for its extension."""
        return "mlwidgets.server"

    @property
    def alone(self) -> bool:
        """Whether this is our own server rather than a guest in JupyterLab's."""
        return self.serverapp is not None and self.serverapp.starter_app is self

    def initialize_settings(self) -> None:
        """Open what the handlers work with."""
        from mlwidgets.server.api import Services

        assert self.serverapp is not None
        settings = self.use_options(everywhere=self.alone)
        if self.alone:
            require_authentication(self.serverapp)
            accept_pings()
            self.serverapp.log.addFilter(WithoutToken(self.serverapp.identity_provider.token))
        if settings.dashboards_only:
            self._close_the_rest()
        self.settings[API] = Services(settings)
        self._pickup = JobPickup(settings)
        self.settings[PAGE_KERNELS] = PageKernels(
            self.serverapp.kernel_manager,
            limit=settings.page_limit,
            warm=settings.warm_kernels,
            orphan_seconds=settings.orphan_seconds,
            environment=as_environment(settings),
            log=self.log,
        )

    def initialize_handlers(self) -> None:
        """The route map."""
        from mlwidgets.server.api import api_routes
        from mlwidgets.server.voila_pages import voila_options

        assert self.serverapp is not None
        voila = voila_options(self.serverapp)
        self.handlers.extend(
            [
                (r"/(ml|trading)", PageHandler, voila),
                (rf"/mlwidgets/pages/{_KERNEL}", PageStateHandler),
                (rf"/voila/api/shutdown/{_KERNEL}", PageEndHandler, {"others": not self.alone}),
                *asset_routes(),
                *api_routes(),
            ]
        )

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        self.settings[PAGE_KERNELS].start()
        self._pickup.start()

    async def stop_extension(self) -> None:
        """Start nothing more; the server ends the kernels, and jobs that run go on without it."""
        self._pickup.stop()
        await self.settings[PAGE_KERNELS].stop()
        self.settings[API].close()
        if self.alone:
            await asyncio.to_thread(leave_cluster)

    def _close_the_rest(self) -> None:
        if not self.alone:
            raise SpecError(
                "dashboards_only closes a whole server: it works in 'mlwidgets serve' only. "
                "Unset MLWIDGETS_DASHBOARDS_ONLY here.", field="dashboards_only",
            )  # fmt: skip
        assert self.serverapp is not None
        app = self.serverapp.web_app
        app.default_router.rules.insert(0, closing_rule(app.settings["base_url"]))

    def _jupyter_server_config(self) -> dict[str, Any]:
        return own_server_config(
            super()._jupyter_server_config(), self.use_options(everywhere=True)
        )


main = MLWidgetsApp.launch_instance

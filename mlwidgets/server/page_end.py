"""What a page asks of its server besides its kernel: whether it still has one, and its end."""

# jupyter_server is annotated in parts.
# mypy: disable-error-code="misc, no-untyped-call, untyped-decorator"

from __future__ import annotations

from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError, authenticated

from mlwidgets.server.page import PAGE_KERNELS


class PageStateHandler(APIHandler):
    """GET /mlwidgets/pages/{kernel}: whether the page's kernel lives."""

    @authenticated
    def get(self, kernel_id: str) -> None:
        """Tell whether the page still works."""
        self.finish({"open": kernel_id in self.settings[PAGE_KERNELS]})


class PageEndHandler(APIHandler):
    """POST /voila/api/shutdown/{kernel}: a browser has left its page.

    This is Voilà's address, which its script has built in. Where other pages of Voilà are served
    too, in JupyterLab, their kernels end as well.
    """

    def initialize(self, others: bool) -> None:
        """Serve our pages.

        Args:
            others: whether to end kernels that are not of our pages.
        """
        self._others = others

    @authenticated
    async def post(self, kernel_id: str) -> None:
        """End the kernel."""
        pages: Any = self.settings[PAGE_KERNELS]
        if kernel_id in pages:
            await pages.close(kernel_id)
        elif self._others and kernel_id in self.kernel_manager:
            await ensure_async(self.kernel_manager.shutdown_kernel(kernel_id))
        else:
            raise HTTPError(404, "No page has this kernel.")
        self.set_status(204)
        self.finish()

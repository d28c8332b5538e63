"""A dashboard's page: its notebook, executed in a kernel of its own and rendered as it runs."""

# jupyter_server, tornado and Voilà are annotated in parts.
# mypy: disable-error-code="misc, no-untyped-call, untyped-decorator, no-any-return"

from __future__ import annotations

from http.client import responses
from typing import Any
from urllib.parse import urlencode

from tornado.iostream import StreamClosedError
from tornado.web import authenticated
from voila.tornado.handler import TornadoVoilaHandler

from mlwidgets.server.headers import PAGE_HEADERS
from mlwidgets.server.page_kernels import PageKernels, PagesFull
from mlwidgets.server.pages import PackagedNotebooks
from mlwidgets.server.templates import render
from mlwidgets.server.voila_pages import page_options

PAGE_KERNELS = "mlwidgets_page_kernels"
"""Key of the server's `PageKernels` in tornado's settings."""


class PageHandler(TornadoVoilaHandler):
    """GET /ml and /trading."""

    kernel_manager = None  # the page's place: Voilà starts and asks for the kernel there

    @property
    def contents_manager(self) -> PackagedNotebooks:
        """Where Voilà reads the notebook."""
        return PackagedNotebooks()

    def set_default_headers(self) -> None:
        """Send our headers in place of Jupyter's."""
        super().set_default_headers()
        for name, value in PAGE_HEADERS.items():
            self.set_header(name, value)

    @authenticated
    async def get(self, page: str) -> None:
        """Render the page while its cells run.

        Args:
            page: name of its notebook.
        """
        if "token" in self.request.query_arguments:
            self.redirect(self._address_without_token())
            return
        # The page's own requests are refused without the cookie that this sets.
        _ = self.xsrf_token
        kernels: PageKernels = self.settings[PAGE_KERNELS]
        try:
            self.kernel_manager = await kernels.take_place()
        except PagesFull:
            self._say_that_it_is_full(kernels.limit)
            return
        try:
            await self._render(f"{page}.ipynb")
        finally:
            kernels.leave(self.kernel_manager)

    async def _render(self, path: str) -> None:
        """Show the loading screen at once, then the page's parts as they come."""
        notebook = self.contents_manager.get(path)["content"]
        head = render("head.html.j2", title=notebook.metadata.title, options=page_options(self))
        try:
            self.write(head)
            await self.flush()
            async for part in self.get_generator(path=path):
                self.write(part)
                await self.flush()
        except StreamClosedError:
            self.log.debug("The browser left before the page was there.")
        except Exception:  # the status is sent: the page itself must tell
            self.log.exception("%s cannot be rendered.", path)
            await self.finish("<script>window.mlw_failed();</script></body></html>")

    def _address_without_token(self) -> str:
        """The login is in a cookie by now, and a token does not belong into a history."""
        rest = [
            (name, value)
            for name, values in self.request.query_arguments.items()
            if name != "token"
            for value in values
        ]
        return self.request.path + (f"?{urlencode(rest)}" if rest else "")

    def _say_that_it_is_full(self, limit: int) -> None:
        self.set_status(503)
        self.set_header("Retry-After", "15")
        self.finish(
            render(
                "notice.html.j2",
                title="Every page is in use",
                text=f"This server opens {limit} at the same time. Close one that nobody needs; "
                "this page tries again every 15 seconds.",
                again=15,
            )
        )

    def write_error(self, status_code: int, **_: Any) -> None:
        """Show what went wrong in a page of ours; the reasons are in the log."""
        self.finish(
            render(
                "notice.html.j2",
                title="This page cannot be shown",
                text=f"{status_code} {responses.get(status_code, '')}. The server's log says why.",
                again=None,
            )
        )

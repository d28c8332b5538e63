"""What is left of a Jupyter server that shows dashboards and nothing else.

Two locks on one door: addresses that are not on a short list do not exist, whatever handlers are
installed; and of kernels only those of open pages can be reached, and only with the messages of
widgets, so that nobody who looks at a page can run code.
"""

# jupyter_server is annotated in parts.
# mypy: disable-error-code="misc, no-untyped-call, untyped-decorator"

from __future__ import annotations

import re
from typing import Any

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.base.handlers import JupyterHandler
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import ErrorHandler

from mlwidgets.server.page import PAGE_KERNELS

WIDGET_MESSAGES = [
    "comm_close", "comm_info_request", "comm_msg", "comm_open", "kernel_info_request",
]  # fmt: skip
"""The kernel messages that a page sends; none of them runs code that the sender wrote."""

_KERNEL = r"\w+-\w+-\w+-\w+-\w+"
_OPEN = (
    r"", r"ml", r"trading", r"api/ml(?:/.*)?", r"mlwidgets/.*",
    rf"voila/api/shutdown/{_KERNEL}", rf"api/kernels/{_KERNEL}", rf"api/kernels/{_KERNEL}/channels",
    r"login", r"logout", r"oauth_callback", r"static/.*", r"favicon\.ico",
)  # fmt: skip


class DashboardsOnly(Authorizer):
    """Lets people use our pages and our API, and look at a page's own kernel."""

    def is_authorized(self, handler: JupyterHandler, user: Any, action: str, resource: str) -> bool:
        """Whether the request may go on."""
        if resource == "mlwidgets":
            return True
        websocket = handler.request.path.endswith("/channels")
        mine = handler.path_kwargs.get("kernel_id") in handler.settings[PAGE_KERNELS]
        return resource == "kernels" and mine and (action == "read" or websocket)


class _Closed(Matcher):
    """Matches every address but those that are open."""

    def __init__(self, base_url: str) -> None:
        self._open = re.compile(f"{re.escape(base_url)}(?:{'|'.join(_OPEN)})")

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return None if self._open.fullmatch(request.path) else {}


def closing_rule(base_url: str) -> Rule:
    """The route that goes before all others.

    Args:
        base_url: of the server, with slashes at both ends.
    """
    return Rule(_Closed(base_url), ErrorHandler, {"status_code": 404})

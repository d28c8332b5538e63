"""How the API answers: always in its own shape, whoever refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from http.client import responses
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado import web

from mlwidgets.server.api.errors import OF_STATUS, BadRequest, InternalError
from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.perform import Answer, refusal

_UNTOLD = {403: "Log in first, or send the header 'Authorization: token TOKEN'"}
"""What to say of refusals that come without a word."""


class AnsweringHandler(APIHandler):
    """Sends answers, and what the web server or Jupyter refuses as answers too."""

    operations: dict[str, Operation]
    """Of this address, by method."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer what the web server or Jupyter refuses in the API's own shape."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        kind = OF_STATUS.get(status_code, BadRequest if status_code < 500 else InternalError)
        told = isinstance(error, web.HTTPError) and (error.log_message or "") % error.args
        message = told or _UNTOLD.get(status_code) or responses.get(status_code, "Refused")
        allowed = {"Allow": ", ".join(self.operations)} if status_code == 405 else {}
        self.send(refusal(kind(f"{message}."), allowed), status=status_code)

    def send(self, answer: Answer, status: int | None = None) -> None:
        """Send an answer whole."""
        self.set_status(status or answer.status)
        self.set_header("Cache-Control", "no-store")
        for name, value in answer.headers.items():
            self.set_header(name, value)
        if answer.status == 204:
            self.finish()
        else:
            self.finish(answer.body, set_content_type=answer.media_type)

    def compute_etag(self) -> None:
        """Every answer is sent whole."""

    def update_api_activity(self) -> None:
        """Tell Jupyter that somebody is there; a query of ours needs no word for it."""
        if getattr(self, "_jupyter_current_user", None):
            self.settings["api_last_activity"] = datetime.now(UTC)

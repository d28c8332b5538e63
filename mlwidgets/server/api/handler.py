"""The one web handler: it lets people in, takes their bytes, and sends answers."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.iostream import StreamClosedError

from mlwidgets.errors import MlwidgetsError
from mlwidgets.server.api.answering import AnsweringHandler
from mlwidgets.server.api.errors import TooManyRequests
from mlwidgets.server.api.operation import EVENT_STREAM, EventStream, Operation
from mlwidgets.server.api.perform import Answer, perform, refusal
from mlwidgets.server.api.reading import Request
from mlwidgets.server.api.services import Services
from mlwidgets.server.api.streaming import LOOK_SECONDS, MOST_STREAMS, follow, is_over

AUTH_RESOURCE = "mlwidgets"
"""What a Jupyter authorizer calls this API."""


@web.stream_request_body
class OperationHandler(AnsweringHandler):
    """Serves the operations of one path."""

    auth_resource = AUTH_RESOURCE

    def initialize(self, operations: dict[str, Operation]) -> None:
        """Take the operations of the path, by method."""
        self.operations = operations
        self._body = bytearray()
        self._size = 0
        self._gone = asyncio.Event()
        self._refused: web.HTTPError | None = None

    @property
    def _services(self) -> Services:
        services: Services = self.settings["mlwidgets"]
        return services

    async def prepare(self) -> None:  # type: ignore[override]
        """Decide who is let in, before any of a body is kept.

        Who is not is told so after the body: an answer in the middle of it would be lost with
        the connection.
        """
        try:
            await super().prepare()
            self._check_address()
        except web.HTTPError as error:
            self._refused = error

    def _check_address(self) -> None:
        method = self.request.method
        if method == "OPTIONS":
            return
        if self.current_user is None:
            raise web.HTTPError(403)
        if not self.operations:
            raise web.HTTPError(404, "There is nothing at this address; see /api/ml/docs")
        if method not in self.operations:
            raise web.HTTPError(405, "This address takes %s", ", ".join(self.operations))

    def data_received(self, chunk: bytes) -> None:
        """Keep a body as far as the operation reads it; count the rest and let it go."""
        self._size += len(chunk)
        operation = self.operations.get(str(self.request.method))
        if self._refused is None and operation is not None and self._size <= operation.limit:
            self._body += chunk
        else:
            self._body.clear()

    @web.authenticated
    @authorized
    async def get(self, **path: str) -> None:
        """Read."""
        await self._serve(path)

    @web.authenticated
    @authorized
    async def post(self, **path: str) -> None:
        """Change."""
        await self._serve(path)

    @web.authenticated
    @authorized
    async def delete(self, **path: str) -> None:
        """Delete."""
        await self._serve(path)

    async def _serve(self, path: dict[str, str]) -> None:
        if self._refused is not None:
            raise self._refused
        operation = self.operations[str(self.request.method)]
        request = Request(
            path=path, query=self.request.query_arguments, headers=self.request.headers,
            body=bytes(self._body), size=self._size, person=self._person(),
        )  # fmt: skip
        answer = await self._services.lanes.run(
            operation.lane, perform, operation, self._services, request
        )
        if answer.stream is not None:
            await self._stream(answer.stream)
        else:
            self.send(answer)

    def _person(self) -> str:
        """Whom a rate is counted for; Jupyter invents a name for each request with a token."""
        if self.token_authenticated or not self.identity_provider.auth_enabled:
            return ""
        return str(self.current_user.username)

    async def _stream(self, stream: EventStream) -> None:
        services = self._services
        if services.open_streams >= MOST_STREAMS:
            self.send(refusal(_too_many()))
            return
        services.open_streams += 1
        try:
            if await is_over(services, stream):
                self.send(Answer(204))
            else:
                await self._follow(stream)
        except MlwidgetsError as error:
            self._end_stream(error)
        except StreamClosedError:
            return
        finally:
            services.open_streams -= 1

    async def _follow(self, stream: EventStream) -> None:
        self.set_header("Content-Type", EVENT_STREAM)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")
        async with aclosing(follow(self._services, stream, self._pause)) as pieces:
            async for piece in pieces:
                self.write(piece)
                await self.flush()
        await self.finish(set_content_type=EVENT_STREAM)

    def _end_stream(self, error: MlwidgetsError) -> None:
        """Tell of trouble in the middle; where nothing was sent yet, as any answer."""
        if not self._headers_written:
            self.send(refusal(error))
        elif not self._finished:
            self.finish(set_content_type=EVENT_STREAM)

    async def _pause(self) -> bool:
        """Wait a moment; False where the listener has gone."""
        try:
            await asyncio.wait_for(self._gone.wait(), LOOK_SECONDS)
        except TimeoutError:
            return True
        return False

    def on_connection_close(self) -> None:
        """The listener has gone."""
        self._gone.set()
        super().on_connection_close()


def _too_many() -> TooManyRequests:
    return TooManyRequests(
        f"{MOST_STREAMS} streams of events are open already; close one, or ask for pages with "
        "Accept: application/json."
    )

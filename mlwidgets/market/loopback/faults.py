"""What a loopback exchange can be told to do wrong."""

from __future__ import annotations

import asyncio
import json
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""Answers a request as a well-behaved exchange does."""

Row = list[Any]
"""One kline as Binance sends it: open time, open, high, low, close, volume, ..."""


class Fault:
    """One way to misbehave; the base behaves well."""

    async def respond(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Answer a request, by `answer` or in some worse way."""
        return await answer(request)


class BarsFault(Fault):
    """An answer whose bars are changed by `spoil`."""

    async def respond(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Answer with spoiled bars."""
        good = await answer(request)
        if good.status != 200 or not isinstance(good, web.Response):
            return good
        return web.json_response(self.spoil(json.loads(good.text or "[]")))

    @abstractmethod
    def spoil(self, rows: list[Row]) -> list[Row]:
        """Change the bars of an answer."""


@dataclass(frozen=True)
class RateLimited(Fault):
    """HTTP 429 with Retry-After in seconds; None leaves the header out."""

    retry_after: float | None = None

    async def respond(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Refuse as Binance does when the weight of a minute is used up."""
        return refuse(429, -1003, "Too many requests; current limit is 6000.", self.retry_after)


@dataclass(frozen=True)
class Banned(Fault):
    """HTTP 418: the address is banned for `retry_after` seconds."""

    retry_after: float = 120.0

    async def respond(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Refuse as Binance does after 429 was ignored."""
        return refuse(418, -1003, "Way too much request weight used; IP banned.", self.retry_after)


@dataclass(frozen=True)
class ServerError(Fault):
    """An HTTP 5xx answer with a web page in it, as gateways send."""

    status: int = 503

    async def respond(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Answer as a gateway whose exchange is down."""
        page = "<html><body>The service is not available</body></html>"
        return web.Response(status=self.status, text=page, content_type="text/html")


@dataclass(frozen=True)
class Slow(Fault):
    """The right answer, `seconds` late."""

    seconds: float

    async def respond(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Wait, then answer."""
        await asyncio.sleep(self.seconds)
        return await answer(request)


@dataclass(frozen=True)
class TruncatedJson(Fault):
    """HTTP 200 with the first half of the right answer."""

    async def respond(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Cut the answer in half."""
        whole = await answer(request)
        text = (whole.text or "") if isinstance(whole, web.Response) else ""
        return web.Response(text=text[: len(text) // 2], content_type="application/json")


@dataclass(frozen=True)
class DropConnection(Fault):
    """The connection is reset instead of an answer."""

    async def respond(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Reset the connection."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


@dataclass(frozen=True)
class DuplicateBars(BarsFault):
    """Every bar is sent twice."""

    def spoil(self, rows: list[Row]) -> list[Row]:
        """Repeat each bar."""
        return [row for row in rows for _ in range(2)]


@dataclass(frozen=True)
class OutOfOrderBars(BarsFault):
    """The bars come newest first."""

    def spoil(self, rows: list[Row]) -> list[Row]:
        """Turn the bars around."""
        return rows[::-1]


@dataclass(frozen=True)
class ContradictoryBars(BarsFault):
    """The first bar is sent twice, the second time with another volume."""

    def spoil(self, rows: list[Row]) -> list[Row]:
        """Put a contradicting copy behind the first bar."""
        return [row for first in rows[:1] for row in (first, _with(first, 5, "123456"))] + rows[1:]


@dataclass(frozen=True)
class BadBars(BarsFault):
    """The first bar's high is below its low."""

    def spoil(self, rows: list[Row]) -> list[Row]:
        """Halve the first bar's high."""
        return [_with(row, 2, str(float(row[3]) / 2)) for row in rows[:1]] + rows[1:]


def refuse(status: int, code: int, text: str, retry_after: float | None = None) -> web.Response:
    """An error as Binance sends it."""
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return web.json_response({"code": code, "msg": text}, status=status, headers=headers)


def _with(row: Row, column: int, value: Any) -> Row:
    return [*row[:column], value, *row[column + 1 :]]

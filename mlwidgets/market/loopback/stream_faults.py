"""What a loopback exchange's candle streams can be told to do wrong, one kline at a time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Send = Callable[[str], Awaitable[None]]
"""Sends one text frame."""

Message = dict[str, Any]
"""A kline event as Binance sends it, within its stream's name where streams are combined."""


class StreamFault:
    """One way to pass a kline on; the base passes it on as it is."""

    async def pass_on(self, message: Message, send: Send) -> None:
        """Send a kline, or something worse."""
        await send(json.dumps(message))


@dataclass(frozen=True)
class LostKline(StreamFault):
    """The kline is never sent."""

    async def pass_on(self, message: Message, send: Send) -> None:
        """Send nothing."""


@dataclass(frozen=True)
class LateKline(StreamFault):
    """The kline and those behind it come `seconds` late."""

    seconds: float

    async def pass_on(self, message: Message, send: Send) -> None:
        """Wait, then send."""
        await asyncio.sleep(self.seconds)
        await super().pass_on(message, send)


@dataclass(frozen=True)
class RepeatedKline(StreamFault):
    """The kline comes twice."""

    async def pass_on(self, message: Message, send: Send) -> None:
        """Send it, and once more."""
        await super().pass_on(message, send)
        await super().pass_on(message, send)


@dataclass(frozen=True)
class ShiftedKline(StreamFault):
    """The kline claims to open so many candles later than it does; earlier where negative."""

    candles: int

    async def pass_on(self, message: Message, send: Send) -> None:
        """Send it with other times."""
        kline = _kline(message)
        by = self.candles * (kline["T"] + 1 - kline["t"])
        await super().pass_on(_changed(message, t=kline["t"] + by, T=kline["T"] + by), send)


@dataclass(frozen=True)
class WrongKline(StreamFault):
    """The kline's prices are `factor` times too high."""

    factor: float = 1.5

    async def pass_on(self, message: Message, send: Send) -> None:
        """Send it with other prices."""
        kline = _kline(message)
        prices = {name: repr(float(kline[name]) * self.factor) for name in "ohlc"}
        await super().pass_on(_changed(message, **prices), send)


@dataclass(frozen=True)
class Garbage(StreamFault):
    """A text comes instead of the kline, by default half of one."""

    text: str = '{"e":"kline","E":17'

    async def pass_on(self, message: Message, send: Send) -> None:
        """Send the text."""
        await send(self.text)


def _kline(message: Message) -> dict[str, Any]:
    kline: dict[str, Any] = message.get("data", message)["k"]
    return kline


def _changed(message: Message, **fields: Any) -> Message:
    if "data" in message:
        return {**message, "data": _changed(message["data"], **fields)}
    return {**message, "k": {**message["k"], **fields}}

"""A candle as Binance's kline stream writes it, and the stream's name."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from mlwidgets.market.loopback.rest import decimal
from mlwidgets.market.loopback.stream_faults import Message
from mlwidgets.market.timeframes import MINUTES

_NAME = re.compile(r"([a-z0-9]+)@kline_(\w+)")


@dataclass(frozen=True)
class StreamName:
    """What a stream is of.

    Attributes:
        symbol: without separators, e.g. `BTCUSDT`.
        timeframe: of the candles.
    """

    symbol: str
    timeframe: str


def stream_name(name: str) -> StreamName | None:
    """The stream of a name, or None where it names no stream of candles.

    >>> stream_name("btcusdt@kline_1h")
    StreamName(symbol='BTCUSDT', timeframe='1h')
    """
    match = _NAME.fullmatch(name)
    if match is None or match[2] not in MINUTES:
        return None
    return StreamName(match[1].upper(), match[2])


def kline_event(
    stream: StreamName, time: int, bar: np.ndarray, step: int, now: int, closed: bool
) -> Message:
    """A kline event; what candles do not tell (trades, taker volumes) is zero.

    Args:
        stream: what the kline is of.
        time: its open time, epoch milliseconds.
        bar: (5,) open, high, low, close, volume.
        step: its length, milliseconds.
        now: the market's time, epoch milliseconds.
        closed: whether the kline is finished.
    """
    open_, high, low, close, volume = map(decimal, bar.tolist())
    kline = {
        "t": time, "T": time + step - 1, "s": stream.symbol, "i": stream.timeframe,
        "f": -1, "L": -1, "o": open_, "c": close, "h": high, "l": low, "v": volume, "n": 0,
        "x": closed, "q": decimal(float(bar[3] * bar[4])), "V": "0.00000000", "Q": "0.00000000",
        "B": "0",
    }  # fmt: skip
    return {"e": "kline", "E": now, "s": stream.symbol, "k": kline}

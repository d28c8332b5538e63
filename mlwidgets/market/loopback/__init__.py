"""A loopback exchange: Binance's public REST and kline streams from candles, on 127.0.0.1.

Tests and demos point the real ccxt at it. It keeps Binance's paging limits and error
codes, serves the bar that contains its clock's now unfinished, and misbehaves on order.
"""

from mlwidgets.market.loopback.faults import (
    BadBars,
    Banned,
    BarsFault,
    ContradictoryBars,
    DropConnection,
    DuplicateBars,
    Fault,
    OutOfOrderBars,
    RateLimited,
    ServerError,
    Slow,
    TruncatedJson,
)
from mlwidgets.market.loopback.server import LoopbackExchange, Request
from mlwidgets.market.loopback.stream_faults import (
    Garbage,
    LateKline,
    LostKline,
    RepeatedKline,
    ShiftedKline,
    StreamFault,
    WrongKline,
)

__all__ = [
    "BadBars",
    "Banned",
    "BarsFault",
    "ContradictoryBars",
    "DropConnection",
    "DuplicateBars",
    "Fault",
    "Garbage",
    "LateKline",
    "LoopbackExchange",
    "LostKline",
    "OutOfOrderBars",
    "RateLimited",
    "RepeatedKline",
    "Request",
    "ServerError",
    "ShiftedKline",
    "Slow",
    "StreamFault",
    "TruncatedJson",
    "WrongKline",
]

"""Binance's public REST, spoken from a history and a clock.

Paths, parameters, limits and error codes follow
https://developers.binance.com/docs/binance-spot-api-docs/rest-api .
What candles do not tell (trades, taker volumes) is sent as zero.
"""

from __future__ import annotations

import re

from aiohttp import web

from mlwidgets.errors import SpecError
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.loopback.clock import MarketClock
from mlwidgets.market.loopback.faults import Row, refuse
from mlwidgets.market.loopback.history import Bars, History
from mlwidgets.market.symbols import split_symbol
from mlwidgets.market.timeframes import MINUTES

DEFAULT_LIMIT = 500
MAX_LIMIT = 1000

_LEGAL = "^[0-9]{1,20}$"


class BinanceRest:
    """The handlers of `/api/v3`.

    Args:
        history: the candles to serve.
        clock: tells how much of them exists already.
    """

    def __init__(self, history: History, clock: MarketClock) -> None:
        self.history = history
        self.clock = clock
        self._info = [_symbol_info(symbol) for symbol in history.symbols]

    def routes(self) -> list[web.RouteDef]:
        """The route map."""
        return [
            web.get("/api/v3/ping", self.ping),
            web.get("/api/v3/time", self.time),
            web.get("/api/v3/exchangeInfo", self.exchange_info),
            web.get("/api/v3/klines", self.klines),
        ]

    async def ping(self, request: web.Request) -> web.Response:
        """Say that the exchange is there."""
        return web.json_response({})

    async def time(self, request: web.Request) -> web.Response:
        """Tell the exchange's time."""
        return web.json_response({"serverTime": self._now()})

    async def exchange_info(self, request: web.Request) -> web.Response:
        """List the symbols."""
        weight = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1}
        return web.json_response({
            "timezone": "UTC",
            "serverTime": self._now(),
            "rateLimits": [{**weight, "limit": 6000}],
            "exchangeFilters": [],
            "symbols": self._info,
        })  # fmt: skip

    async def klines(self, request: web.Request) -> web.Response:
        """Send the bars with startTime <= open time <= endTime: the first ones from a
        startTime on, else the last ones.
        """
        asked = request.query
        for name in ("symbol", "interval"):
            if not asked.get(name):
                text = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
                return refuse(400, -1102, text)
        for name in ("startTime", "endTime", "limit"):
            if name in asked and not re.fullmatch(_LEGAL, asked[name]):
                text = f"Illegal characters found in parameter '{name}'; legal range is '{_LEGAL}'."
                return refuse(400, -1100, text)
        if asked["symbol"] not in self.history.symbols:
            return refuse(400, -1121, "Invalid symbol.")
        if asked["interval"] not in MINUTES:
            return refuse(400, -1120, "Invalid interval.")
        return web.json_response(_rows(self._asked_bars(request)))

    def _asked_bars(self, request: web.Request) -> Bars:
        asked = request.query
        now = self._now()
        last = min(now, int(asked.get("endTime", now)))
        bars = self.history.bars(asked["symbol"], asked["interval"]).until(now)
        bars = bars[: int(bars.times.searchsorted(last, side="right"))]
        limit = min(int(asked.get("limit", 0)) or DEFAULT_LIMIT, MAX_LIMIT)
        if "startTime" not in asked:
            return bars[-limit:]
        first = int(bars.times.searchsorted(min(int(asked["startTime"]), now)))
        return bars[first : first + limit]

    def _now(self) -> int:
        return epoch_ms(self.clock.now())


def _rows(bars: Bars) -> list[Row]:
    return [
        [
            time, *map(decimal, bar), time + bars.step - 1,
            decimal(bar[3] * bar[4]), 0, "0.00000000", "0.00000000", "0",
        ]
        for time, bar in zip(bars.times.tolist(), bars.values.tolist(), strict=True)
    ]  # fmt: skip


def decimal(number: float) -> str:
    """A number in eight decimals as Binance writes them, more where a candle would lose digits."""
    text = f"{number:.8f}"
    return text if float(text) == number else repr(number)


def _symbol_info(symbol: str) -> dict[str, object]:
    split = split_symbol(symbol)
    if split is None:
        raise SpecError(
            f"The loopback exchange cannot tell {symbol}'s base from its quote; "
            "name its candles like BTCUSDT.",
            symbol=symbol,
        )
    filters = [
        {"filterType": "PRICE_FILTER", "minPrice": "0.00000001", "maxPrice": "1000000.00000000",
         "tickSize": "0.00000001"},
        {"filterType": "LOT_SIZE", "minQty": "0.00000100", "maxQty": "9000.00000000",
         "stepSize": "0.00000100"},
    ]  # fmt: skip
    return {
        "symbol": symbol, "status": "TRADING", "baseAsset": split[0], "baseAssetPrecision": 8,
        "quoteAsset": split[1], "quotePrecision": 8, "quoteAssetPrecision": 8,
        "orderTypes": ["LIMIT", "MARKET"], "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False, "filters": filters, "permissions": ["SPOT"],
    }  # fmt: skip

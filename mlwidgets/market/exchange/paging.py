"""One series, page by page: gaps crossed, silences skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from mlwidgets.errors import BadMarketData
from mlwidgets.market.exchange.retrying import Line
from mlwidgets.market.exchange.tidying import Series, tidy

_DAY = 86_400_000


class Pages:
    """Fetches one series a page at a time.

    Args:
        client: ccxt's exchange.
        line: how to ask it.
        series: what to fetch.
    """

    def __init__(self, client: Any, line: Line, series: Series) -> None:
        self._client = client
        self._line = line
        self._series = series

    def between(self, start: int, end: int) -> Iterator[tuple[pd.DataFrame, int]]:
        """Pages of candles with start <= open time < end, each with the time it reaches.

        Args:
            start: epoch milliseconds.
            end: likewise.

        Raises:
            BadMarketData: a page's bars contradict each other or break the contract, twice.
            ExchangeUnavailable: the exchange stays down.
        """
        series = self._series
        while start < end:
            page, reached = self._page(start, end)
            if reached <= start:
                reached = self._seek(start + series.page * series.step, end)
            start = reached
            yield page, min(start, end)

    def _page(self, start: int, end: int) -> tuple[pd.DataFrame, int]:
        """The first candles from start on and the end of the last one, or start without any."""
        series = self._series
        limit = min(series.page, -(-(end - start) // series.step))

        def ask() -> tuple[pd.DataFrame, int]:
            bars = self._bars(series.timeframe, start, limit)
            reached = max((bar[0] + series.step for bar in bars), default=start)
            return tidy([bar for bar in bars if start <= bar[0] < end], series), reached

        try:
            return ask()
        except BadMarketData:
            return ask()  # a page may have been caught while the exchange was writing it

    def _seek(self, start: int, end: int) -> int:
        """Skip a silence: the first time from start on in a day that has candles, else end.

        Some exchanges answer a window without candles with nothing, so that only asking on
        finds the next one; a page of days reaches farther than one of minutes.
        """
        if "1d" not in self._client.timeframes:
            return start
        day = start // _DAY * _DAY - _DAY  # some exchanges' days begin before midnight UTC
        while day < end:
            for bar in self._bars("1d", day, self._series.page):
                if bar[0] + _DAY > start:
                    return max(int(bar[0]), start)
            day += self._series.page * _DAY
        return end

    def _bars(self, timeframe: str, start: int, limit: int) -> list[list[Any]]:
        fetch = self._client.fetch_ohlcv
        bars: list[list[Any]] = self._line.ask(
            lambda: fetch(self._series.name, timeframe, since=start, limit=limit)
        )
        return bars

"""One series as it happens, in an event loop: ticks, closed candles, and how the feed stands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from mlwidgets.errors import (
    MarketError,
    MlwidgetsError,
    SpecError,
    UnknownExchange,
    UnknownSymbol,
    UnknownTimeframe,
)
from mlwidgets.market.live.bar import Bar
from mlwidgets.market.live.bookkeeper import Bookkeeper
from mlwidgets.market.live.pace import Pace
from mlwidgets.market.live.session import Session
from mlwidgets.market.live.settlement import Settlement
from mlwidgets.market.live.status import FeedState, FeedStatus, in_words
from mlwidgets.market.store import CandleStore
from mlwidgets.market.timeframes import timeframe_minutes

if TYPE_CHECKING:  # ccxt takes a moment to import
    from mlwidgets.market.exchange import Exchange
    from mlwidgets.market.exchange.stream import CandleStream

LOOKBACK = 1000
"""Candles before now that the store lacks none of once a feed is live: one request's worth."""

_FINAL = (SpecError, UnknownExchange, UnknownSymbol, UnknownTimeframe)  # asking again is no use


class CandleFeed:
    """Follows one series of one exchange; closed candles go to the store once they are certain.

    The callbacks are called in the event loop that runs the feed, and must not raise.

    Args:
        open_exchange: opens the exchange, in a thread; the feed closes it. Few `attempts` and a
            short `timeout` suit: the feed itself tries again, and its end waits for an answer.
        symbol: as users write it.
        timeframe: of the candles.
        store: where closed candles go.
        on_closed: told each closed candle once, in order, in frames of one or more, when the
            store has it; at first those that the store lacked.
        on_tick: told the candle under way whenever it changes; for the eye only, as an
            exchange's stream may be wrong or repeat itself.
        on_status: told whenever state, reason or attempt change.
        pace: how patient to be.
        lookback: candles before now among which the store is to lack none.
    """

    def __init__(
        self,
        open_exchange: Callable[[], Exchange],
        symbol: str,
        timeframe: str,
        store: CandleStore,
        *,
        on_closed: Callable[[pd.DataFrame], None],
        on_tick: Callable[[Bar], None],
        on_status: Callable[[FeedStatus], None],
        pace: Pace | None = None,
        lookback: int = LOOKBACK,
    ) -> None:
        self._books = Bookkeeper(open_exchange, symbol, timeframe, store)
        self._step = timeframe_minutes(timeframe) * 60_000
        self._on_closed, self._on_tick, self._on_status = on_closed, on_tick, on_status
        self._pace = pace or Pace()
        self._lookback = lookback
        self._status: FeedStatus | None = None
        self._ticked_at: pd.Timestamp | None = None
        self._settlement: Settlement | None = None
        self._next_try: pd.Timestamp | None = None
        self._attempt = 0

    @property
    def last_update(self) -> pd.Timestamp | None:
        """When the exchange last told something, by this machine's clock."""
        answered = self._settlement.answered if self._settlement is not None else None
        return max(filter(None, (self._ticked_at, answered)), default=None)

    async def run(self) -> None:
        """Follow the market until this is cancelled; no task, socket or thread is left behind.

        Raises:
            UnknownExchange, UnknownSymbol, UnknownTimeframe, SpecError: it cannot work.
        """
        self._pool = ThreadPoolExecutor(1, "candle-feed")
        self._stream: CandleStream | None = None
        self._settlement = None
        self._tell(FeedState.CONNECTING, "")
        try:
            while True:
                began = time.monotonic()
                error = await self._session()
                if isinstance(error, _FINAL):
                    raise error
                steady = time.monotonic() - began > self._pace.longest_retry
                self._attempt = 1 if steady else self._attempt + 1
                await self._until_next_try(error)
        finally:
            await self._end()

    async def _session(self) -> MlwidgetsError:
        """Connect, follow, and tell why it is over."""
        try:
            if self._settlement is None:
                ledger, self._stream = await self._blocking(self._books.open, self._lookback)
                self._settlement = Settlement(self._books, ledger, self._blocking, self._on_closed)
        except MlwidgetsError as error:
            return error
        if self._stream is None:
            return MarketError("ccxt cannot watch the candles of this exchange.")
        session = Session(
            self._stream, self._settlement, self._step, self._pace, self._ticked, self._tell
        )
        reason = await session.follow()
        self._settlement.ledger.interrupted()
        await self._stream.disconnect()
        return reason

    async def _until_next_try(self, error: MlwidgetsError) -> None:
        """Wait before the next attempt to connect; poll meanwhile.

        So candles are stored even if each connection ends before it could ask for them.
        """
        wait = max(self._pace.delay(self._attempt), error.details.get("retry_after") or 0.0)
        until = time.monotonic() + wait
        self._next_try = pd.Timestamp.now("UTC") + pd.Timedelta(seconds=wait)
        if self._settlement is None:
            self._in_trouble(error)
        elif self._attempt == 1:
            self._tell(FeedState.RECONNECTING, in_words(error))
        while (left := until - time.monotonic()) > 0:
            if self._settlement is not None:
                await self._poll(self._settlement, in_words(error))
                left = until - time.monotonic()
            await asyncio.sleep(max(0.0, min(left, self._pace.poll_every)))
        self._next_try = None

    async def _poll(self, settlement: Settlement, reason: str) -> None:
        try:
            bar = await settlement.settle()
        except MlwidgetsError as error:
            self._in_trouble(error)
        else:
            if bar is not None:
                self._ticked(bar)
            if self._attempt > 1:
                self._tell(FeedState.POLLING, reason)

    def _in_trouble(self, error: MlwidgetsError) -> None:
        state = FeedState.OFFLINE if isinstance(error, MarketError) else FeedState.DELAYED
        self._tell(state, in_words(error))

    def _ticked(self, bar: Bar) -> None:
        self._ticked_at = pd.Timestamp.now("UTC")
        self._on_tick(bar)

    def _tell(self, state: FeedState, reason: str) -> None:
        attempt = 0 if self._next_try is None else self._attempt
        status = FeedStatus(state, reason, self.last_update, attempt, self._next_try)
        news = self._status is None or replace(status, last_update=self._status.last_update)
        if news != self._status:
            self._status = status
            self._on_status(status)

    async def _blocking(self, call: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, *args)

    async def _end(self) -> None:
        try:
            if self._stream is not None:
                await self._stream.close()
            await self._blocking(self._books.close)  # behind the call that may be under way
        except BaseException:
            self._pool.shutdown(wait=False)  # in a hurry: the thread ends with its call
            raise
        self._pool.shutdown()

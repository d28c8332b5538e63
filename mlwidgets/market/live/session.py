"""One connection to an exchange's candle stream: listening, and settling what has closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from mlwidgets.errors import ExchangeUnavailable, MlwidgetsError
from mlwidgets.market.exchange.stream import CandleStream, Row
from mlwidgets.market.live.bar import Bar, believable_bar
from mlwidgets.market.live.ledger import News
from mlwidgets.market.live.pace import Pace
from mlwidgets.market.live.settlement import Settlement
from mlwidgets.market.live.status import FeedState, in_words

Tell = Callable[[FeedState, str], None]
"""Told a state and its reason."""


class Session:
    """Follows a stream until it breaks off.

    Args:
        stream: what to listen to.
        settlement: brings the store up to date.
        step: a candle's length in milliseconds.
        pace: how patient to be.
        on_tick: told the candle under way.
        tell: told how it stands.
    """

    def __init__(
        self,
        stream: CandleStream,
        settlement: Settlement,
        step: int,
        pace: Pace,
        on_tick: Callable[[Bar], None],
        tell: Tell,
    ) -> None:
        self._stream = stream
        self._settlement = settlement
        self._step = step
        self._pace = pace
        self._on_tick = on_tick
        self._tell = tell
        self._due = asyncio.Event()
        self._listening = self._whole = self._quiet = False
        self._bar: Bar | None = None

    async def follow(self) -> MlwidgetsError:
        """Listen and settle until one of both cannot go on; return why."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen())
                group.create_task(self._settle())
        except* MlwidgetsError as errors:
            reason = errors.exceptions[0]
        assert isinstance(reason, MlwidgetsError)  # neither task raises a group
        return reason

    async def _listen(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._pace.patience):
                    rows = await self._stream.changes()
            except TimeoutError:
                await self._doubt()
                continue
            self._quiet = False
            for row in rows:
                self._hear(row)
            self._live("")

    def _hear(self, row: Row) -> None:
        bar = believable_bar(row, self._step)
        if bar is None:
            return
        news = self._settlement.ledger.hear(bar)
        if news in (News.TICK, News.ROLL_OVER):
            self._bar = bar
            self._on_tick(bar)
        if news in (News.JUMP, News.ROLL_OVER):
            self._due.set()

    async def _doubt(self) -> None:
        """Nothing has come for a while: find out whether the market is quiet or the stream dead."""
        silence = f"no message for {self._pace.patience:g} s"
        if not self._stream.connected:
            raise ExchangeUnavailable("The candle stream cannot be opened: no answer.")
        if not self._quiet:
            self._tell(FeedState.DELAYED, f"There was {silence}; the exchange is asked.")
        before, self._bar = self._bar, await self._settlement.settle()
        if before is None:
            return  # nothing to compare with yet
        if self._bar and self._bar != before and self._bar.volume:
            raise ExchangeUnavailable(f"The candle stream is silent while others trade: {silence}.")
        self._whole = self._quiet = True
        self._live("The market is quiet.")

    async def _settle(self) -> None:
        """Ask for closed candles whenever one should be there, and until it is."""
        wait: float | None = 0.0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._due.wait()
            self._due.clear()
            wait = await self._settle_once()

    async def _settle_once(self) -> float | None:
        """Seconds until the next time, None for when the stream asks for it."""
        try:
            await self._settlement.settle()
        except MlwidgetsError as error:
            self._whole = False
            self._tell(FeedState.DELAYED, f"Closed candles cannot be confirmed: {in_words(error)}")
            return max(self._pace.confirm_every, error.details.get("retry_after") or 0.0)
        if not self._whole and not self._due.is_set():  # nothing has happened since the question
            self._whole = True
            if self._listening:
                self._tell(FeedState.LIVE, "")
        ask_again = self._settlement.ask_again
        return None if ask_again is None else max(ask_again, self._pace.confirm_every)

    def _live(self, reason: str) -> None:
        if not self._listening:
            self._listening = True
            self._due.set()  # what was missed while nobody listened
            self._whole = False
        elif self._whole:
            self._tell(FeedState.LIVE, reason)

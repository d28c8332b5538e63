"""Bringing the store up to date by REST: what is certain is stored and told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import pandas as pd

from mlwidgets.market.live.bar import Bar, bars_of_frame
from mlwidgets.market.live.bookkeeper import Bookkeeper
from mlwidgets.market.live.ledger import Ledger


class Blocking(Protocol):
    """Runs a blocking call in the feed's thread."""

    def __call__(self, call: Callable[..., Any], *args: Any) -> Awaitable[Any]:
        """What the call returns."""
        ...


class Settlement:
    """Takes closed candles from the exchange to the store, one answer at a time.

    Args:
        books: the blocking half.
        ledger: which candles are certain.
        blocking: runs a call of `books` in its thread.
        on_closed: told the candles that are in the store now.

    Attributes:
        ask_again: seconds until the exchange should be asked once more; None where no candle
            is lacking.
        answered: when the exchange last answered, by this machine's clock.
    """

    def __init__(
        self,
        books: Bookkeeper,
        ledger: Ledger,
        blocking: Blocking,
        on_closed: Callable[[pd.DataFrame], None],
    ) -> None:
        self.ledger = ledger
        self.ask_again: float | None = None
        self.answered: pd.Timestamp | None = None
        self._books = books
        self._blocking = blocking
        self._on_closed = on_closed
        self._asking = asyncio.Lock()

    async def settle(self) -> Bar | None:
        """Ask the exchange for what the store lacks, and store what is certain.

        It can be cancelled: what the store has by then is told by the next call.

        Returns:
            The candle under way.

        Raises:
            MarketError: the exchange cannot be asked, or tells nonsense.
            StorageError: the disk refused.
        """
        async with self._asking:
            latest = await self._blocking(self._books.latest, self.ledger.first)
            self.answered = pd.Timestamp.now("UTC")
            certain = self.ledger.certain(bars_of_frame(latest.closed), latest.now)
            if certain:
                candles = latest.closed.iloc[: len(certain)]
                await self._blocking(self._books.keep, candles, latest.now)
                self.ledger.stored(certain[-1])
                self._on_closed(candles)
            self.ask_again = self.ledger.ask_again(latest.now)
        return next(iter(bars_of_frame(latest.under_way)), None)

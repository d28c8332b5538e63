"""What a page asks of a market, whether it happens or is played."""

from __future__ import annotations

from typing import Protocol

from mlwidgets.components.market.clock import Clock
from mlwidgets.components.market.series import Series
from mlwidgets.market.live import Bar, FeedStatus


class MarketLike(Protocol):
    """A `MarketState`, or a replay in its place."""

    @property
    def clock(self) -> Clock:
        """Tells the page's time."""

    @property
    def exchange(self) -> str:
        """ccxt's id of the exchange."""

    @property
    def connection(self) -> str:
        """What is known of the exchange."""

    @property
    def status(self) -> FeedStatus | None:
        """How the feed stands, where one runs."""

    @property
    def problem(self) -> str:
        """Why there are no candles."""

    @property
    def series(self) -> Series | None:
        """Closed candles."""

    @property
    def bar(self) -> Bar | None:
        """The candle under way."""

    @property
    def updated(self) -> float | None:
        """The market's last word, epoch milliseconds."""

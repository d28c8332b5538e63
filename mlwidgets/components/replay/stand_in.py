"""What a page asks of its market, answered by one that no exchange moves."""

from __future__ import annotations

import pandas as pd
from traitlets import Any, Enum, Float, HasTraits, Instance, Tuple, Unicode

from mlwidgets.components.market.series import Series
from mlwidgets.market.live.bar import Bar


class StandIn(HasTraits):
    """The traits and methods of `MarketState`; nobody is asked, nothing goes on by itself."""

    symbol = Unicode()
    timeframe = Unicode("1h")
    connection = Enum(("replay",), "replay", help="as of a `MarketState`")
    problem = Unicode(help="why there is nothing to replay, or no record of it")
    series = Instance(Series, allow_none=True, help="the candles that have closed")
    bar = Instance(Bar, allow_none=True, help="the candle under way")
    updated = Float(None, allow_none=True, help="now, epoch ms")
    status = Any(None, help="as of a `MarketState`; there is no feed")
    symbols = Tuple(help="as of a `MarketState`; nobody is asked")

    def due(self) -> bool:
        """Never is anybody asked for candles."""
        return False

    async def ask(self, since: pd.Timestamp | None = None) -> None:
        """Nobody is asked."""

    async def ask_symbols(self) -> None:
        """Nobody is asked."""

    def read_store(self) -> None:
        """What is stored is read when a replay begins."""

    def follow(self) -> None:
        """The market goes on when it is played."""

    def advance(self) -> None:
        """The market goes on when it is played."""

"""The candles of a page and where they come from, kept without widgets."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from traitlets import Enum, HasTraits, Instance, Tuple, Unicode, observe

from mlwidgets.components.background import in_thread
from mlwidgets.components.market.access import SIMULATED_SYMBOL, MarketAccess
from mlwidgets.errors import ExchangeUnavailable, MlwidgetsError
from mlwidgets.market.timeframes import timeframe_delta

ASK_AGAIN = 30.0
"""Seconds after which an exchange that did not answer is asked again."""

_LATE = 5.0
"""Seconds after which a candle that should have closed is asked for again."""

Origin = Literal["store", "exchange", "simulated"]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Candles of the chosen market, or simulated ones in their place.

    Attributes:
        candles: canonical, labelled; may be empty.
        origin: `exchange` where nothing was lacking when it was last asked.
    """

    candles: pd.DataFrame
    origin: Origin

    @property
    def symbol(self) -> str:
        """What the candles are of."""
        return str(self.candles.attrs["symbol"])

    @property
    def timeframe(self) -> str:
        """Their length."""
        return str(self.candles.attrs["timeframe"])

    @property
    def closed_at(self) -> pd.Timestamp | None:
        """When the last candle closed."""
        if self.candles.empty:
            return None
        last: pd.Timestamp = self.candles.index[-1]
        return last + timeframe_delta(self.timeframe)


class MarketState(HasTraits):
    """The market of the chosen symbol: what the store has at once, the exchange's answer later.

    Args:
        access: store, exchange and simulator.
        symbol: the chosen one.
        timeframe: the candles' length.
        clock: gives seconds that only grow.
    """

    symbol = Unicode()
    timeframe = Unicode("1h")
    connection = Enum(
        ("asking", "exchange", "unreachable", "offline", "simulated"), "asking",
        help="what is known of the exchange",
    )  # fmt: skip
    problem = Unicode(help="why the exchange or the store gave no candles")
    series = Instance(Series, allow_none=True)
    symbols = Tuple(help="what trades, as far as it is known")

    def __init__(
        self, access: MarketAccess, *, symbol: str, timeframe: str = "1h",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(symbol=symbol, timeframe=timeframe)
        self._access, self._clock, self._asked = access, clock, -ASK_AGAIN
        self.read_store()

    @property
    def exchange(self) -> str:
        """ccxt's id of the exchange."""
        return self._access.id

    def read_store(self) -> None:
        """Show what the store has; a moment's work."""
        self._asked = -ASK_AGAIN
        simulated = self.symbol == SIMULATED_SYMBOL
        try:
            stored, problem = self._access.stored(self.symbol, self.timeframe), ""
        except MlwidgetsError as error:
            stored, problem = None, error.message
        self.series = None if simulated or stored is None else Series(stored, "store")
        self.problem = problem
        self.connection = "simulated" if simulated else "asking"

    def due(self, now: pd.Timestamp | None = None) -> bool:
        """Whether it is time to look for candles again."""
        since = self._clock() - self._asked
        closed = self.series.closed_at if self.series else None
        if self.connection in ("asking", "unreachable", "offline") or closed is None:
            return since >= ASK_AGAIN
        following = closed + timeframe_delta(self.timeframe)
        return since >= _LATE and following <= (now or pd.Timestamp.now("UTC"))

    async def ask(self, since: pd.Timestamp | None = None) -> None:
        """Get the candles that are missing; the page goes on meanwhile.

        Args:
            since: from where on nothing may be lacking, as in `MarketAccess.fetched`.
        """
        self._asked = self._clock()
        chosen = (self.symbol, self.timeframe)
        answer = await in_thread(lambda: _ask(self._access, *chosen, since))
        if chosen == (self.symbol, self.timeframe):
            connection, problem, series = answer
            with self.hold_trait_notifications():
                self.connection, self.problem = connection, problem
                self.series = series or self.series

    async def ask_symbols(self) -> None:
        """Learn what trades, and with it whether the exchange answers."""
        self._asked = self._clock()
        connection, problem, symbols = await in_thread(lambda: _ask_symbols(self._access))
        with self.hold_trait_notifications():
            self.symbols = symbols or self.symbols
            self.problem = problem
            self.connection = "simulated" if self.symbol == SIMULATED_SYMBOL else connection

    @observe("symbol", "timeframe")
    def _chosen(self, _: object) -> None:
        if hasattr(self, "_access"):
            self.read_store()


def _ask(
    access: MarketAccess, symbol: str, timeframe: str, since: pd.Timestamp | None
) -> tuple[str, str, Series | None]:
    """Connection, problem, and the best candles that can be had."""
    if symbol == SIMULATED_SYMBOL:
        return "simulated", "", Series(access.simulated(timeframe), "simulated")
    connection, problem = "offline", ""
    try:
        if not access.offline:
            fetched = access.fetched(symbol, timeframe, since)
            return "exchange", "", Series(fetched, "exchange")
    except ExchangeUnavailable as error:
        connection, problem = "unreachable", _first_sentences(error.message)
    except MlwidgetsError as error:  # it answered: there is no such symbol, or no such candles
        return "exchange", error.message, None
    try:
        stored = access.stored(symbol, timeframe)
    except MlwidgetsError as error:
        return connection, error.message, None
    if stored.empty:
        return connection, problem, Series(access.simulated(timeframe), "simulated")
    return connection, problem, Series(stored, "store")


def _ask_symbols(access: MarketAccess) -> tuple[str, str, tuple[str, ...]]:
    if access.offline:
        return "offline", "", ()
    try:
        return "exchange", "", tuple(access.symbols())
    except ExchangeUnavailable as error:
        return "unreachable", _first_sentences(error.message), ()
    except MlwidgetsError as error:
        return "exchange", error.message, ()


def _first_sentences(message: str) -> str:
    """What is wrong, without what scripts can do about it."""
    return message.partition(" Missing are ")[0].partition(" Check the network")[0]

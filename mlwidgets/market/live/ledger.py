"""Which closed candles are certain: the decisions of a feed, without its I/O.

The stream tells how the candle under way changes, but not when it is closed, and a message may
be lost, late, doubled or wrong. So nothing that it tells is stored. A closed candle is taken
from the exchange's REST answer, once it is closed by the exchange's own clock and two things
agree on it: the answer and either the last that an unbroken stream told of it, or time. An
answer right after the close may lag behind the trades; `SETTLED` later it no longer does.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from itertools import takewhile

from mlwidgets.market.live.bar import Bar

SETTLED = 10_000
"""Milliseconds after its close from which a REST answer about a candle is believed by itself."""

_HEARD = 8
"""Candles of which the stream's last word is kept."""


class News(Enum):
    """What a bar of the stream means."""

    TICK = auto()
    """The candle under way has changed."""
    ROLL_OVER = auto()
    """Likewise, and the candle before it should be closed."""
    JUMP = auto()
    """It opens later than the next candle: something was missed, or the bar is wrong."""
    OLD = auto()
    """It is about a candle that is not under way any more."""


class Ledger:
    """Knows which candles are stored and what was told of those that are not.

    Args:
        first: open time of the first candle that is wanted, epoch milliseconds, on the grid.
        step: a candle's length in milliseconds.

    Attributes:
        first: open time from which on candles are not stored yet.

    >>> ledger = Ledger(0, 60_000)
    >>> bar = Bar(0, 10.0, 12.0, 9.0, 11.0, 3.0)
    >>> ledger.hear(bar)
    <News.ROLL_OVER: 2>
    >>> ledger.certain([bar], now=61_000)
    []
    >>> ledger.certain([bar], now=70_000) == [bar]
    True
    """

    def __init__(self, first: int, step: int) -> None:
        self.first = first
        self._step = step
        self._newest: int | None = None
        self._heard: dict[int, Bar] = {}

    def hear(self, bar: Bar) -> News:
        """Take a bar of the stream into account."""
        newest = self._newest
        if bar.opened < self.first or (newest is not None and bar.opened < newest - self._step):
            return News.OLD
        if newest is not None and bar.opened > newest + self._step:
            self.interrupted()
            return News.JUMP
        self._remember(bar)
        if newest is not None and bar.opened < newest:
            return News.OLD
        self._newest = bar.opened
        return News.TICK if bar.opened == newest else News.ROLL_OVER

    def interrupted(self) -> None:
        """The stream broke off: what it told last may not be the last word on any candle."""
        self._heard.clear()

    def certain(self, answer: Iterable[Bar], now: int) -> list[Bar]:
        """The closed candles of a REST answer that can be stored, oldest first.

        Args:
            answer: bars from `first` on, oldest first.
            now: the exchange's time before it answered, epoch milliseconds.
        """
        under_way = now // self._step * self._step
        self._newest = under_way
        self._heard = {t: bar for t, bar in self._heard.items() if t <= under_way}
        closed = [bar for bar in answer if self.first <= bar.opened < under_way]
        return list(takewhile(lambda bar: self._is_certain(bar, now), closed))

    def stored(self, bar: Bar) -> None:
        """This candle, and all that the exchange has before it, is in the store."""
        self.first = bar.opened + self._step
        self._heard = {t: heard for t, heard in self._heard.items() if t >= self.first}

    def ask_again(self, now: int) -> float | None:
        """Seconds until the exchange should be asked once more, None where nothing is lacking.

        A candle that is not told soon may not exist: the longer ago, the rarer it is asked for.

        Args:
            now: the exchange's time, epoch milliseconds.
        """
        if self.first + self._step > now:
            return None
        return now % self._step / 5000

    def _is_certain(self, bar: Bar, now: int) -> bool:
        if bar.opened + self._step + SETTLED <= now:
            return True
        later = any(heard > bar.opened for heard in self._heard)
        return later and self._heard.get(bar.opened) == bar

    def _remember(self, bar: Bar) -> None:
        known = self._heard.get(bar.opened)
        if known is None or bar.volume >= known.volume:  # volume only grows: less is told late
            self._heard[bar.opened] = bar
        while len(self._heard) > _HEARD:
            del self._heard[min(self._heard)]

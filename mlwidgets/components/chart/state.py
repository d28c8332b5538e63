"""What a price chart shows: the view, and the few candles that are drawn for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from traitlets import Float, HasTraits, Instance, Int, Unicode, observe

from mlwidgets.components.chart.levels import MOST_DRAWN, aggregate, bucket, step_for
from mlwidgets.market.bars import Bars, bars_of, between, join
from mlwidgets.market.candles import candles_of
from mlwidgets.market.timeframes import timeframe_minutes

_FIRST_VIEW = 90
"""Candles in the first view."""

_ROOM = 0.25
"""Empty part of a view, over its part with candles: where a forecast's label stands."""

_FEWEST_VISIBLE = 8

EMPTY = Bars(np.empty(0, np.int64), np.empty((5, 0)))


class ChartState(HasTraits):
    """View and drawn candles of a market; knows nothing of widgets.

    Times are epoch milliseconds. `drawn` holds at most `MOST_DRAWN` candles of length `step`,
    whatever lies behind; it is replaced when the view comes near its edges or wants another
    length.
    """

    symbol = Unicode()
    timeframe = Unicode("1h")
    start = Float(help="left edge of the view")
    end = Float(help="right edge of the view")
    step = Int(help="length of the drawn candles")
    drawn = Instance(Bars, (EMPTY.times, EMPTY.values), help="closed candles that are drawn")
    ahead = Float(0.0, help="how far after the newest candle there is something to see")
    live = Instance(np.ndarray, allow_none=True, help="time, open, high, low, close, volume")

    def __init__(self, candles: pd.DataFrame, symbol: str, timeframe: str) -> None:
        super().__init__()
        self._tick: np.ndarray | None = None
        self._over = self.history = EMPTY
        self.replace(candles, symbol, timeframe)

    @property
    def base(self) -> int:
        """Length of the stored candles."""
        return timeframe_minutes(self.timeframe) * 60_000

    @property
    def last_time(self) -> float:
        """Open time of the newest candle, the live one included; 0 without candles."""
        closed = float(self.history.times[-1]) if len(self.history) else 0.0
        return closed if self._tick is None else max(closed, float(self._tick[0]))

    @property
    def last_price(self) -> float | None:
        """The newest price there is."""
        if self._tick is not None:
            return float(self._tick[4])
        return float(self.history.values[3, -1]) if len(self.history) else None

    @property
    def following(self) -> bool:
        """Whether the newest candle is in view."""
        return self.start <= self.last_time <= self.end

    def replace(self, candles: pd.DataFrame, symbol: str, timeframe: str) -> None:
        """Show another market from its latest candles on, or this one's history anew.

        Of the same market the view keeps its width, and is moved to where the newest candle is.

        Raises:
            CandleError: the candles break the contract.
            ModelMismatch: their label says that they are of another symbol or timeframe.
        """
        history = bars_of(candles_of(candles, symbol, timeframe))
        shown = (self.symbol, self.timeframe) if len(self.history) else None
        followed, before = self.following, self.last_time
        self.history, self._tick, self._over = history, None, EMPTY
        with self.hold_trait_notifications():
            self.symbol, self.timeframe = symbol, timeframe
        self.drawn, self.step, self.live = EMPTY, 0, None
        if shown != (symbol, timeframe) or len(history) == 0:
            self.show_last(_FIRST_VIEW * self.base)
            return
        self._load()
        if followed:
            self._shift(self.last_time - before)
        elif not self.following:
            self.show_last()

    def append(self, candles: pd.DataFrame) -> None:
        """Add closed candles; where a time is known already, the later word counts."""
        arrivals = bars_of(candles_of(candles, self.symbol, self.timeframe))
        if len(arrivals) == 0:
            return
        followed, before = self.following, self.last_time
        times = self.history.times
        # Only the tail can change: nothing in front of the first arrival is copied twice.
        head, tail = self.history[: np.searchsorted(times, arrivals.times[0])], arrivals
        late = self.history[between(times, int(arrivals.times[-1]) + 1, None)]
        self.history = join([head, tail, late])
        self._over = self._over[self._over.times > arrivals.times[-1]]
        if self._tick is not None and self._tick[0] <= arrivals.times[-1]:
            self._tick = None
        self._load()
        self._shift(self.last_time - before if followed else 0)

    def tick(self, time: int, prices: tuple[float, float, float, float], volume: float) -> None:
        """The candle under way: its open time, open, high, low, close, and volume so far.

        The one before it stays as it was last told until it is appended.
        """
        if time < self.last_time or (len(self.history) and time == self.history.times[-1]):
            return
        followed, before, last = self.following, self.last_time, self._tick
        self._tick = np.array([time, *prices, volume], np.float64)
        if last is None or last[0] != time:
            if last is not None:
                self._over = join([self._over, _bars(last)])
            self._load()
            self._shift(self.last_time - before if followed and before else 0)
        self.live = self._live()

    def forget_tick(self) -> None:
        """No candle is under way: what has not been appended is no longer there."""
        if self._tick is None:
            return
        followed, before = self.following, self.last_time
        self._tick, self._over = None, EMPTY
        self._load()
        self._shift(self.last_time - before if followed and len(self.history) else 0)

    def before(self, count: int) -> Bars:
        """The last candles in front of the drawn ones, at the same length."""
        if len(self.drawn) == 0:
            return EMPTY
        first = int(self.drawn.times[0])
        rows = between(self.history.times, first - count * self.step, first)
        return aggregate(self.history[rows], self.step)

    def show(self, start: float, end: float) -> None:
        """Move the view, and load candles for it where those drawn do not do."""
        least = _FEWEST_VISIBLE * self.base
        with self.hold_trait_notifications():
            self.start, self.end = float(start), float(max(end, start + least))

    def _shift(self, by: float) -> None:
        if by:
            self.show(self.start + by, self.end + by)

    def show_last(self, span: float | None = None) -> None:
        """Show the newest candles.

        Args:
            span: milliseconds of history; default: as long a view as there is.
        """
        span = self._history_in_view(self.ahead) if span is None else span
        edge = self.last_time + self.base
        self.show(edge - span, edge + self.ahead + span * _ROOM)

    @observe("ahead")
    def _reaches_further(self, change: dict[str, float]) -> None:
        span = self._history_in_view(change["old"])
        target = self.last_time + self.base + self.ahead
        if self.following and self.end < target + span * _ROOM:
            self.show_last(span)

    def _history_in_view(self, ahead: float) -> float:
        """Length of a view at the newest candles, what lies ahead of them and the room apart."""
        span = (self.end - self.start - ahead) / (1 + _ROOM)
        return max(span, _FEWEST_VISIBLE * self.base)

    def show_all(self) -> None:
        """Show the whole history."""
        if len(self.history):
            self.show_last(self.last_time + self.base - float(self.history.times[0]))

    @observe("start", "end")
    def _moved(self, _: object) -> None:
        if self._must_load():
            self._load()

    def _must_load(self) -> bool:
        if step_for(self.end - self.start, self.base) != self.step:
            return True
        if len(self.history) == 0 or len(self.drawn) == 0:
            return bool(len(self.history))
        near = (self.end - self.start) / 6
        more_left = self.history.times[0] < self.drawn.times[0]
        more_right = self.history.times[-1] >= self.drawn.times[-1] + self.step
        left = self.start - near < self.drawn.times[0]
        right = self.end + near > self.drawn.times[-1] + self.step
        return bool((more_left and left) or (more_right and right))

    def _load(self) -> None:
        step = step_for(self.end - self.start, self.base)
        beyond = (MOST_DRAWN - 2 - (self.end - self.start) / step) / 2 * step
        bounds = np.array([self.start - beyond, self.end + beyond], np.int64)
        first, last = bucket(bounds, step).tolist()
        bars = aggregate(self._between(first, last + step), step)
        self.step = step
        self.drawn = bars[bars.times < self._live_bucket()]
        self.live = self._live()

    def _live_bucket(self) -> int:
        if self._tick is None:
            return int(np.iinfo(np.int64).max)
        return int(bucket(self._tick[:1].astype(np.int64), self.step)[0])

    def _live(self) -> np.ndarray | None:
        """The candle under way at the drawn length: with the closed ones of its time in it."""
        if self._tick is None:
            return None
        closed = self._between(self._live_bucket(), None)
        whole = aggregate(join([closed, _bars(self._tick)]), self.step)
        return np.concatenate([whole.times[-1:], whole.values[:, -1]])

    def _between(self, start: int, end: int | None) -> Bars:
        """Closed candles that open in [start, end), those that are not confirmed included."""
        parts = (self.history, self._over)
        return join([part[between(part.times, start, end)] for part in parts])


def _bars(tick: np.ndarray) -> Bars:
    return Bars(tick[:1].astype(np.int64), tick[1:, None])

"""Stored candles as they were known at any moment of their past."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mlwidgets.components.market.series import Origin, Series
from mlwidgets.market.bars import Bars, bars_of, between
from mlwidgets.market.live.bar import Bar
from mlwidgets.market.timeframes import timeframe_minutes


class Tape:
    """Candles that are shown only as far as they had closed; times are epoch milliseconds.

    Args:
        candles: canonical and labelled.
        origin: where they come from.
        finer: shorter candles of the same market, which the candle under way is built from.

    >>> import mlwidgets as mw
    >>> market = mw.simulate_market("1h", periods=48, start="2025-01-01")
    >>> tape = Tape(market.candles, "simulated")
    >>> noon = int(pd.Timestamp("2025-01-01 12:30", tz="UTC").timestamp() * 1000)
    >>> str(tape.series(noon).closed_at)
    '2025-01-01 12:00:00+00:00'
    """

    def __init__(
        self, candles: pd.DataFrame, origin: Origin, finer: pd.DataFrame | None = None
    ) -> None:
        self._candles, self._origin = candles, origin
        self._bars = bars_of(candles)
        self._series: tuple[int, Series] | None = None
        self._finer: tuple[Bars, int] | None = None
        if finer is not None and len(finer):
            self._finer = (bars_of(finer), _step(finer))
        self.step = _step(candles)

    def __len__(self) -> int:
        return len(self._bars)

    @property
    def start(self) -> int:
        """When the first candle closed."""
        return int(self._bars.times[0]) + self.step

    @property
    def end(self) -> int:
        """When the last candle closed."""
        return int(self._bars.times[-1]) + self.step

    def series(self, now: int) -> Series:
        """The candles that had closed; the same object until another one closes."""
        count, kept = self._closed(now), self._series
        if kept is None or kept[0] != count:
            kept = self._series = (count, Series(self._candles.iloc[:count], self._origin))
        return kept[1]

    def bar(self, now: int) -> Bar | None:
        """The candle under way, of the finer ones that had closed; None without any."""
        opened = now // self.step * self.step
        if self._finer is None or opened == now:
            return None
        bars, step = self._finer
        parts = bars[between(bars.times, opened, now - step + 1)]
        if not len(parts):
            return None
        opens, highs, lows, closes, volumes = parts.values
        ends = (float(opens[0]), float(highs.max()), float(lows.min()), float(closes[-1]))
        return Bar(opened, *ends, float(volumes.sum()))

    def closes(self, after: int, until: int) -> Iterator[int]:
        """When candles closed in (after, until], one after another."""
        for row in range(self._closed(after), self._closed(until)):
            yield int(self._bars.times[row]) + self.step

    def close_of(self, opened: int, now: int) -> float | None:
        """Close of the candle that opens at a time; None where none had closed by now."""
        row = int(np.searchsorted(self._bars.times, opened))
        if row >= self._closed(now) or self._bars.times[row] != opened:
            return None
        return float(self._bars.values[3, row])

    def _closed(self, now: int) -> int:
        return int(np.searchsorted(self._bars.times, now - self.step, side="right"))


def _step(candles: pd.DataFrame) -> int:
    return timeframe_minutes(str(candles.attrs["timeframe"])) * 60_000

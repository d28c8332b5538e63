"""The candle under way as a value, and whether it can be one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mlwidgets.market.dates import epoch_ms, from_epoch_ms


@dataclass(frozen=True, slots=True)
class Bar:
    """A candle, closed or under way.

    Attributes:
        opened: open time, epoch milliseconds.
        open, high, low, close: prices.
        volume: in the base currency.
    """

    opened: int
    open: float
    high: float
    low: float
    close: float
    volume: float

    @property
    def time(self) -> pd.Timestamp:
        """Open time, UTC."""
        return from_epoch_ms(self.opened)


def believable_bar(row: Sequence[float | None], step: int) -> Bar | None:
    """The bar of a row as it came, or None where no candle can look like that.

    Args:
        row: open time in epoch milliseconds, open, high, low, close, volume.
        step: a candle's length in milliseconds.

    >>> believable_bar([0, 10.0, 12.0, 9.0, 11.0, 3.0], 60_000)
    Bar(opened=0, open=10.0, high=12.0, low=9.0, close=11.0, volume=3.0)
    >>> believable_bar([0, 10.0, 9.0, 12.0, 11.0, 3.0], 60_000)
    """
    numbers = [value for value in row if isinstance(value, int | float) and math.isfinite(value)]
    if len(numbers) != 6:
        return None
    opened, open_, high, low, close, volume = numbers
    if opened % step or volume < 0:
        return None
    if not 0 < low <= min(open_, close) <= max(open_, close) <= high:
        return None
    return Bar(int(opened), *map(float, (open_, high, low, close, volume)))


def bars_of_frame(candles: pd.DataFrame) -> list[Bar]:
    """The bars of canonical candles, oldest first."""
    rows = candles.itertuples(name=None)
    return [Bar(epoch_ms(time), *map(float, values)) for time, *values in rows]

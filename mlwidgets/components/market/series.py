"""The candles of a page as a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from mlwidgets.market.bars import bars_of, frame_of, merge
from mlwidgets.market.timeframes import timeframe_delta

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

    def joined(self, candles: pd.DataFrame) -> Series:
        """This series with further candles of it, wherever in time they belong."""
        frame = frame_of(merge(bars_of(self.candles), bars_of(candles)).bars)
        frame.attrs.update(self.candles.attrs)
        return replace(self, candles=frame)

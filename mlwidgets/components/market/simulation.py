"""The simulated market as time goes by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.live import Bar
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.timeframes import timeframe_delta

_MOST = 40_000
_AHEAD = 500
"""Candles that are drawn in advance, so that a close costs nothing."""

_STARTS = pd.Timestamp("2024-01-01", tz="UTC")


class Simulation:
    """The same world as `mlwidgets train --simulated`, seen up to any moment of the near future.

    Args:
        timeframe: the candles' length.
        now: from when on it is asked.

    >>> hour = pd.Timestamp("2025-03-01 12:00", tz="UTC")
    >>> world = Simulation("1h", hour)
    >>> world.closed(hour).index[-1].hour, world.bar(hour).time.hour
    (11, 12)
    """

    def __init__(self, timeframe: str, now: pd.Timestamp) -> None:
        self._step = timeframe_delta(timeframe)
        start = max(_STARTS, (now - _MOST * self._step).floor("90D"))
        periods = max(0, int((now.floor(self._step) - start) // self._step)) + _AHEAD
        market = simulate_market(timeframe, periods=periods, start=start, symbol=SIMULATED_SYMBOL)
        self._candles = market.candles

    def covers(self, now: pd.Timestamp) -> bool:
        """Whether it reaches so far."""
        return bool(self._candles.index[0] <= now < self._candles.index[-1] + self._step)

    def closed(self, now: pd.Timestamp) -> pd.DataFrame:
        """The candles that have closed by then, labelled."""
        return self._candles.iloc[: self._under_way(now)]

    def bar(self, now: pd.Timestamp) -> Bar:
        """The candle under way, as far as it has come.

        It walks from open over the extremes to close, which it shows at its end and not before.
        """
        from mlwidgets.market.loopback.history import unfinished  # brings a web server along

        at = self._under_way(now)
        opened: pd.Timestamp = self._candles.index[at]
        values = self._candles.iloc[at].to_numpy(np.float64)
        so_far = unfinished(values, (now - opened) / self._step)
        return Bar(epoch_ms(opened), *map(float, so_far))

    def _under_way(self, now: pd.Timestamp) -> int:
        opened = now.floor(self._step).as_unit("ms")
        return int(self._candles.index.searchsorted(opened, side="right")) - 1

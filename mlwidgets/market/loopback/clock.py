"""The market's clock: standing still, running at any speed, or the wall clock."""

from __future__ import annotations

import time

import pandas as pd

from mlwidgets.errors import SpecError
from mlwidgets.market.dates import Instant, utc_timestamp


class MarketClock:
    """Tells what time it is on a loopback exchange.

    Args:
        start: the market's time at this moment; None for the wall clock's.
        speed: market seconds a real second; 0 stands still, 3600 plays an hour a second.

    Raises:
        SpecError: the speed is negative or the start is no date.

    >>> MarketClock(pd.Timestamp("2025-09-19", tz="UTC"), speed=0).now()
    Timestamp('2025-09-19 00:00:00+0000', tz='UTC')
    """

    def __init__(self, start: Instant | None = None, speed: float = 1.0) -> None:
        if not speed >= 0:
            raise SpecError(f"Speed {speed!r} is negative; time only runs forward.", field="speed")
        self.speed = speed
        self.set(pd.Timestamp.now("UTC") if start is None else start)

    def set(self, start: Instant) -> None:
        """Make it `start` now; the clock goes on from there at its speed."""
        self._origin = (utc_timestamp(start, "now"), time.monotonic())

    def now(self) -> pd.Timestamp:
        """The market's time, UTC."""
        start, began = self._origin
        return start + pd.Timedelta(seconds=(time.monotonic() - began) * self.speed)

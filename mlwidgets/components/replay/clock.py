"""What time it is in a replay."""

from __future__ import annotations

import pandas as pd

from mlwidgets.components.market.clock import Clock
from mlwidgets.market.dates import from_epoch_ms


class ReplayClock(Clock):
    """A clock that stands where it was put.

    >>> clock = ReplayClock()
    >>> clock.milliseconds = 3_600_000
    >>> str(clock.now())
    '1970-01-01 01:00:00+00:00'
    """

    milliseconds = 0
    """Since the epoch."""

    def now(self) -> pd.Timestamp:
        """The replay's time, UTC."""
        return from_epoch_ms(self.milliseconds)

"""Scales whose limits travel both ways between page and kernel."""

from __future__ import annotations

import datetime as dt

from bqplot import DateScale
from bqplot.traits import Date

# bqplot's times carry no zone and mean UTC.
_EPOCH = dt.datetime(1970, 1, 1)


class TimeScale(DateScale):  # type: ignore[misc]
    """A DateScale that hears of a pan or zoom: bqplot's own keeps its limits to itself.

    >>> scale = TimeScale.over(0.0, 1500.0)
    >>> scale.max, scale.limits
    (datetime.datetime(1970, 1, 1, 0, 0, 1, 500000), (0.0, 1500.0))
    """

    min = Date(None, allow_none=True).tag(sync=True)
    max = Date(None, allow_none=True).tag(sync=True)

    @classmethod
    def over(cls, start: float, end: float) -> TimeScale:
        """A scale between two times in epoch milliseconds, without room beyond them."""
        return cls(min=_time(start), max=_time(end), allow_padding=False)

    @property
    def limits(self) -> tuple[float, float] | None:
        """Both edges in epoch milliseconds."""
        if self.min is None or self.max is None:
            return None
        step = dt.timedelta(milliseconds=1)
        return (self.min - _EPOCH) / step, (self.max - _EPOCH) / step

    @limits.setter
    def limits(self, limits: tuple[float, float]) -> None:
        with self.hold_sync(), self.hold_trait_notifications():
            self.min, self.max = map(_time, limits)


def _time(milliseconds: float) -> dt.datetime:
    return _EPOCH + dt.timedelta(milliseconds=round(milliseconds))

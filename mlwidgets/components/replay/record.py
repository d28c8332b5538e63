"""What the forecasts of a replay came to; kept in memory only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.timeframes import timeframe_minutes


@dataclass(frozen=True, slots=True)
class ReplayScore:
    """What is known of a replay's forecasts at its now.

    Attributes:
        made: forecasts.
        scored: those whose target has closed.
        called: those of them with a direction, in a market that moved.
        hits: directions that were right.
        inside: prices that the interval held.
        promised: share of prices that the intervals shall hold; NaN without a forecast.
    """

    made: int = 0
    scored: int = 0
    called: int = 0
    hits: int = 0
    inside: int = 0
    promised: float = math.nan

    @property
    def accuracy(self) -> float:
        """Share of right directions; NaN without one that could be.

        >>> ReplayScore(made=5, scored=4, called=4, hits=3).accuracy
        0.75
        """
        return self.hits / self.called if self.called else math.nan

    @property
    def coverage(self) -> float:
        """Share of prices in their interval; NaN without a scored forecast."""
        return self.inside / self.scored if self.scored else math.nan


class ReplayRecord:
    """The forecasts of one model, by origin."""

    def __init__(self) -> None:
        self._made: dict[int, Forecast] = {}
        self._targets: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._made)

    @property
    def forecasts(self) -> list[Forecast]:
        """What was forecast, in the order of origins."""
        made = self._made
        return [made[origin] for origin in sorted(made)]

    def add(self, forecast: Forecast) -> None:
        """Keep a forecast, once an origin."""
        origin = epoch_ms(pd.Timestamp(forecast.origin))
        self._made[origin] = forecast
        self._targets[origin] = epoch_ms(pd.Timestamp(forecast.target_time))

    def clear(self) -> None:
        """Begin anew."""
        self._made, self._targets = {}, {}

    def go_back(self, now: int) -> None:
        """Forget forecasts whose origin had not closed at a time, epoch milliseconds."""
        self._made = {
            origin: made for origin, made in self._made.items() if origin + _step(made) <= now
        }

    def score(self, close_of: Callable[[int], float | None]) -> ReplayScore:
        """Judge the forecasts by what is known.

        Args:
            close_of: the close of the candle that opens at an epoch millisecond, None where it
                is not known.
        """
        ends = {origin: close_of(self._targets[origin]) for origin in self._made}
        known = [(self._made[origin], end) for origin, end in ends.items() if end is not None]
        sides = [(end - each.close) * (each.price - each.close) for each, end in known]
        return ReplayScore(
            made=len(self), scored=len(known),
            called=sum(side != 0 for side in sides), hits=sum(side > 0 for side in sides),
            inside=sum(each.lower <= end <= each.upper for each, end in known),
            promised=next((each.coverage for each in self._made.values()), math.nan),
        )  # fmt: skip


def _step(forecast: Forecast) -> int:
    return timeframe_minutes(forecast.timeframe) * 60_000

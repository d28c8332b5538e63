"""How patient a feed is."""

from __future__ import annotations

import random
from dataclasses import dataclass

from mlwidgets.errors import SpecError


@dataclass(frozen=True, slots=True)
class Pace:
    """Real seconds that a feed waits; the defaults suit a real exchange.

    Attributes:
        patience: without a message, before the stream counts as delayed. Binance tells a
            changed candle every two seconds.
        poll_every: between two requests while the stream does not work.
        confirm_every: between two requests for a closed candle that is not certain yet.
        first_retry: before the second attempt to connect; doubled before each next one.
        longest_retry: at most, before an attempt.

    >>> Pace(first_retry=1, longest_retry=60).delay(3, jitter=1.0)
    4.0
    """

    patience: float = 15.0
    poll_every: float = 5.0
    confirm_every: float = 2.0
    first_retry: float = 1.0
    longest_retry: float = 60.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) > 0:
                raise SpecError(f"{name} is {getattr(self, name)!r}; give seconds.", field=name)

    def delay(self, attempt: int, jitter: float | None = None) -> float:
        """Seconds before the next attempt, after so many failed ones.

        Args:
            attempt: 1 or more.
            jitter: 0.5 to 1, so that many pages do not come back at once; default: drawn.
        """
        part = random.uniform(0.5, 1.0) if jitter is None else jitter
        return part * min(self.longest_retry, self.first_retry * 2.0 ** min(attempt - 1, 30))

"""How often a person may do something: a bucket of tokens that fills up again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from mlwidgets.server.api.errors import TooManyRequests

_MOST_PEOPLE = 1000


class Rate:
    """A bucket of tokens for each person; they are forgotten when the server stops.

    Args:
        per_minute: tokens that a bucket holds, and that come back in a minute.
        clock: gives seconds that only grow.

    >>> rate = Rate(1, clock=lambda: 0.0)
    >>> rate.take("ada")
    >>> rate.take("ada")
    Traceback (most recent call last):
    mlwidgets.server.api.errors.TooManyRequests: That was too often: ... again in 60 seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, person: str) -> None:
        """Take a token.

        Raises:
            TooManyRequests: the bucket is empty; says when there is one again.
        """
        with self._lock:
            left = self._left(person)
            if left < 1:
                self._refuse(left)
            self._buckets[person] = (left - 1, self._clock())
            self._buckets.move_to_end(person)
            if len(self._buckets) > _MOST_PEOPLE:
                self._buckets.popitem(last=False)

    def _left(self, person: str) -> float:
        tokens, since = self._buckets.get(person, (float(self._size), self._clock()))
        return min(self._size, tokens + (self._clock() - since) * self._size / 60)

    def _refuse(self, left: float) -> None:
        seconds = max(1, round((1 - left) * 60 / self._size + 0.5))
        raise TooManyRequests(
            f"That was too often: at most {self._size} a minute. Try again in {seconds} seconds.",
            retryAfterSeconds=seconds,
        )

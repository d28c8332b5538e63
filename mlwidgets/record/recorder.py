"""Writes forecasts down behind their callers' backs: neither slow nor broken by the database."""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from mlwidgets.errors import MlwidgetsError
from mlwidgets.record.values import RecordedForecast, RecordedModel

_log = logging.getLogger(__name__)

FLUSH_SECONDS = 5.0
"""How long the end of a process waits for what is not written yet."""

WARNING_SECONDS = 60.0
"""Warnings are at least this far apart."""

PAUSES = (1.0, 60.0)
"""Seconds between two tries to write: at first, and at most."""

MOST_WAITING = 10_000
"""Forecasts that wait for the database; more of them push the oldest out."""

Model = tuple[str, str, str, str, str]
Place = tuple[Model, int]
"""A model in its database, and the origin of a forecast of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A forecast that is to be written.

    Attributes:
        url: of the database.
        model: which model made it.
        forecast: what it said.
        in_production: asks whether the model is in production; only then is it written.
    """

    url: str
    model: RecordedModel
    forecast: RecordedForecast
    in_production: Callable[[], bool]


class Recorder:
    """A queue and a thread that lives as long as there is something in it.

    What could not be written stays in its place and is tried again, after pauses that grow.

    Args:
        clock: seconds that only grow.
        pauses: between tries, in seconds: the first and the longest.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        pauses: tuple[float, float] = PAUSES,
    ) -> None:
        self._clock, self._pauses = clock, pauses
        self._warned: float | None = None
        self.reset()

    def reset(self) -> None:
        """Forget what waits; a process that was forked off has not the thread that writes it."""
        self._changed = threading.Condition()
        self._waiting: dict[Place, Entry] = {}
        self._thread: threading.Thread | None = None
        self._latest: dict[Model, int] = {}
        self._begun = self._failed = self._wanted = 0
        """Numbers of tries: of the last one, of the last that failed, of one not to be put off."""

    def put(self, entry: Entry) -> None:
        """Have a forecast written soon; one that waits or was just written is not taken again."""
        place = _place(entry)
        with self._changed:
            if place in self._waiting or self._latest.get(place[0]) == place[1]:
                return
            # Asked once: a later try must not miss what was in production at the first.
            asked_once = cache(entry.in_production)
            self._waiting[place] = replace(entry, in_production=asked_once)
            if len(self._waiting) > MOST_WAITING:
                del self._waiting[next(iter(self._waiting))]
                self._warn("A forecast is missing in the track record: too many wait for it.")
            if self._thread is None:
                thread = threading.Thread(
                    target=self._write_all, name="mlwidgets-recorder", daemon=True
                )
                thread.start()
                self._thread = thread

    def flush(self, timeout: float | None = None) -> bool:
        """Have what waits tried at once; wait until it is written, or the try has failed.

        Args:
            timeout: seconds to wait at most.

        Returns:
            Whether nothing waits any more.
        """
        with self._changed:
            self._wanted = wanted = self._begun + 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._thread is None or self._failed >= wanted, timeout)
            return not self._waiting

    def end(self) -> None:
        """Write what waits, or say that it is missing."""
        if not self.flush(FLUSH_SECONDS):
            _log.warning("%d forecast(s) are missing in the track record.", len(self._waiting))

    def _write_all(self) -> None:
        pauses = growing(*self._pauses)
        while batch := self._begin():
            urls = dict.fromkeys(entry.url for entry in batch)
            by_url = [[entry for entry in batch if entry.url == url] for url in urls]
            outcomes = [self._write(*of_one) for of_one in by_url]
            if all(outcomes):
                pauses = growing(*self._pauses)
            else:
                self._pause(next(pauses))

    def _begin(self) -> list[Entry]:
        with self._changed:
            self._begun += 1
            if not self._waiting and self._thread is threading.current_thread():
                self._thread = None
                self._changed.notify_all()
            return [*self._waiting.values()]

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._failed = self._begun
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._wanted > self._begun, seconds)

    def _write(self, *batch: Entry) -> bool:
        """Write forecasts for one database; False where they have to be tried again."""
        written: list[Entry] = []
        try:
            wanted = [entry for entry in batch if entry.in_production()]
            if wanted:
                from mlwidgets.record.store import RecordStore  # SQLAlchemy is slow to import

                store = RecordStore(batch[0].url)
                try:
                    store.add((entry.model, entry.forecast) for entry in wanted)
                finally:
                    store.close()
            written = wanted
        except (MlwidgetsError, OSError) as error:
            self._warn(f"{len(batch)} forecast(s) wait to be written to the track record: {error}")
            return False
        except Exception as error:  # what no try can write must not hold up the others
            self._warn(f"{len(batch)} forecast(s) are missing in the track record: {error!r}")
        with self._changed:
            self._latest |= dict(map(_place, written))
            for entry in batch:
                self._waiting.pop(_place(entry), None)
        return True

    def _warn(self, what: str) -> None:
        now = self._clock()
        if self._warned is None or now - self._warned >= WARNING_SECONDS:
            self._warned = now
            _log.warning(what)


def growing(first: float, longest: float) -> Iterator[float]:
    """Pauses between tries, each twice as long as the one before.

    >>> pauses = growing(1.0, 60.0)
    >>> [next(pauses) for _ in range(8)]
    [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    """
    while True:
        yield first
        first = min(2 * first, longest)


def _place(entry: Entry) -> Place:
    model = entry.model
    key = (entry.url, model.symbol, model.model_type, model.version, model.weights_sha256)
    return key, entry.forecast.origin


RECORDER = Recorder()
"""The one of this process."""

atexit.register(RECORDER.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=RECORDER.reset)

"""Writes forecasts down behind their callers' backs: neither slow nor broken by the database."""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from mlwidgets.errors import MlwidgetsError
from mlwidgets.record.values import RecordedForecast, RecordedModel

_log = logging.getLogger(__name__)

FLUSH_SECONDS = 5.0
"""How long the end of a process waits for what is not written yet."""

WARNING_SECONDS = 60.0
"""Warnings are at least this far apart."""

MOST_WAITING = 10_000
"""Forecasts that wait for the database; more of them push the oldest out."""


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

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._warned: float | None = None
        self.reset()

    def reset(self) -> None:
        """Forget what waits; a process that was forked off has not the thread that writes it."""
        self._lock = threading.Lock()
        self._waiting: deque[Entry] = deque(maxlen=MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._latest: dict[tuple[str, str, str, str, str], int] = {}

    def put(self, entry: Entry) -> None:
        """Have a forecast written soon; one that was just written is not written again."""
        with self._lock:
            if self._latest.get(_key(entry)) == entry.forecast.origin:
                return
            self._waiting.append(entry)
            if self._thread is None:
                thread = threading.Thread(
                    target=self._write_all, name="mlwidgets-recorder", daemon=True
                )
                thread.start()
                self._thread = thread

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything is written, or has failed to be.

        Args:
            timeout: seconds to wait at most.

        Returns:
            Whether nothing waits any more.
        """
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return thread is None or not thread.is_alive()

    def _write_all(self) -> None:
        while batch := self._taken():
            for url in dict.fromkeys(entry.url for entry in batch):
                self._write(url, [entry for entry in batch if entry.url == url])

    def _taken(self) -> list[Entry]:
        with self._lock:
            batch = [*self._waiting]
            self._waiting.clear()
            if not batch:
                self._thread = None
            return batch

    def _write(self, url: str, batch: list[Entry]) -> None:
        from mlwidgets.record.store import RecordStore  # SQLAlchemy is no part of a forecast

        try:
            wanted = [entry for entry in batch if entry.in_production()]
            if wanted:
                store = RecordStore(url)
                store.add((entry.model, entry.forecast) for entry in wanted)
                store.close()
        except MlwidgetsError as error:
            self._warn(len(batch), error.message)
        except Exception as error:  # whatever it is, the next forecast is another try
            self._warn(len(batch), repr(error))
        else:
            with self._lock:
                self._latest |= {_key(entry): entry.forecast.origin for entry in wanted}

    def _warn(self, count: int, why: str) -> None:
        now = self._clock()
        if self._warned is None or now - self._warned >= WARNING_SECONDS:
            self._warned = now
            _log.warning("%d forecast(s) are missing in the track record: %s", count, why)


def _key(entry: Entry) -> tuple[str, str, str, str, str]:
    model = entry.model
    return entry.url, model.symbol, model.model_type, model.version, model.weights_sha256


RECORDER = Recorder()
"""The one of this process."""

atexit.register(RECORDER.flush, FLUSH_SECONDS)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=RECORDER.reset)

"""A coordinator's sign of life, which brings back whether the job is still wanted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, TypeVar

from mlwidgets.errors import Cancelled, SchemaTooNew, StorageError

BEAT_SECONDS = 1.0
PATIENCE_SECONDS = 60.0
"""How long the database may be in trouble before a job is given up."""

_T = TypeVar("_T")


class Beating(Protocol):
    """What a heart beats for: a lease on a job."""

    def beat(self) -> bool:
        """Renew the lease; True where the job is to be cancelled."""


class Heart:
    """Beats every second in a thread of its own, however busy the work is.

    Args:
        lease: what is renewed.
        each_beat: done after each beat, in the same thread.
        interval: seconds between beats.
        patience: seconds of trouble with the database before the heart stops.

    >>> from types import SimpleNamespace
    >>> with Heart(SimpleNamespace(beat=lambda: False)) as heart:
    ...     heart.should_stop()
    False
    """

    def __init__(
        self,
        lease: Beating,
        each_beat: Callable[[], None] = lambda: None,
        *,
        interval: float = BEAT_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._lease, self._each_beat = lease, each_beat
        self._interval, self._patience = interval, patience
        self._over, self._cancelled = threading.Event(), threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="job heartbeat", daemon=True)

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def should_stop(self) -> bool:
        """Whether to leave off: cancelled, taken over, or the database is out of reach."""
        return self._cancelled.is_set() or self._failure is not None

    def check(self) -> None:
        """Go on only while the job is wanted.

        Raises:
            JobLost, StorageError: what stopped the heart.
            Cancelled: somebody asked the job to stop.
        """
        self.require()
        if self._cancelled.is_set():
            raise Cancelled("The job was cancelled.")

    def require(self) -> None:
        """As `check`, for work that is too late to cancel."""
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        well = time.monotonic()
        while not self._over.is_set():
            try:
                if self._lease.beat():
                    self._cancelled.set()
                self._each_beat()
                well = time.monotonic()
            except StorageError as error:
                if time.monotonic() - well > self._patience:
                    self._failure = error
                    return
            except Exception as error:  # JobLost, or a fault, which the work must not outlive
                self._failure = error
                return
            self._over.wait(self._interval)


def patiently(
    action: Callable[[], _T],
    *,
    seconds: float = PATIENCE_SECONDS,
    pause: float = BEAT_SECONDS,
) -> _T:
    """Do something with the database, again and again while it is out of reach.

    Args:
        action: what to do; it is safe to repeat.
        seconds: for how long at most.
        pause: seconds between two attempts.

    Raises:
        StorageError: it stays out of reach.
    """
    began = time.monotonic()
    while True:
        try:
            return action()
        except SchemaTooNew:
            raise
        except StorageError:
            if time.monotonic() - began > seconds:
                raise
        time.sleep(pause)

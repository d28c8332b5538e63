"""A backtest's progress from the worker that computes it to the client that waits for it."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import math
import queue
import time
import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Generic, TypeVar

from distributed import Client

from mlwidgets.cluster.tasks import tell
from mlwidgets.evaluation.backtest import BacktestProgress
from mlwidgets.forecast.training import EpochEnd

K = TypeVar("K", bound=Hashable)

_TOPIC = "mlwidgets backtest"
_PAUSE_SECONDS = 0.2

_heard: dict[str, Callable[[dict[str, Any]], None]] = {}
"""What is done with the messages of each run that this process waits for."""


def teller(run: str) -> Callable[[BacktestProgress], None]:
    """What a backtest on a worker tells its progress to; a few times a second at most."""
    told = -math.inf

    def on_progress(progress: BacktestProgress) -> None:
        nonlocal told
        if time.monotonic() - told >= _PAUSE_SECONDS:
            told = time.monotonic()
            tell(_TOPIC, {"run": run, **asdict(progress)})

    return on_progress


class Listener(Generic[K]):
    """Hears the progress of several backtests.

    Attributes:
        runs: names of the backtests for `teller`, by key.
    """

    def __init__(self, keys: Iterable[K]) -> None:
        self.runs = {key: uuid.uuid4().hex for key in keys}
        self._messages: queue.SimpleQueue[tuple[K, BacktestProgress]] = queue.SimpleQueue()

    def hear(self, key: K, message: dict[str, Any]) -> None:
        """Take in a message; called in the client's own thread."""
        progress = BacktestProgress(message["fit"], message["fits"], EpochEnd(**message["epoch"]))
        self._messages.put((key, progress))

    def news(self) -> Iterator[tuple[K, BacktestProgress]]:
        """What was told since the last call."""
        while not self._messages.empty():
            yield self._messages.get()


@contextmanager
def listening(client: Client, keys: Iterable[K]) -> Iterator[Listener[K]]:
    """Listen to the workers of a client for a while.

    Args:
        client: a connected Dask client.
        keys: names the backtests that are about to run.
    """
    listener = Listener(keys)
    # One topic for all, which the scheduler keeps the last messages of; and never unsubscribed,
    # because a client without a handler stumbles over what still arrives.
    client.subscribe_topic(_TOPIC, _hear)
    _heard.update({run: _to(listener, key) for key, run in listener.runs.items()})
    try:
        yield listener
    finally:
        for run in listener.runs.values():
            _heard.pop(run)


def _to(listener: Listener[K], key: K) -> Callable[[dict[str, Any]], None]:
    return lambda message: listener.hear(key, message)


def _hear(event: tuple[float, dict[str, Any]]) -> None:
    message = event[1]
    if handler := _heard.get(message["run"]):
        handler(message)

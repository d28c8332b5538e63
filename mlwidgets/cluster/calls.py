"""Functions computed on a cluster's workers, and again elsewhere where a worker was lost."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import queue
import time
import uuid
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import dask
from distributed import Client, Future, KilledWorker
from distributed.protocol import pickle

from mlwidgets.cluster.capacity import capacity, require_device
from mlwidgets.cluster.resources import fold_resources
from mlwidgets.errors import Cancelled, ClusterUnavailable, TrainingError

K = TypeVar("K", bound=Hashable)

_MOST_ATTEMPTS = 3
_GATHER_SECONDS = 1.0
_LOOK_SECONDS = 2.0
_NO_WORKERS_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call: its value, or the error that ended it."""

    value: Any = None
    error: Exception | None = None


@dataclass(slots=True)
class _Call:
    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    attempts: int = 0
    future: Future[Any] | None = None


class Calls(Generic[K]):
    """Calls of pure functions on the workers of a client, each in a fold's share of one.

    What all calls share travels once to every worker. A worker that dies costs the call it was
    computing, which the scheduler gives to another one, until it has killed a few.

    Args:
        client: a connected Dask client.
        shared: what every function gets first; anything that pickles.
        device: `cpu`, or `cuda` for workers that hold a GPU.

    Raises:
        ClusterUnavailable: no worker has the device.
    """

    def __init__(self, client: Client, shared: Any, *, device: str = "cpu") -> None:
        require_device(client, device)
        self._client, self._device = client, device
        self._payload = pickle.dumps(shared)
        self._sent: Future[Any] | None = None
        self._slots = max(1, capacity(client, device))
        self._calls: dict[K, _Call] = {}
        self._done: queue.SimpleQueue[tuple[K, Future[Any]]] = queue.SimpleQueue()
        self._looked = self._seen = time.monotonic()

    def __len__(self) -> int:
        """Calls that have no outcome yet."""
        return len(self._calls)

    @property
    def slots(self) -> int:
        """Calls that the workers compute at the same time, as last seen."""
        return self._slots

    def start(self, key: K, name: str, function: Callable[..., Any], *arguments: Any) -> None:
        """Have `function(shared, *arguments)` computed.

        Args:
            key: names the outcome.
            name: what people call it, at the beginning of a sentence.
            function: what to compute; pure, because it may be computed more than once.
            *arguments: what it gets besides what all calls share.
        """
        self._calls[key] = _Call(name, function, arguments)
        self._submit_due()

    def collect(self, timeout: float) -> list[tuple[K, Outcome]]:
        """Wait for outcomes.

        Args:
            timeout: longest wait in seconds.

        Returns:
            What has arrived, perhaps nothing.

        Raises:
            ClusterUnavailable: the scheduler is gone, or no worker came back.
        """
        self._look()
        self._submit_due()
        outcomes = []
        for key, call, future in self._arrivals(timeout):
            outcome = self._outcome(key, call, future)
            if outcome is not None:
                del self._calls[key]
                outcomes.append((key, outcome))
        return outcomes

    def cancel(self, keys: Iterable[K] | None = None) -> None:
        """Drop some of the calls that have no outcome yet, or all."""
        dropped = [self._calls.pop(key) for key in list(self._calls if keys is None else keys)]
        futures = [call.future for call in dropped if call.future is not None]
        if futures and self._client.status == "running":
            self._client.cancel(futures, force=True)

    def _look(self) -> None:
        """See how many workers there are, every now and then."""
        now = time.monotonic()
        if self._client.status == "closed":
            raise ClusterUnavailable(
                "The Dask scheduler is gone. Run this again; a search goes on from the trials that "
                "were finished."
            )
        if self._client.status != "running":
            self._seen = now
            return
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        try:
            found = capacity(self._client, self._device)
        except OSError:  # the scheduler is gone; the client finds out in its own time
            return
        if found:
            self._seen, self._slots = now, found
        elif now - self._seen > _NO_WORKERS_SECONDS:
            raise ClusterUnavailable(
                f"No Dask worker has been there for {now - self._seen:.0f} s; start workers and "
                "run this again. A search goes on from the trials that were finished."
            )

    def _submit_due(self) -> None:
        if self._client.status != "running":
            return
        for key, call in self._calls.items():
            if call.future is None:
                call.attempts += 1
                call.future = self._client.submit(
                    call.function, self._data(), *call.arguments,
                    key=f"{call.function.__name__.strip('_')}-{uuid.uuid4().hex}",
                    resources=fold_resources(self._device),
                )  # fmt: skip
                self._watch(key, call.future)

    def _data(self) -> Future[Any]:
        # As a task rather than scattered: the scheduler can make it anew where every worker that
        # held it has died, while scattered data would be lost and all that needs them with them.
        if self._sent is None:
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
                self._sent = self._client.submit(
                    pickle.loads, self._payload, key=f"data-{uuid.uuid4().hex}",
                    resources=fold_resources(self._device),
                )  # fmt: skip
        return self._sent

    def _watch(self, key: K, future: Future[Any]) -> None:
        future.add_done_callback(lambda done: self._done.put((key, done)))

    def _arrivals(self, timeout: float) -> list[tuple[K, _Call, Future[Any]]]:
        arrived = []
        try:
            arrived.append(self._done.get(timeout=timeout))
            while True:
                arrived.append(self._done.get_nowait())
        except queue.Empty:
            pass
        # A call that was cancelled or made again has another future, or none.
        return [
            (key, call, future)
            for key, future in arrived
            if (call := self._calls.get(key)) and call.future is future
        ]

    def _outcome(self, key: K, call: _Call, future: Future[Any]) -> Outcome | None:
        try:
            return Outcome(future.result(timeout=_GATHER_SECONDS))
        except CancelledError:
            self._sent = None  # the connection to the scheduler broke, and took everything along
            return self._again(call, "its scheduler lost it")
        except Cancelled:
            return self._again(call, "its worker took it for unwanted")
        except KilledWorker as error:
            if error.task != future.key:
                self._sent = None
                return self._again(call, "the workers that held its data died")
            return Outcome(error=_deadly(call.name, error.allowed_failures + 1))
        except Exception as error:
            if future.status == "error":
                return Outcome(error=error)
            self._watch(key, future)  # its worker died with the result; Dask computes it anew
            return None

    def _again(self, call: _Call, why: str) -> Outcome | None:
        if call.attempts >= _MOST_ATTEMPTS:
            return Outcome(
                error=ClusterUnavailable(f"{call.name} was given up: {why}, {call.attempts} times.")
            )
        call.future = None
        return None


def _deadly(name: str, deaths: int) -> TrainingError:
    return TrainingError(
        f"{name} was given up: its worker died, {deaths} times in all; it may need more memory. "
        "Give the workers more (MLWIDGETS_WORKER_MEMORY), or take a smaller network, batch or "
        "sequence length.",
        deaths=deaths,
    )  # fmt: skip

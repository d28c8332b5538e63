"""One thread and a seed: what makes torch give the same numbers again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_TURN = threading.RLock()


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch in one thread: small recurrent networks gain nothing from a second.

    Sums are then always made in one order, so the numbers repeat bit for bit. The setting is
    the whole process's, so threads that want it take turns.
    """
    with _TURN:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Run torch from a seed in one thread; the caller's own random state is left alone."""
    with one_thread(), _one_order_on_gpus(), torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


@contextmanager
def _one_order_on_gpus() -> Iterator[None]:
    """Have cuDNN choose convolutions that always sum in one order; its fastest ones do not."""
    before = torch.backends.cudnn.deterministic
    torch.backends.cudnn.deterministic = True
    try:
        yield
    finally:
        torch.backends.cudnn.deterministic = before

"""A database that is opened when it is first asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


def late(open_it: Callable[[], T]) -> T:
    """Stands for an object until somebody asks something of it, and then opens it.

    One that cannot be opened raises then, and is tried again next time: a page can be shown
    while its database is out of reach.

    >>> late(lambda: "opened").upper()
    'OPENED'
    """
    return cast(T, _Late(open_it))


class _Late:
    def __init__(self, open_it: Callable[[], Any]) -> None:
        self._open, self._opening, self._opened = open_it, threading.Lock(), None

    def __getattr__(self, name: str) -> Any:
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
        return getattr(self._opened, name)

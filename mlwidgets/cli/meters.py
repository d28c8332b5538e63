"""A progress bar on a terminal; elsewhere a line every so often. Always on stderr."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.text import Text

from mlwidgets.cli.figures import duration

EVERY_SECONDS = 15.0
"""Time between two lines where stderr is no terminal."""


class Meter(Protocol):
    """Shows how far some work is."""

    def show(self, done: float, total: float, text: str, seconds_left: float | None = None) -> None:
        """Show that `done` of `total` is done; a total of 0 means that nobody knows."""


@contextmanager
def open_meter(console: Console, title: str) -> Iterator[Meter]:
    """A meter that suits the console, gone again at the end."""
    if not console.is_terminal:
        yield LineMeter(console, title)
        return
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(24),
        TextColumn("{task.fields[text]}"), _TimeLeft(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        yield BarMeter(progress, title)


class BarMeter:
    """A meter on a terminal.

    Args:
        progress: rich's display, running.
        title: what is being done.
    """

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=None, text="", ends=None)

    def show(self, done: float, total: float, text: str, seconds_left: float | None = None) -> None:
        """See `Meter`."""
        ends = None if seconds_left is None else time.monotonic() + seconds_left
        self._progress.update(self._task, completed=done, total=total or None, text=text, ends=ends)


class LineMeter:
    """A meter for logs: one line every `EVERY_SECONDS`, none for short work.

    Args:
        console: where the lines go.
        title: what is being done.
        every: seconds between two lines.
    """

    def __init__(self, console: Console, title: str, every: float = EVERY_SECONDS) -> None:
        self._console, self._title, self._every = console, title, every
        self._next = time.monotonic() + every

    def show(self, done: float, total: float, text: str, seconds_left: float | None = None) -> None:
        """See `Meter`."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every
        left = "" if seconds_left is None else f", {duration(seconds_left)} left"
        self._console.print(Text(f"{self._title}: {text}{left}"), soft_wrap=True)


class _TimeLeft(ProgressColumn):
    """Time to the expected end, which goes on falling between two reports."""

    def render(self, task: Task) -> Text:
        """The column's text."""
        ends = task.fields.get("ends")
        if ends is None:
            return Text("")
        seconds = max(0, round(ends - time.monotonic()))
        return Text(f"{seconds // 60}:{seconds % 60:02d} left", style="cyan")

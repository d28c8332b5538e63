"""Where a command's words go: results to stdout, everything on the way to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

_PIPE_WIDTH = 100


class Output:
    """What a command shows: text for people, or one JSON object.

    Args:
        as_json: whether stdout gets one JSON object and nothing else.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.stdout = _console(stderr=False)
        self.stderr = _console(stderr=True)

    def show(self, *parts: RenderableType) -> None:
        """Print for people; nothing under --json."""
        if not self.as_json:
            for part in parts:
                self.stdout.print(part)

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines for people as they are, however long; nothing under --json."""
        if not self.as_json:
            for line in lines:
                self.stdout.print(Text(line), soft_wrap=True)

    def note(self, text: str) -> None:
        """Print a remark to stderr."""
        self.stderr.print(Text(text))

    def finish(self, document: Mapping[str, Any]) -> None:
        """Print the command's JSON object; nothing without --json."""
        if self.as_json:
            print_json(document)


def print_json(document: Mapping[str, Any]) -> None:
    """Write one strict JSON object to stdout."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    chosen = stream.isatty() or "COLUMNS" in os.environ
    return Console(stderr=stderr, width=None if chosen else _PIPE_WIDTH, highlight=False)

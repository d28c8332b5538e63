"""The one place where an exception becomes a message and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from mlwidgets.cli.output import print_json
from mlwidgets.errors import MlwidgetsError

FAILED, USAGE, INTERRUPTED = 1, 2, 130
"""Exit codes."""

_AS_OPTIONS = (
    ("pass offline=True", "pass --offline"),
    ("without offline=True", "without --offline"),
    ("(read_candles)", "(--data FILE)"),
    ("(simulate_market)", "(--simulated)"),
    ("Pass timeframe= as", "Pass --timeframe as"),
    ("pass timeframe=.", "pass --timeframe."),
)
"""What errors call by its name in Python, and its name on the command line."""


class Interrupted(MlwidgetsError):
    """Ctrl-C was pressed; the message says what is kept."""


@contextmanager
def failures_reported(as_json: bool) -> Iterator[None]:
    """Turn exceptions into a message and an exit code.

    Raises:
        typer.Exit: with 1 after an error, 130 after Ctrl-C.
    """
    try:
        yield
    except Interrupted as error:
        _report(error, as_json, INTERRUPTED)
    except KeyboardInterrupt:
        _report(Interrupted("Interrupted."), as_json, INTERRUPTED)
    except MlwidgetsError as error:
        _report(error, as_json, FAILED)
    except BrokenPipeError:
        _leave_the_pipe()
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        _reraise_usage(error, as_json)
        _report_unexpected(error, as_json)


def in_options(message: str) -> str:
    """An error's message with options named as the command line names them.

    >>> in_options("Try again later, or pass offline=True for what is stored.")
    'Try again later, or pass --offline for what is stored.'
    """
    for name, option in _AS_OPTIONS:
        message = message.replace(name, option)
    return message


def _report(error: MlwidgetsError, as_json: bool, code: int) -> None:
    message = in_options(error.message)
    if as_json:
        _print_error(type(error).__name__, message, error.details)
    else:
        prefix = "" if code == INTERRUPTED else "Error: "
        _say(prefix, message)
    if _debugging():
        traceback.print_exc()
    raise typer.Exit(code)


def _report_unexpected(error: Exception, as_json: bool) -> None:
    kind, text = type(error).__name__, " ".join(str(error).split())[:300]
    message = f"{kind}: {text}. This is a fault of mlwidgets; MLWIDGETS_DEBUG=1 shows where."
    if as_json:
        _print_error(kind, message, {})
    else:
        _say("Unexpected error: ", message)
    if _debugging():
        traceback.print_exc()
    raise typer.Exit(FAILED)


def _reraise_usage(error: Exception, as_json: bool) -> None:
    # typer shows these itself; its exceptions have no public base class across its versions.
    if getattr(error, "exit_code", None) != USAGE:
        return
    if as_json:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        _print_error("UsageError", message, {})
    raise error


def _print_error(kind: str, message: str, details: dict[str, Any]) -> None:
    facts = {_camel(name): value for name, value in details.items()}
    print_json({"error": {"type": kind, "message": message, "details": facts}})


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _say(prefix: str, message: str) -> None:
    text = Text(prefix, style="bold red").append(message, style="default not bold")
    Console(stderr=True, highlight=False, soft_wrap=True).print(text)


def _leave_the_pipe() -> None:
    """The reader of stdout is gone; keep Python from complaining when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise typer.Exit(FAILED)


def _debugging() -> bool:
    return os.environ.get("MLWIDGETS_DEBUG", "") not in ("", "0")

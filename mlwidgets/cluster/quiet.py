"""What Dask's own log says to people: a line a matter, and nothing that is said elsewhere."""

from __future__ import annotations

import logging

_LONGEST = 1000
_SAID_ELSEWHERE = (
    # That the scheduler is gone, which `mlwidgets worker` says.
    "Failed to communicate with scheduler during heartbeat",
    "Async instruction for <Task cancelled",
    "Worker process died unexpectedly",
    # That a task was told to stop, by whoever told it.
    'Exception: "Cancelled(',
)


def quiet() -> None:
    """Have the Dask of this process log warnings only, and each in one line."""
    import distributed.scheduler  # noqa: F401  # makes the loggers

    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logger = logging.getLogger(name)
            logger.setLevel(logging.WARNING)
            logger.addFilter(_one_line)


def _one_line(record: logging.LogRecord) -> bool:
    """Take a record's traceback away; False for one that is not to be written at all."""
    text = record.getMessage()
    if any(known in text for known in _SAID_ELSEWHERE):
        return False
    words = text.partition("\nTraceback:")[0].split()
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        words += f"({type(error).__name__}: {error})".split()
    line = " ".join(words)
    record.msg = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    record.args, record.exc_info, record.exc_text = (), None, None
    return True

"""What Dask's log says to whoever runs workers."""

import io
import logging

import pytest

from mlwidgets.cluster.quiet import quiet


@pytest.fixture
def written():
    """Has Dask's log write a message with an error, and returns what stands there then."""
    logger, lines = logging.getLogger("distributed.worker"), io.StringIO()
    quiet()
    handler = logging.StreamHandler(lines)
    logger.addHandler(handler)

    def write(message, error=None):
        lines.truncate(lines.seek(0))
        logger.error(message, exc_info=error)
        return lines.getvalue()

    yield write
    logger.removeHandler(handler)


def test_trouble_is_told_in_one_line_with_its_cause(written):
    told = written("Timed out connecting\n  to a worker", error=OSError("no\nroute"))
    assert told == "Timed out connecting to a worker (OSError: no route)\n"
    failed = written("Compute Failed\nKey: job-1\nException: \"StorageError('x')\"\nTraceback: '…'")
    assert failed == "Compute Failed Key: job-1 Exception: \"StorageError('x')\"\n"


@pytest.mark.parametrize(
    "message",
    [
        "Failed to communicate with scheduler during heartbeat.",
        "Worker process died unexpectedly",
        "Compute Failed\nKey: score-1\nException: \"Cancelled('The fold was stopped.')\"",
    ],
)
def test_what_is_said_elsewhere_is_not_told_again(written, message):
    assert written(message, error=OSError("closed")) == ""

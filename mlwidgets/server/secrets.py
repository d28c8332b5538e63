"""The token stays out of logs, which are kept longer and read by more people than a terminal."""

from __future__ import annotations

import logging


class WithoutToken(logging.Filter):
    """Drops what would write a token into a log.

    Args:
        token: that nobody shall read there.

    >>> record = logging.LogRecord("x", logging.INFO, "", 0, "Open /ml?token=%s", ("s3cret",), None)
    >>> WithoutToken("s3cret").filter(record)
    False
    """

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may be written."""
        return not self._token or self._token not in record.getMessage()

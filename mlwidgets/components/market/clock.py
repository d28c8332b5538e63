"""What time it is for a page."""

from __future__ import annotations

import pandas as pd


class Clock:
    """The machine's clock; a replay has another one of the same method.

    >>> Clock().now().tzname()
    'UTC'
    """

    def now(self) -> pd.Timestamp:
        """The page's time, UTC."""
        return pd.Timestamp.now("UTC")

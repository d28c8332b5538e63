"""How a feed stands: what a connection chip shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from mlwidgets.errors import ExchangeUnavailable, MlwidgetsError


class FeedState(StrEnum):
    """What a feed is doing."""

    CONNECTING = "connecting"
    """The first connection is being made."""
    LIVE = "live"
    """The stream tells, and no closed candle is missing."""
    DELAYED = "delayed"
    """Connected, but nothing has come for longer than it should, or closed candles cannot be
    confirmed."""
    POLLING = "polling"
    """The stream does not work; the exchange is asked again and again instead."""
    RECONNECTING = "reconnecting"
    """The stream broke off; the next attempt comes at `next_try`."""
    OFFLINE = "offline"
    """Neither the stream nor the exchange's REST answers."""


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """How a feed stands.

    Attributes:
        state: what it is doing.
        reason: why, in words; empty where all is well.
        last_update: when the exchange last told something, by this machine's clock, UTC.
        attempt: how many attempts to connect have failed in a row.
        next_try: when the next one comes, by this machine's clock, UTC; None where none is due.
    """

    state: FeedState
    reason: str = ""
    last_update: pd.Timestamp | None = None
    attempt: int = 0
    next_try: pd.Timestamp | None = None


def in_words(error: MlwidgetsError) -> str:
    """Why a feed stands as it does, short enough for a chip.

    >>> in_words(ExchangeUnavailable("A long story.", exchange="kraken", status=503,
    ...                              attempts=1, reason="HTTP 503"))
    'kraken does not answer: HTTP 503.'
    """
    if isinstance(error, ExchangeUnavailable) and "attempts" in error.details:
        return f"{error.details['exchange']} does not answer: {error.details['reason']}."
    return error.message

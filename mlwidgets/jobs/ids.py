"""Ids that sort by the time of their making: twelve lower-case letters and digits."""

from __future__ import annotations

import secrets

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_TIME, _CHANCE = 9, 3


def next_id(now: int, latest: str | None) -> str:
    """An id that sorts after `latest`, by the clock where it has gone on.

    Args:
        now: epoch milliseconds.
        latest: the greatest id so far.

    >>> next_id(1_760_000_000_000, None)[:9]
    '0mgj6k3cw'
    >>> next_id(0, "0mgj6k3cwzzz")[:9]
    '0mgj6k3cx'
    """
    after = 0 if latest is None else int(latest[:_TIME], 36) + 1
    chance = "".join(secrets.choice(_DIGITS) for _ in range(_CHANCE))
    return _base36(max(now, after)).rjust(_TIME, "0") + chance


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits

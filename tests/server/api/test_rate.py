"""How often a person may start something."""

from __future__ import annotations

import pytest

from mlwidgets.server.api.errors import TooManyRequests
from mlwidgets.server.api.rate import Rate


class Clock:
    """Time that stands still until it is moved."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def taken(rate: Rate, person: str = "ada") -> int:
    """How many tokens a person gets before one is refused."""
    count = 0
    while True:
        try:
            rate.take(person)
        except TooManyRequests:
            return count
        count += 1


def test_a_bucket_holds_a_minutes_tokens_and_fills_up_again_with_time() -> None:
    clock = Clock()
    rate = Rate(6, clock)

    assert taken(rate) == 6
    clock.seconds += 20
    assert taken(rate) == 2
    clock.seconds += 3600
    assert taken(rate) == 6, "and never overflows"


def test_everybody_has_a_bucket_of_their_own() -> None:
    rate = Rate(3, Clock())
    taken(rate, "ada")

    assert taken(rate, "bob") == 3


def test_who_waits_as_long_as_told_is_let_in() -> None:
    clock = Clock()
    rate = Rate(7, clock)
    taken(rate)
    with pytest.raises(TooManyRequests) as refused:
        rate.take("ada")

    clock.seconds += refused.value.details["retryAfterSeconds"]

    rate.take("ada")


def test_people_who_come_once_are_forgotten() -> None:
    rate = Rate(2, Clock())
    for number in range(5000):
        rate.take(str(number))

    assert taken(rate, "0") == 2, "the oldest had to make room"

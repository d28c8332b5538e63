"""Numbers and times for people."""

import datetime as dt
import time

import pytest

from mlwidgets.cli.figures import NOTHING, amount, moment, number, p_value, percent

NOON = dt.datetime(2025, 1, 31, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", "2025-01-31 13:00 CET"),
        ("America/Sao_Paulo", "2025-01-31 09:00 UTC-03"),
        ("UTC", "2025-01-31 12:00 UTC"),
    ],
)
def test_times_are_local_and_show_their_zone(monkeypatch, zone, shown):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert moment(NOON) == shown


@pytest.mark.parametrize("write", [amount, percent, number, p_value])
@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_what_is_not_defined_is_a_dash(write, value):
    assert write(value) == NOTHING

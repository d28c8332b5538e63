"""Times are said in the zone of the browser; without a browser in the machine's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from mlwidgets.components.formats import moment
from mlwidgets.components.texts import language
from mlwidgets.components.zone import zone

NOON = int(dt.datetime(2025, 7, 1, 12, tzinfo=dt.UTC).timestamp() * 1000)


@pytest.fixture(autouse=True)
def _no_page() -> Iterator[None]:
    yield
    zone.info = None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Asia/Tokyo", "2025-07-01 21:00 JST"),
        ("Asia/Dubai", "2025-07-01 16:00 UTC+04"),
        ("America/New_York", "2025-07-01 08:00 EDT"),
        ("UTC", "2025-07-01 12:00 UTC"),
    ],
)
def test_a_moment_is_said_in_the_zone_of_the_browser(name: str, said: str) -> None:
    zone.settle(name)

    assert moment(NOON) == said


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "America", "../../etc/passwd", "\0", "x" * 5000, None, 7, {}]
)
def test_a_zone_that_nobody_knows_is_utc(name: object) -> None:
    zone.settle(name)

    assert moment(NOON) == "2025-07-01 12:00 UTC"


def test_without_a_page_it_is_the_machines_zone() -> None:
    local = dt.datetime.fromtimestamp(NOON / 1000)

    assert moment(NOON).startswith(f"{local:%Y-%m-%d %H:%M}")


def test_another_zone_has_everything_said_again_and_the_same_one_does_not() -> None:
    said: list[str] = []

    def say(_: object) -> None:
        said.append(moment(NOON))

    language.observe(say, "code")
    for name in ("Asia/Tokyo", "Asia/Tokyo", "UTC"):
        zone.settle(name)
    language.unobserve(say, "code")

    assert said == ["2025-07-01 21:00 JST", "2025-07-01 12:00 UTC"]

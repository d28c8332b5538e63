"""Notices come, are answered or dismissed, and go."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.notices import MOST, Notice, Notices


def press(notices: Notices, event: str, data: Any) -> None:
    notices._handle_event(notices, {"event": event, "data": data}, [])


def titles(notices: Notices) -> list[str]:
    return [notice["title"] for notice in notices.notices]


def test_several_stand_together_until_they_are_dismissed() -> None:
    notices = Notices()
    notices.add(Notice("done", "first"))
    notices.add(Notice("failed", "second", "why"))
    assert titles(notices) == ["first", "second"]

    press(notices, "dismiss", notices.notices[0]["id"])

    assert titles(notices) == ["second"]


def test_its_button_says_which_one_it_was_and_the_notice_goes() -> None:
    pressed: list[str] = []
    notices = Notices(pressed.append)
    notices.add(Notice("done", "first", action="Show", key="job"))

    press(notices, "act", notices.notices[0]["id"])
    press(notices, "act", 99)

    assert (pressed, notices.notices) == (["job"], [])


def test_the_oldest_goes_for_the_newest() -> None:
    notices = Notices()
    for number in range(MOST + 1):
        notices.add(Notice("info", str(number)))

    assert titles(notices) == [str(number) for number in range(1, MOST + 1)]

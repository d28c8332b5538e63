"""Tabs: one in sight, each made when it is first opened, all of them kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ipywidgets import IntSlider, Label

from mlwidgets.components.tabs import Tab, TabPanel
from mlwidgets.components.texts import language
from mlwidgets.components.trouble import trouble


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    language.code, trouble.text = "en", ""


def panel(**given: str) -> TabPanel:
    return TabPanel([Tab("one", "One", Label), Tab("two", "Two", IntSlider)], **given)


def test_a_tab_is_made_when_it_is_first_opened_and_kept() -> None:
    tabs = panel()
    assert tabs.unmade == ["two"]

    tabs.active = "two"
    slider = tabs.panels["two"]
    tabs.active = "one"
    tabs.active = "two"

    assert tabs.unmade == []
    assert tabs.panels["two"] is slider


def test_who_listens_is_told_which_tab_has_come_into_sight() -> None:
    opened: list[str] = []
    tabs = panel(active="two")
    tabs.on_change(opened.append)

    tabs.set_state({"active": "one"})

    assert opened == ["one"]


def test_a_tab_that_there_is_not_stays_closed_whoever_asks_for_it() -> None:
    tabs = panel()

    tabs.set_state({"active": "three"})

    assert tabs.active == "one"
    assert "'three'" in trouble.text


def test_a_panel_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\['one', 'two'\]"):
        panel(active="three")
    with pytest.raises(ValueError, match="different names"):
        TabPanel([Tab("one", "One", Label), Tab("one", "Two", Label)])
    with pytest.raises(ValueError, match="needs tabs"):
        TabPanel([])


def test_a_title_may_follow_the_language() -> None:
    tabs = TabPanel([Tab("one", lambda: {"en": "One", "ru": "Один"}[language.code], Label)])

    language.code = "ru"

    assert tabs.titles == [{"name": "one", "title": "Один"}]

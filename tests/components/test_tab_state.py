"""What all tabs have in common: one action at a time, and every failure said where it belongs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mlwidgets.components.choice import Choice
from mlwidgets.components.tab_state import TabState
from mlwidgets.components.trouble import trouble
from mlwidgets.errors import ClusterUnavailable, JobStateError, StorageError


class Tab(TabState):
    """Counts its loads, of which the first fails."""

    loads = 0

    def refresh(self) -> None:
        self._say_problem("reading")

    async def _load(self) -> None:
        self.loads += 1
        await asyncio.sleep(0)
        if self.loads == 1:
            raise StorageError("The disk is out of reach.")

    async def act(self, action: Callable[[], Any]) -> None:
        await self._act(action)


def fail(error: Exception) -> Any:
    raise error


@pytest.fixture
def tab() -> Tab:
    return Tab(Choice())


@pytest.fixture(autouse=True)
def _no_trouble() -> Iterator[None]:
    trouble.text = ""
    yield
    trouble.text = ""


def test_a_refusal_stays_while_other_things_are_read(tab: Tab) -> None:
    asyncio.run(tab.act(lambda: fail(ClusterUnavailable("No cluster took the job."))))
    asyncio.run(tab.load())
    asyncio.run(tab.load())
    tab.refresh()

    assert (tab.problem, tab.busy) == ("No cluster took the job.", False)


def test_what_could_not_be_loaded_is_said_until_it_could(tab: Tab) -> None:
    asyncio.run(tab.load())
    tab.refresh()
    assert tab.problem == "The disk is out of reach."

    asyncio.run(tab.load())
    assert tab.problem == ""


def test_who_asks_while_it_is_loaded_has_it_loaded_once_more_and_not_beside(tab: Tab) -> None:
    async def three_ask() -> None:
        tab.loads = 1
        await asyncio.gather(*(tab.load() for _ in range(3)))

    asyncio.run(three_ask())

    assert tab.loads == 3


def test_a_refusal_of_what_is_not_chosen_any_more_is_said_above_the_page(tab: Tab) -> None:
    def choose_and_fail() -> None:
        tab.choice.symbol = "ETHUSDT"
        raise ClusterUnavailable("No cluster took the job of BTCUSDT.")

    asyncio.run(tab.act(choose_and_fail))

    assert (tab.problem, trouble.text) == ("", "No cluster took the job of BTCUSDT.")


def test_an_action_that_somebody_else_did_first_is_no_failure(tab: Tab) -> None:
    asyncio.run(tab.act(lambda: fail(JobStateError("It has ended."))))

    assert tab.problem == ""


def test_what_nobody_expected_is_said_in_place_too(tab: Tab) -> None:
    asyncio.run(tab.act(lambda: fail(ZeroDivisionError("division by zero"))))

    assert "ZeroDivisionError: division by zero" in tab.problem
    assert not tab.busy


def test_a_second_press_does_nothing_while_the_first_is_on_its_way(tab: Tab) -> None:
    done: list[int] = []

    async def press_twice() -> None:
        await asyncio.gather(*(tab.act(lambda: done.append(1)) for _ in range(2)))

    asyncio.run(press_twice())

    assert done == [1]

"""A template's widget hears its own events and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import traitlets as t

from mlwidgets.components.background import in_thread, spawn
from mlwidgets.components.piece import Piece
from mlwidgets.components.trouble import trouble
from mlwidgets.errors import StorageError


@pytest.fixture(autouse=True)
def _no_trouble() -> Iterator[None]:
    yield
    trouble.text = ""


class Bell(Piece):
    template = t.Unicode("<template><i></i></template>").tag(sync=True)
    volume = t.Int(3).tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    def vue_ring(self, data: Any) -> None:
        self.heard.append(data)

    def vue_break(self, error: Exception) -> None:
        raise error


def test_an_event_reaches_its_method() -> None:
    bell = Bell()

    bell._handle_event(bell, {"event": "ring", "data": 3}, [])

    assert bell.heard == [3]


@pytest.mark.parametrize("content", [
    {"create_widget": ["subprocess", "Popen"], "props": {"args": ["touch", "x"]}, "id": "1"},
    {"update_ref": {"functionRef": "ring", "args": [1]}, "id": "1", "prop": "x"},
    {"event": "_dict__", "data": 1},
    {},
])  # fmt: skip
def test_nothing_else_that_a_page_could_send_is_done(
    content: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bell = Bell()

    bell._handle_event(bell, content, [])

    assert bell.heard == []
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(("error", "said"), [
    (StorageError("The disk is full."), "The disk is full."),
    (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
])  # fmt: skip
def test_what_an_answer_raises_is_said_and_the_next_event_is_heard(
    error: Exception, said: str
) -> None:
    bell = Bell()

    bell._handle_event(bell, {"event": "break", "data": error}, [])
    bell._handle_event(bell, {"event": "ring", "data": 1}, [])

    assert said in trouble.text
    assert bell.heard == [1]


def test_a_value_of_the_wrong_type_is_refused_and_said() -> None:
    bell = Bell()

    bell.set_state({"volume": "loud"})

    assert bell.volume == 3
    assert "volume" in trouble.text


def test_what_a_spawned_coroutine_raises_is_said() -> None:
    async def fail() -> None:
        raise StorageError("The disk is full.")

    async def work() -> None:
        spawn(fail())
        while not trouble.text:
            await in_thread(lambda: None)

    asyncio.run(asyncio.wait_for(work(), 60))

    assert trouble.text == "The disk is full."

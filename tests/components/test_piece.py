"""A template's widget hears its own events and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import traitlets as t

from mlwidgets.components.piece import Piece


class Bell(Piece):
    template = t.Unicode("<template><i></i></template>").tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    def vue_ring(self, data: Any) -> None:
        self.heard.append(data)


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

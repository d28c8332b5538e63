"""Short messages that come by themselves and go by themselves."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import traitlets as t

from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text

MOST = 5
"""Notices in sight at a time; the oldest goes for the newest."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person wants to know at once.

    Attributes:
        kind: `failed` is announced at once by screen readers.
        title: what happened.
        text: what came of it.
        action: what a button on it says; empty where there is none.
        key: what its action is about.
        link: what a link to the trading page says; empty where there is none.
        query: of that link.
    """

    kind: Literal["done", "failed", "info"]
    title: str
    text: str = ""
    action: str = ""
    key: str = ""
    link: str = ""
    query: str = ""


class Notices(Piece):
    """Notices in a corner of a page: each stays eight seconds, longer under the pointer.

    While the page is out of sight they stay, and are counted in its title; with a person's
    permission the browser tells of them.

    Args:
        on_action: called with the key of the notice whose button was pressed.

    >>> notices = Notices()
    >>> notices.add(Notice("done", "Train LSTM completed", "Saved LSTM 1.0.0"))
    >>> [notice["title"] for notice in notices.notices]
    ['Train LSTM completed']
    """

    template = t.Unicode(component("notices", "addresses")).tag(sync=True)
    notices = t.List(t.Dict(), help="the oldest first").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, on_action: Callable[[str], None] | None = None) -> None:
        self._on_action = on_action
        self._numbers = itertools.count(1)
        super().__init__(words=_words())
        language.observe(lambda _: self.set_trait("words", _words()), "code")

    def add(self, notice: Notice) -> None:
        """Show a notice."""
        said = {"id": next(self._numbers), **asdict(notice)}
        self.notices = [*self.notices, said][-MOST:]

    def vue_dismiss(self, number: int) -> None:
        """A notice was closed, or has been there long enough."""
        self.notices = [notice for notice in self.notices if notice["id"] != number]

    def vue_act(self, number: int) -> None:
        """A notice's button was pressed."""
        for notice in self.notices:
            if notice["id"] == number and self._on_action:
                self._on_action(notice["key"])
        self.vue_dismiss(number)


def _words() -> dict[str, Any]:
    return {"label": text("page.notices"), "dismiss": text("page.dismiss")}

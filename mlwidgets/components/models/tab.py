"""Every model of every market as a table, with what can be done about each."""

from __future__ import annotations

from typing import Any

import traitlets as t

from mlwidgets.components.background import in_thread, spawn
from mlwidgets.components.frontend import component
from mlwidgets.components.models.incoming import UPLOAD_BYTES, Incoming
from mlwidgets.components.models.models_state import UPLOAD, ModelsState
from mlwidgets.components.models.sayings import tab_words
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language
from mlwidgets.errors import MlwidgetsError

_FILTERS = ("text", "status", "model_type", "only_chosen")
_PIECE_BYTES = 384 * 1024
"""A message to a page: a server drops those that make more than 1 MB a second."""


class ModelsTab(Piece):
    """Models of all markets: filter, sort, details, restore, delete, download, upload.

    Args:
        state: what to show and change; the table follows it.

    >>> import asyncio, tempfile, types
    >>> from mlwidgets.components.choice import Choice
    >>> from mlwidgets.registry import ModelRegistry
    >>> sources = types.SimpleNamespace(models=ModelRegistry(tempfile.mkdtemp()))
    >>> tab = ModelsTab(ModelsState(Choice(), sources))
    >>> asyncio.run(tab.state.load())
    >>> tab.empty
    'No model has been saved yet.'
    """

    template = t.Unicode(component("models", "addresses", "models_files")).tag(sync=True)
    rows = t.List(t.Dict(), help="the models of this page in words").tag(sync=True)
    heads = t.List(t.Dict(), help="columns, and how they are sorted").tag(sync=True)
    filters = t.Dict(help="what is searched for").tag(sync=True)
    details = t.Dict(help="the opened model in words").tag(sync=True)
    pager = t.Dict(help="which models of how many are shown").tag(sync=True)
    problems = t.List(t.Unicode(), help="what is wrong in the folder besides").tag(sync=True)
    offer = t.Dict(help="an upload that waits for its yes").tag(sync=True)
    loaded = t.Bool(False, help="whether the folder has been read").tag(sync=True)
    busy = t.Bool(False, help="whether something is being done").tag(sync=True)
    done = t.Unicode(help="the last change in words").tag(sync=True)
    empty = t.Unicode(help="why there are no rows").tag(sync=True)
    problem = t.Unicode(help="why the folder cannot be read").tag(sync=True)
    refusal = t.Unicode(help="why an upload was refused").tag(sync=True)
    limit = t.Int(UPLOAD_BYTES, help="bytes of an upload").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: ModelsState) -> None:
        self.state = state
        self._incoming = Incoming()
        self._outgoing: tuple[str, dict[str, bytes]] = ("", {})
        super().__init__(**tab_words(state))
        state.observe(lambda _: self.say())
        state.choice.observe(lambda _: self.say(), "symbol")
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Put the state into words again: for the ages, or in another language."""
        self.tell(tab_words(self.state))

    def vue_filter(self, data: dict[str, Any]) -> None:
        """A filter was changed."""
        if data["name"] in _FILTERS:
            setattr(self.state, data["name"], data["value"])

    def vue_sort(self, column: str) -> None:
        """A column's title was pressed."""
        self.state.sort(column)

    def vue_turn(self, page: int) -> None:
        """Another page of the table was asked for."""
        self.state.page = max(0, min(int(page), self.state.pages - 1))

    def vue_open(self, name: str) -> None:
        """A model's details are to be shown, or hidden."""
        spawn(self.state.open("" if name == self.state.opened else name))

    def vue_restore(self, name: str) -> None:
        """A model is to be production again."""
        spawn(self.state.restore(name))

    def vue_delete(self, data: dict[str, str]) -> None:
        """A model is to be deleted."""
        spawn(self.state.delete(data["name"], data["typed"], data["successor"] or None))

    def vue_fetch(self, data: dict[str, Any]) -> None:
        """A page wants the next piece of a model's files."""
        spawn(self._send_piece(data["view"], data["name"], int(data["file"]), int(data["at"])))

    def vue_bring(self, data: dict[str, Any]) -> None:
        """A page sends the next piece of a file."""
        if data["first"]:
            self._incoming = Incoming()
            self.state.offer = None
            self.state.refuse(UPLOAD)
        if UPLOAD in self.state.refusals:
            return
        try:
            self._incoming.add(data["name"], data["at"], data["size"], data["data"])
            if self._incoming.whole:
                weights, meta = self._incoming.pair()
                self._incoming = Incoming()
                spawn(self.state.consider(weights, meta))
        except MlwidgetsError as error:
            self.state.refuse(UPLOAD, error.message)

    def vue_refuse(self, why: str) -> None:
        """The page itself saw that files cannot be a model."""
        self.state.refuse(UPLOAD, why)

    def vue_accept(self, yes: bool) -> None:
        """A person says yes or no to an upload."""
        if yes:
            spawn(self.state.accept())
        else:
            self.state.offer = None

    def vue_dismiss(self, _: object) -> None:
        """What was said of the last change has been read."""
        self.state.done = ()

    async def _send_piece(self, view: str, name: str, file: int, at: int) -> None:
        try:
            if at == file == 0 or self._outgoing[0] != name:  # another page may download, too
                self._outgoing = name, await in_thread(lambda: self.state.export(name))
        except MlwidgetsError as error:
            self.state.refuse(name, error.message)
            return
        held, pair = self._outgoing
        if held != name or not 0 <= file < len(pair):
            return
        title, data = [*pair.items()][file]
        piece = {"view": view, "name": name, "file": file, "title": title, "at": at,
                 "size": len(data), "files": len(pair)}  # fmt: skip
        self.send({"method": "piece", "args": [piece]}, [data[at : at + _PIECE_BYTES]])

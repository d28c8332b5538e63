"""The models of all markets, kept without widgets: what is shown, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from traitlets import Bool, Dict, Enum, Instance, Int, Tuple, Unicode, observe

from mlwidgets.components.background import in_thread, start
from mlwidgets.components.choice import Choice
from mlwidgets.components.models.folder import Folder, ModelEntry, examine, read_models
from mlwidgets.components.models.listing import COLUMNS, PAGE, Wanted, ordered
from mlwidgets.components.models.offer import Offer, offer_of
from mlwidgets.components.tab_state import TabState
from mlwidgets.components.trouble import in_words
from mlwidgets.errors import ModelError, ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.registry import ModelRegistry

UPLOAD = "upload"
"""Where a refused upload is told of, in `refusals`; otherwise it is a model's name."""


class Sources(Protocol):
    """What the models are read from."""

    @property
    def models(self) -> ModelRegistry:
        """The models folder."""


@dataclass(frozen=True, slots=True)
class Details:
    """What is read of a model when a person opens it.

    Attributes:
        name: of the model.
        files: names and sizes (bytes) of its files; empty where they cannot be read.
    """

    name: str
    files: tuple[tuple[str, int], ...] = ()


class ModelsState(TabState):
    """Every production and archived model: filtered, sorted, paged, opened, changed.

    Args:
        choice: what the page is about, for "only this symbol".
        sources: where the models are.

    >>> import tempfile, types, asyncio
    >>> sources = types.SimpleNamespace(models=ModelRegistry(tempfile.mkdtemp()))
    >>> state = ModelsState(Choice(), sources)
    >>> asyncio.run(state.load())
    >>> state.folder.entries
    ()
    """

    folder = Instance(Folder, (), help="as it was read last")
    loaded = Bool(False, help="whether the folder has been read")
    text = Unicode(help="searched for")
    status = Enum(("", "production", "archived", "damaged"), "")
    model_type = Enum(("", *MODEL_TYPES), "")
    only_chosen = Bool(False, help="whether only the page's symbol is shown")
    column = Enum(COLUMNS, "symbol")
    descending = Bool(False)
    page = Int(0)
    opened = Unicode(help="name of the model whose details are shown")
    details = Instance(Details, allow_none=True)
    offer = Instance(Offer, allow_none=True, help="an upload that waits for its yes")
    done = Tuple(help="the last change: what was done, to which model")
    refusals = Dict(help="why an action failed, by the model's name or `UPLOAD`")

    def __init__(self, choice: Choice, sources: Sources) -> None:
        super().__init__(choice)
        self._models, self._seen = sources.models, ""
        choice.observe(lambda _: self._turn_back(), "symbol")
        self.refresh()

    def refresh(self) -> None:
        """Read the folder again in the background, if it has changed."""
        start(self.load)

    @property
    def shown(self) -> list[ModelEntry]:
        """All models that fit the filters, in order."""
        symbol = self.choice.symbol if self.only_chosen else ""
        wanted = Wanted(self.text, self.status, self.model_type, symbol)
        fitting = [entry for entry in self.folder.entries if wanted.fits(entry)]
        return ordered(fitting, self.column, descending=self.descending)

    @property
    def pages(self) -> int:
        """How many pages they fill, at least one."""
        return max(1, -(-len(self.shown) // PAGE))

    def find(self, name: str) -> ModelEntry | None:
        """A model by its name, such as `BTCUSDT_LSTM_1.0.2`."""
        return next((entry for entry in self.folder.entries if entry.name == name), None)

    def successors(self, entry: ModelEntry) -> list[str]:
        """Archived versions that could take a production model's place, newest first."""
        others = (
            other for other in self.folder.entries
            if other.key.slot == entry.key.slot and other.status == "archived"
        )  # fmt: skip
        return [other.key.version for other in others] if entry.production else []

    def sort(self, column: str) -> None:
        """Sort by a column; by the same one again, the other way round."""
        descending = column == self.column and not self.descending
        self.set_trait("column", column)
        self.descending = descending

    async def open(self, name: str) -> None:
        """Show a model's details; an empty name closes them."""
        self.opened, self.details = name, None
        if self.find(name) is not None:
            pair = await self._try(name, lambda: self.export(name))
            if self.opened == name:
                files = ((file, len(data)) for file, data in (pair or {}).items())
                self.details = Details(name, tuple(files))

    def export(self, name: str) -> dict[str, bytes]:
        """The two files of a model by name, weights first; takes long, so in a thread.

        Raises:
            ModelError: there is no such model, or it is damaged.
        """
        entry = self._existing(name)
        slot = entry.key.slot
        return self._models.export_pair(slot.symbol, slot.model_type, entry.key.version)

    async def restore(self, name: str) -> None:
        """Make an archived model production; it and the current one change places."""

        def work() -> ModelMeta:
            key = self._existing(name).key
            return self._models.restore(key.slot.symbol, key.slot.model_type, key.version)

        await self._change("restored", name, work)

    async def delete(self, name: str, typed: str = "", successor: str | None = None) -> None:
        """Delete a model for good.

        Args:
            name: of the model.
            typed: the name again, as a person typed it; needed for a production model.
            successor: an archived version that becomes production in its place.
        """

        def work() -> None:
            entry = self._existing(name)
            if self._in_production(entry) and typed.strip() != name:
                raise ModelError(
                    f"{name} is in production: type its name to delete it (typed: {typed[:60]!r})."
                )
            key = entry.key
            self._models.delete(
                key.slot.symbol, key.slot.model_type, key.version, successor=successor or None
            )

        await self._change("deleted", name, work)

    async def consider(self, weights: bytes, meta: bytes) -> None:
        """Look at a pair of files from elsewhere, and at what it would replace."""
        self.offer = await self._try(UPLOAD, lambda: offer_of(self._models, weights, meta))

    async def accept(self) -> None:
        """Make the offered pair production."""
        offer = self.offer
        if offer is not None and not self.busy:
            self.offer = None
            await self._change(
                "uploaded", UPLOAD, lambda: self._models.import_pair(offer.weights, offer.meta_file)
            )

    def refuse(self, where: str, why: str = "") -> None:
        """Say why something cannot be done, or take back what was said."""
        rest = {place: said for place, said in self.refusals.items() if place != where}
        self.refusals = {**rest, where: why} if why else rest

    async def _load(self) -> None:
        """Read the folder if it has changed: first what is whole, then what is wrong."""
        seen, self._seen = self._seen, ""  # unless all goes well, it is read again next time
        try:
            now = await in_thread(self._models.fingerprint)
            if now != seen:
                await self._read()
            self._seen = now
        finally:
            self.loaded = True

    async def _read(self) -> None:
        whole = await in_thread(lambda: read_models(self._models))
        if not self.loaded:  # the first look need not wait for the long one
            self.folder = whole
        self.folder = await in_thread(lambda: examine(self._models, whole))
        self.page = min(self.page, self.pages - 1)

    async def _change(self, what: str, where: str, work: Callable[[], Any]) -> None:
        if self.busy:
            return
        self.done, self.busy = (), True
        try:
            result = await self._try(where, work)
        finally:
            self.busy = False
        await self.load()  # a refusal, too, may be due to what others have changed
        if where in self.refusals:
            return
        name = f"{result.spec.slot}_{result.version}" if isinstance(result, ModelMeta) else where
        self.done = (what, name)
        if self.find(self.opened) is None:
            self.opened, self.details = "", None

    async def _try(self, where: str, work: Callable[[], Any]) -> Any:
        """What the work returns, None where it is refused."""
        self.refuse(where)
        try:
            return await in_thread(work)
        except Exception as error:  # never into the cell
            self.refuse(where, in_words(error))
            return None

    def _in_production(self, entry: ModelEntry) -> bool:
        """Whether a model is at work by now: somebody may have restored it since it was read."""
        slot = entry.key.slot
        try:
            current = self._models.get_meta(slot.symbol, slot.model_type).version
        except ModelNotFound:
            return False
        except ModelError:
            return entry.production
        return entry.key.version == current

    def _existing(self, name: str) -> ModelEntry:
        entry = self.find(name)
        if entry is None:
            raise ModelError(f"There is no model {name[:60]!r} any more; the list is read again.")
        return entry

    @observe("text", "status", "model_type", "only_chosen", "column", "descending")
    def _turn_back(self, _: object = None) -> None:
        self.page = 0

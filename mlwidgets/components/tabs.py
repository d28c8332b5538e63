"""Several widgets in one place, one of them in sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import traitlets as t
from ipywidgets import DOMWidget, widget_serialization

from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab and what is on it.

    Attributes:
        name: by which it is chosen; unique in its panel.
        title: what stands on it, or what says that in the page's language.
        widget: what it shows, or what makes that when the tab is first opened.
    """

    name: str
    title: str | Callable[[], str]
    widget: DOMWidget | Callable[[], DOMWidget]


class TabPanel(Piece):
    """Tabs above a panel; each keeps its state while others are in sight.

    The arrow keys, Home and End move along the tabs.

    Args:
        tabs: from left to right.
        active: name of the tab that is in sight; default: the first.
        on_change: called with the name of a tab that comes into sight.
        label: what the tabs are about, for screen readers.

    Raises:
        ValueError: there is no tab, two have one name, or none has that of `active`.

    >>> from ipywidgets import IntSlider, Label
    >>> panel = TabPanel([Tab("one", "One", Label("first")), Tab("two", "Two", IntSlider)])
    >>> panel.active, list(panel.panels)
    ('one', ['one'])
    >>> panel.active = "two"
    >>> list(panel.panels)
    ['one', 'two']
    """

    template = t.Unicode(component("tabs")).tag(sync=True)
    active = t.Unicode(help="name of the tab in sight").tag(sync=True)
    titles = t.List(t.Dict(), help="the tabs by name and title").tag(sync=True)
    panels = t.Dict(help="by name: the widgets that have been made").tag(
        sync=True, **widget_serialization
    )
    label = t.Unicode(help="what the tabs are about").tag(sync=True)

    def __init__(
        self, tabs: Sequence[Tab], *, active: str | None = None,
        on_change: Callable[[str], None] | None = None, label: str = "",
    ) -> None:  # fmt: skip
        self._tabs = {tab.name: tab for tab in tabs}
        if not tabs or len(self._tabs) < len(tabs):
            raise ValueError(f"A panel needs tabs of different names, not {[*self._tabs]}.")
        first = tabs[0].name if active is None else active
        if first not in self._tabs:
            raise ValueError(f"There is no tab {first!r}; there are {[*self._tabs]}.")
        super().__init__(active=first, label=label, titles=self._said(), panels=self._with(first))
        self._listeners = [on_change] if on_change else []
        language.observe(lambda _: self.say(), "code")

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Have a function called with the name of a tab that comes into sight."""
        self._listeners.append(callback)

    @property
    def unmade(self) -> list[str]:
        """Names of the tabs whose widget has not been made yet."""
        return [name for name in self._tabs if name not in self.panels]

    def make(self, name: str) -> None:
        """Make a tab's widget before it is opened."""
        if name not in self.panels:
            self.panels = self._with(name)

    def say(self) -> None:
        """Put the titles into words again."""
        self.titles = self._said()

    @t.validate("active")
    def _known(self, proposal: Any) -> str:
        name: str = proposal["value"]
        if name not in self._tabs:
            raise t.TraitError(f"There is no tab {name!r}; there are {[*self._tabs]}.")
        return name

    @t.observe("active")
    def _opened(self, change: Any) -> None:
        if not hasattr(self, "_listeners"):  # it is being made
            return
        self.make(change.new)
        for listener in self._listeners:
            listener(change.new)

    def _with(self, name: str) -> dict[str, DOMWidget]:
        widget = self._tabs[name].widget
        return {**self.panels, name: widget if isinstance(widget, DOMWidget) else widget()}

    def _said(self) -> list[dict[str, str]]:
        return [
            {"name": tab.name, "title": tab.title if isinstance(tab.title, str) else tab.title()}
            for tab in self._tabs.values()
        ]

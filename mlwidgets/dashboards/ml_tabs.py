"""The tabs of the page /ml, each with the state that it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ipyvuetify import Html  # type: ignore[attr-defined]  # made at import
from ipywidgets import DOMWidget

from mlwidgets.components.choice import Choice
from mlwidgets.components.comparison.state import CompareState
from mlwidgets.components.comparison.tab import CompareTab
from mlwidgets.components.evaluation.state import EvaluateState
from mlwidgets.components.evaluation.tab import EvaluateTab
from mlwidgets.components.models.models_state import ModelsState
from mlwidgets.components.models.tab import ModelsTab
from mlwidgets.components.tabs import Tab, TabPanel
from mlwidgets.components.texts import text
from mlwidgets.components.training.state import TrainState
from mlwidgets.components.training.tab import TrainTab
from mlwidgets.components.trouble import trouble
from mlwidgets.dashboards.sources import Sources

FIRST = "train"
"""The tab that goes without saying in an address."""


class TabState(Protocol):
    """What is asked of a tab's state."""

    problem: str

    def refresh(self) -> None:
        """Read what it shows."""


def _train(choice: Choice, sources: Sources) -> tuple[TabState, Any]:
    state = TrainState(choice, sources)
    return state, TrainTab(state)


def _evaluate(choice: Choice, sources: Sources) -> tuple[TabState, Any]:
    state = EvaluateState(choice, sources)
    return state, EvaluateTab(state)


def _compare(choice: Choice, sources: Sources) -> tuple[TabState, Any]:
    state = CompareState(choice, sources)
    return state, CompareTab(state)


def _models(choice: Choice, sources: Sources) -> tuple[TabState, Any]:
    state = ModelsState(choice, sources)
    return state, ModelsTab(state)


TABS: dict[str, tuple[str, Callable[[Choice, Sources], tuple[TabState, Any]]]] = {
    "train": ("page.tab.train", _train),
    "evaluate": ("page.tab.evaluate", _evaluate),
    "compare": ("page.tab.compare", _compare),
    "models": ("page.tab.models", _models),
}
"""By name: the key of the title, and what makes state and widget."""


class MLTabs:
    """Makes tabs when they are opened, or one after the other once the page has been drawn.

    Args:
        choice: what the page is about.
        sources: what it reads.
        active: name of the tab that is in sight first.
        on_change: called when another comes into sight.
    """

    def __init__(
        self, choice: Choice, sources: Sources, active: str, on_change: Callable[[str], None]
    ) -> None:
        self.states: dict[str, TabState] = {}
        self.widgets: dict[str, Any] = {}
        self._choice, self._sources = choice, sources
        self.panel = TabPanel(
            [Tab(name, *self._parts(name)) for name in TABS],
            active=active, on_change=on_change, label=text("page.tabs"),
        )  # fmt: skip

    def make_next(self) -> None:
        """Make one more tab than there are."""
        for name in self.panel.unmade[:1]:
            self.panel.make(name)

    def refresh(self) -> None:
        """Read everything again."""
        for state in self.states.values():
            state.refresh()

    def refresh_active(self) -> None:
        """Read again what is in sight."""
        state = self.states.get(self.panel.active)
        if state is not None:
            state.refresh()

    def say(self) -> None:
        """Put everything into words again."""
        for widget in self.widgets.values():
            widget.say()

    def _parts(self, name: str) -> tuple[Callable[[], str], Callable[[], DOMWidget]]:
        title = TABS[name][0]
        return lambda: text(title), lambda: self._made(name)

    def _made(self, name: str) -> DOMWidget:
        """A tab; one that cannot be made says why, and the others are there all the same."""
        try:
            self.states[name], self.widgets[name] = TABS[name][1](self._choice, self._sources)
        except Exception as error:
            trouble.tell(error)
            return Html(tag="p", children=[trouble.text])
        return self.widgets[name]

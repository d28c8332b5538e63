"""The page /ml: the workflow of a symbol and model type."""

from __future__ import annotations

import os
from urllib.parse import parse_qs

from ipyvuetify import Html  # type: ignore[attr-defined]  # made at import
from ipywidgets import DOMWidget
from traitlets import default

from mlwidgets.components.workflow.state import WorkflowState
from mlwidgets.components.workflow.stepper import WorkflowStepper
from mlwidgets.dashboards.frame import Dashboard
from mlwidgets.dashboards.ml_tabs import FIRST, TABS, MLTabs
from mlwidgets.dashboards.sources import Mark, Sources
from mlwidgets.jobs.records import JobRecord

_TAB_OF_STEP = {"train": "train", "evaluate": "evaluate", "production": "models"}


class MLDashboard(Dashboard):
    """Training, testing, comparing and managing models: the workflow's steps, and a tab for each.

    What it shows is read from the models folder and the database, again and again while somebody
    looks, whoever changes them.

    Args:
        symbol: the market; default: the page's address, or else what has a model.
        model_type: `LSTM` or `HYBRID`; default as for `symbol`.
        timeframe: the candles' length; default as for `symbol`.
        horizon: how far ahead models look; default as for `symbol`.
        tab: `train`, `evaluate`, `compare` or `models`; default: the page's address, or `train`.
        sources: what the page reads; default: that of the settings.

    Raises:
        SpecError: the symbol is none.
        ValueError: there is no such tab.
    """

    def __init__(
        self, *, symbol: str | None = None, model_type: str | None = None,
        timeframe: str | None = None, horizon: str | None = None, tab: str | None = None,
        sources: Sources | None = None,
    ) -> None:  # fmt: skip
        self._first_tab = tab or _tab_of(os.environ.get("QUERY_STRING", ""))
        super().__init__(
            sources, symbol=symbol, model_type=model_type, timeframe=timeframe, horizon=horizon
        )

    @default("page")
    def _page(self) -> str:
        return "ml"

    def make_body(self) -> DOMWidget:
        """The stepper above the tabs."""
        sources, choice = self.sources, self.choice
        self.workflow = WorkflowState(
            sources.models, sources.candidates, sources.jobs,
            symbol=choice.symbol, model_type=choice.model_type,
        )  # fmt: skip
        self.stepper = WorkflowStepper(self.workflow, self._open_step)
        self.stepper.query = choice.query
        self.tabs = MLTabs(choice, sources, self._first_tab, lambda _: self._opened())
        return Html(tag="div", class_="mlw-ml", children=[self.stepper, self.tabs.panel])

    async def look_after(self) -> None:
        """Ask whether the exchange answers, and make the tabs that nobody has opened yet."""
        self.tabs.make_next()
        if self._market.due():
            await self._market.ask_symbols()

    def marked(self, before: Mark | None, now: Mark) -> None:
        """Read again what has changed: of a job's progress only what is in sight."""
        self.workflow.refresh()
        if before is not None and before.events == now.events:
            self.tabs.refresh_active()
        else:
            self.tabs.refresh()
            self.say()

    def choose(self) -> None:
        """Read another slot."""
        with self.workflow.hold_trait_notifications():
            self.workflow.symbol = self.choice.symbol
            self.workflow.model_type = self.choice.model_type
        self._market.symbol = self.choice.symbol
        self.stepper.query = self.choice.query

    def open_job(self, record: JobRecord) -> None:
        """Choose a job's market and model, and open the tab of its kind."""
        super().open_job(record)
        self.tabs.panel.active = record.kind

    def own_query(self) -> str:
        """The choice and the tab."""
        tab = self.tabs.panel.active
        return self.choice.query if tab == FIRST else f"{self.choice.query}&tab={tab}"

    def say_body(self) -> None:
        """Say the ages again, and try again what could not be read."""
        self.tabs.refresh_active()
        self.stepper.say()
        self.tabs.say()

    def _open_step(self, step: str) -> None:
        self.tabs.panel.active = _TAB_OF_STEP[step]

    def _opened(self) -> None:
        self.tabs.refresh_active()
        self.place = self.own_query()


def _tab_of(query: str) -> str:
    """The tab that an address names; anybody can write one, so a strange name is the first."""
    name = parse_qs(query).get("tab", [FIRST])[0]
    return name if name in TABS else FIRST

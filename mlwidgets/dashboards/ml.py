"""The page /ml: the workflow of a symbol and model type."""

from __future__ import annotations

from ipyvuetify import Html  # type: ignore[attr-defined]  # made at import
from ipywidgets import DOMWidget
from traitlets import default

from mlwidgets.components.background import in_thread
from mlwidgets.components.jobs.job_list import JobList
from mlwidgets.components.jobs.state import JobsState
from mlwidgets.components.models.card import ModelCard
from mlwidgets.components.models.state import ModelState
from mlwidgets.components.models.words import ahead_words
from mlwidgets.components.workflow.next_step import NextStep
from mlwidgets.components.workflow.state import WorkflowState
from mlwidgets.components.workflow.stepper import WorkflowStepper
from mlwidgets.dashboards.frame import Dashboard
from mlwidgets.dashboards.sources import Sources
from mlwidgets.errors import MlwidgetsError


class MLDashboard(Dashboard):
    """Training, testing and saving models: the steps, the model in production, the jobs.

    What it shows is read from the models folder and the database, again and again while somebody
    looks, whoever changes them.

    Args:
        symbol: the market; default: the page's address, or else what has a model.
        model_type: `LSTM` or `HYBRID`; default as for `symbol`.
        timeframe: the candles' length; default as for `symbol`.
        sources: what the page reads; default: that of the settings.

    Raises:
        SpecError: the symbol is none.
    """

    def __init__(
        self, *, symbol: str | None = None, model_type: str | None = None,
        timeframe: str | None = None, sources: Sources | None = None,
    ) -> None:  # fmt: skip
        self._seen: object = None
        super().__init__(sources, symbol=symbol, model_type=model_type, timeframe=timeframe)

    @default("page")
    def _page(self) -> str:
        return "ml"

    def make_body(self) -> DOMWidget:
        """Stepper, the next step, the model's card, the jobs."""
        sources, state = self.sources, self.state
        self.workflow = WorkflowState(
            sources.models, sources.candidates, sources.jobs,
            symbol=state.symbol, model_type=state.model_type,
        )  # fmt: skip
        self.model = ModelState(
            sources.models, sources.candidates, symbol=state.symbol, model_type=state.model_type
        )
        self.jobs = JobsState(sources.jobs, sources, symbol=state.symbol)
        self.next_step = NextStep(self.workflow, self.model, offline=sources.settings.offline)
        self.next_step.query = state.query
        self.stepper = WorkflowStepper(self.workflow, self.next_step.ask)
        self.card, self.job_list = ModelCard(self.model), JobList(self.jobs)
        columns = Html(tag="div", class_="mlw-ml__columns", children=[self.card, self.job_list])
        return Html(tag="div", class_="mlw-ml", children=[self.stepper, self.next_step, columns])

    async def look_after(self) -> None:
        """Show what other processes have changed, and whether the exchange answers."""
        if self._market.due():
            await self._market.ask_symbols()
        try:
            slot = (self.state.symbol, self.state.model_type)
            seen = await in_thread(lambda: self.sources.mark(*slot))
        except MlwidgetsError as error:
            self.jobs.problem = error.message
            return
        if seen != self._seen:
            self._seen = seen
            self.refresh()

    def refresh(self) -> None:
        """Read everything again."""
        for state in (self.workflow, self.model, self.jobs):
            state.refresh()
        self.say()

    def choose(self) -> None:
        """Read another slot."""
        for state in (self.workflow, self.model):
            with state.hold_trait_notifications():
                state.symbol, state.model_type = self.state.symbol, self.state.model_type
        self.jobs.symbol = self._market.symbol = self.state.symbol
        self.next_step.query = self.state.query

    def say_facts(self) -> list[str]:
        """How far ahead the model forecasts."""
        return [ahead_words(self.model.meta)] if self.model.meta else []

    def say_body(self) -> None:
        """Say the ages again."""
        for widget in (self.stepper, self.card, self.job_list):
            widget.say()

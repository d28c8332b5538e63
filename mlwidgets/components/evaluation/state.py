"""The tab Evaluate, kept without widgets: what is typed, what runs, what was measured."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import pandas as pd
from traitlets import Bool, Enum, HasTraits, Instance, Tuple, Unicode

from mlwidgets.components.background import in_thread, spawn
from mlwidgets.components.choice import Choice
from mlwidgets.components.evaluation.backtests import (
    Backtest,
    build_request,
    newest_measured,
    read_backtests,
    same_parameters,
    unfinished,
)
from mlwidgets.components.evaluation.chart_data import ChartData, chart_data
from mlwidgets.components.evaluation.config_draft import ConfigDraft
from mlwidgets.components.evaluation.doubts import doubts
from mlwidgets.components.evaluation.known_end import known_end
from mlwidgets.components.evaluation.sources import Sources
from mlwidgets.components.evaluation.window_draft import WindowDraft
from mlwidgets.components.texts import text
from mlwidgets.errors import MlwidgetsError, ModelError, ModelNotFound, SpecError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.requests import EvaluateRequest

Origin = Literal["production", "defaults", "backtest"]
Blocked = Literal["", "saving", "running", "first", "changed", "saved"]


class EvaluateState(HasTraits):
    """A form with its drafts, the newest backtest of the slot, and whether it can be saved.

    A backtest that runs, waits for its save or came to nothing fills the form, so that a reload
    loses nothing; otherwise the production model does, or the defaults.

    Args:
        choice: symbol, model type, timeframe and horizon; the state follows it.
        sources: what is read and what is done with it.
    """

    config = Instance(ConfigDraft)
    window = Instance(WindowDraft)
    origin = Enum(("production", "defaults", "backtest"), "defaults", help="what filled the form")
    backtest = Instance(Backtest, allow_none=True, help="the newest one")
    shown = Instance(Candidate, allow_none=True, help="whose results are shown")
    measured = Instance(Candidate, allow_none=True, help="measured with just these parameters")
    production = Instance(ModelMeta, allow_none=True)
    damage = Unicode(help="why the production model cannot be read")
    charts = Instance(ChartData, allow_none=True, help="what is drawn of `shown`")
    asking = Tuple(help="the doubts that a person is asked about before a save")
    busy = Bool(False, help="whether an action is on its way")
    problem = Unicode(help="why the last action or reading failed")

    def __init__(self, choice: Choice, sources: Sources) -> None:
        super().__init__(config=ConfigDraft(), window=WindowDraft())
        self.choice, self._sources = choice, sources
        self._backtests: list[Backtest] = []
        self._slot = self._drawn = ""
        self._failed_reading = False
        self.refresh()
        choice.observe(lambda _: self.refresh())
        for draft in (self.config, self.window):
            draft.observe(lambda _: self._look_for_measured(), ["values", "problems"])

    @property
    def request(self) -> EvaluateRequest | None:
        """What the form asks for; None while something in it is wrong."""
        if self.config.config is None or self.window.problems:
            return None
        try:
            offline = self._sources.market.offline
            return build_request(self.choice, self.config.config, self.window, offline=offline)
        except SpecError:
            return None

    @property
    def blocked(self) -> Blocked:
        """Why nothing can be saved, empty where it can."""
        if self.backtest is not None and self.backtest.at_work:
            return "running"
        if self.busy:
            return "saving"
        if self.measured is None:
            return "first" if self.shown is None else "changed"
        return "saved" if self.measured.saved_version else ""

    def refresh(self) -> None:
        """Read what other processes may have changed; cheap enough for every second."""
        try:
            sources = self._sources
            self._backtests = read_backtests(self.choice, sources.jobs, sources.candidates)
            self._read_production()
            if self._failed_reading:
                self.problem, self._failed_reading = "", False
        except MlwidgetsError as error:
            self.problem, self._failed_reading = error.message, True
            return
        self.backtest = self._backtests[0] if self._backtests else None
        if self._slot != self.choice.query:
            self._open_form()
        elif (end := known_end(self._sources.market, self.choice, quick=True)) is not None:
            self.window.known_end = end  # candles close while the page is open
        self._look_for_measured()

    async def load(self) -> None:
        """Read what takes longer: where the candles end, and what the charts draw."""
        await self._guarded(self._load)

    def use_production(self) -> None:
        """Fill in the production model's parameters, or the defaults where there is none."""
        config = self.production.config if self.production else ModelConfig()
        self.config.fill(config)
        self.window.offer()
        self.origin = "production" if self.production else "defaults"

    async def run(self) -> None:
        """Start a backtest of what the form says."""
        request = self.request
        if request is not None and not (self.backtest and self.backtest.at_work):
            await self._act(lambda: self._sources.submit(request))

    async def stop(self) -> None:
        """Ask the running backtest to stop."""
        if self.backtest is not None and self.backtest.at_work:
            job_id = self.backtest.job.id
            await self._act(lambda: self._sources.cancel(job_id))

    async def resume(self) -> None:
        """Go on with a backtest that was interrupted, failed or was cancelled."""
        if self.backtest is not None:
            job_id = self.backtest.job.id
            await self._act(lambda: self._sources.resume(job_id))

    async def save(self) -> None:
        """Save what was measured; where something speaks against it, ask first.

        A second call after the same doubts is the answer "yes".
        """
        self.refresh()  # somebody else may have saved since the page was drawn
        candidate = self.measured
        if candidate is None or self.blocked:
            self.asking = ()
            return
        found = doubts(candidate, self.production)
        if found and found != self.asking:
            self.asking = found
            return
        self.asking = ()
        await self._act(lambda: self._sources.save(candidate.id))

    def cancel_save(self) -> None:
        """The answer "no": nothing is saved."""
        self.asking = ()

    def _read_production(self) -> None:
        meta, damage = None, ""
        try:
            meta = self._sources.models.get_meta(self.choice.symbol, self.choice.model_type)
        except ModelNotFound:
            pass
        except ModelError as error:
            damage = error.message
        with self.hold_trait_notifications():
            self.production, self.damage = meta, damage

    def _open_form(self) -> None:
        """Begin with another slot."""
        self._slot = self.choice.query
        self.asking, self.problem = (), ""
        self.config.model_type = self.choice.model_type
        self.window.timeframe = self.choice.timeframe
        self.window.known_end = known_end(self._sources.market, self.choice, quick=True)
        resumed = unfinished(self._backtests)
        if resumed is not None:
            request = resumed.request
            self.config.fill(request.config)
            self.window.fill(request.test_start, request.test_end, request.refit_every)
            self.origin = "backtest"
        else:
            self.use_production()

    def _look_for_measured(self) -> None:
        """Find what was measured with the parameters that the form shows."""
        request = self.request
        same = [each for each in self._backtests
                if request is not None and same_parameters(each.request, request)]  # fmt: skip
        found = newest_measured(same)
        latest = newest_measured(self._backtests)
        with self.hold_trait_notifications():
            self.measured = found.candidate if found else None
            self.shown = self.measured or (latest.candidate if latest else None)
        if self._wanting():
            _when_a_loop_runs(self.load)

    def _wanting(self) -> bool:
        """Whether something is still to be loaded."""
        drawn = self.shown.id if self.shown else ""
        return drawn != self._drawn or self.window.known_end is None

    async def _load(self) -> None:
        slot, shown = self._slot, self.shown
        if self.window.known_end is None:
            end = await in_thread(lambda: known_end(self._sources.market, self.choice))
            if slot == self._slot and end is not None:
                self._know(end)
        if shown is None:
            self._drawn, self.charts = "", None
        elif shown.id != self._drawn:
            self._drawn = shown.id
            data = await in_thread(lambda: self._read_charts(shown))
            if self.shown is not None and self.shown.id == shown.id:
                self.charts = data

    def _know(self, end: pd.Timestamp) -> None:
        untouched = not any(self.window.values.values()) and self.origin != "backtest"
        self.window.known_end = end
        if untouched:
            self.window.offer()

    def _read_charts(self, candidate: Candidate) -> ChartData:
        rows = self._sources.candidates.predictions(candidate.id)
        return chart_data({candidate.model_type: rows})

    async def _act(self, action: Callable[[], Any]) -> None:
        if self.busy:
            return
        self.busy, self.problem = True, ""
        try:
            await self._guarded(lambda: in_thread(action))
        finally:
            self.busy = False
            self.refresh()

    async def _guarded(self, work: Callable[[], Awaitable[Any]]) -> None:
        try:
            await work()
        except MlwidgetsError as error:
            self.problem = error.message
        except Exception as error:  # never into the cell
            self.problem = text("evaluate.broke", error=f"{type(error).__name__}: {error}")


def _when_a_loop_runs(work: Callable[[], Any]) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return  # a script: it awaits `load` itself
    spawn(work())

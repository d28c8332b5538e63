"""The tab Evaluate, kept without widgets: what is typed, what runs, what was measured."""

from __future__ import annotations

from typing import Literal

from traitlets import Enum, Instance, Tuple, Unicode

from mlwidgets.components.background import in_thread, start
from mlwidgets.components.choice import Choice
from mlwidgets.components.evaluation.backtests import (
    Backtest,
    build_request,
    newest_measured,
    read_backtests,
    same_parameters,
    tries,
    unfinished,
)
from mlwidgets.components.evaluation.chart_data import ChartData, chart_data
from mlwidgets.components.evaluation.config_draft import ConfigDraft
from mlwidgets.components.evaluation.doubts import doubts
from mlwidgets.components.evaluation.known_end import KnownEnd
from mlwidgets.components.evaluation.sources import Sources
from mlwidgets.components.evaluation.window_draft import WindowDraft
from mlwidgets.components.tab_state import TabState
from mlwidgets.errors import MlwidgetsError, ModelError, ModelNotFound, SpecError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.requests import EvaluateRequest

Origin = Literal["production", "defaults", "backtest"]
Blocked = Literal["", "saving", "running", "first", "changed", "saved"]


class EvaluateState(TabState):
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

    def __init__(self, choice: Choice, sources: Sources) -> None:
        super().__init__(choice, config=ConfigDraft(), window=WindowDraft())
        self._sources, self._end = sources, KnownEnd(sources.market, choice)
        self._backtests: list[Backtest] = []
        self._slot = self._drawn = ""
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
        return "saved" if self._is_production(self.measured) else ""

    @property
    def tries(self) -> int:
        """How many configurations were measured on the hours of the results."""
        return tries(self._backtests, self.shown) if self.shown else 0

    def refresh(self) -> None:
        """Read what other processes may have changed; cheap enough for every second."""
        try:
            sources = self._sources
            self._backtests = read_backtests(self.choice, sources.jobs, sources.candidates)
            self._read_production()
            self._say_problem("reading")
        except MlwidgetsError as error:
            self._say_problem("reading", error.message)
            if self._slot != self.choice.query:
                self._show_nothing()
            return
        self.backtest = self._backtests[0] if self._backtests else None
        if self._slot != self.choice.query:
            self._open_form()
        elif (end := self._end.known) is not None:
            self.window.known_end = end  # candles close while the page is open
        self._look_for_measured()

    def use_production(self) -> None:
        """Fill in the production model's parameters, or the defaults where there is none."""
        config = self.production.config if self.production else ModelConfig()
        self.config.fill(config)
        self.window.offer()
        self.origin = "production" if self.production else "defaults"

    async def run(self) -> None:
        """Start a backtest of what the form says."""
        self.refresh()  # somebody else may have started one since the page was drawn
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

    async def save(self, seen: str | None = None) -> None:
        """Save what was measured; where something speaks against it, ask first.

        A second call after the same doubts is the answer "yes".

        Args:
            seen: id of the candidate whose numbers a person has seen; default: `measured`. One
                that has come in its place is not saved.
        """
        seen = seen or (self.measured.id if self.measured else None)
        self.refresh()  # somebody else may have saved since the page was drawn
        candidate = self.measured
        if candidate is None or candidate.id != seen or self.blocked:
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

    def _is_production(self, candidate: Candidate) -> bool:
        """Whether it is at work: one that was replaced or deleted since can be saved again."""
        meta, facts = self.production, candidate.meta
        return meta is not None and (meta.version, meta.trained_at) == (
            candidate.saved_version, facts.trained_at
        )  # fmt: skip

    def _show_nothing(self) -> None:
        """Of a slot that cannot be read; what is known of another one would pass for its own."""
        self._slot, self._backtests, self.asking = "", [], ()
        self._say_problem("acting")
        with self.hold_trait_notifications():
            self.backtest = self.production = None
            self.damage = ""
        self._look_for_measured()

    def _open_form(self) -> None:
        """Begin with another slot."""
        self._slot, self.asking = self.choice.query, ()
        self._say_problem("acting")
        self.config.model_type = self.choice.model_type
        self.window.timeframe = self.choice.timeframe
        self.window.known_end = self._end.known
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
        measured = found.candidate if found else None
        latest = newest_measured(self._backtests)
        if _id(measured) != _id(self.measured):
            self.asking = ()  # the question was about another one
        with self.hold_trait_notifications():
            self.measured = measured
            self.shown = measured or (latest.candidate if latest else None)
            if _id(self.shown) != self._drawn:
                self._drawn, self.charts = "", None
        if self._end.due or _id(self.shown) != self._drawn:
            start(self.load)

    async def _load(self) -> None:
        if self._end.due:
            await self._end.look()
            self._know()
        shown = self.shown
        if shown is not None and shown.id != self._drawn:
            data = await in_thread(lambda: self._read_charts(shown))
            if _id(self.shown) == shown.id:
                self._drawn, self.charts = shown.id, data

    def _know(self) -> None:
        untouched = not any(self.window.values.values()) and self.origin != "backtest"
        self.window.known_end = self._end.known
        if untouched:
            self.window.offer()

    def _read_charts(self, candidate: Candidate) -> ChartData:
        rows = self._sources.candidates.predictions(candidate.id)
        return chart_data({candidate.model_type: rows})


def _id(candidate: Candidate | None) -> str:
    return candidate.id if candidate else ""

"""The tab Compare, kept without widgets: what is typed, what runs, what was measured."""

from __future__ import annotations

from typing import Literal

from traitlets import Dict, Instance, Tuple, Unicode

from mlwidgets.components.background import in_thread, start
from mlwidgets.components.choice import Choice
from mlwidgets.components.comparison.requests import (
    build_request,
    compare_request,
    read_comparisons,
)
from mlwidgets.components.comparison.results import Results, read_results
from mlwidgets.components.evaluation.config_draft import ConfigDraft
from mlwidgets.components.evaluation.known_end import KnownEnd
from mlwidgets.components.evaluation.sources import Sources
from mlwidgets.components.evaluation.window_draft import WindowDraft
from mlwidgets.components.tab_state import TabState
from mlwidgets.errors import MlwidgetsError, ModelError, ModelNotFound, SpecError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import MODEL_TYPES, ModelConfig, ModelType
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import CompareRequest

Blocked = Literal["", "busy", "running", "config", "window"]


class CompareState(TabState):
    """A form for two backtests, the newest comparison of the choice, and what came of one.

    The production models fill the form, or the defaults where there are none; a comparison that
    runs, or did not come to its end, fills it with its own parameters.

    Args:
        choice: symbol, timeframe and horizon; the state follows it.
        sources: what is read and what is done with it.
    """

    configs = Dict(help="`ConfigDraft` by model type")
    window = Instance(WindowDraft)
    origin = Dict(help="by model type what filled the form: production, defaults or comparison")
    production = Dict(help="`ModelMeta` by model type, None where there is none")
    damaged = Tuple(help="model types whose production model cannot be read")
    job = Instance(JobRecord, allow_none=True, help="the newest comparison")
    completed = Instance(JobRecord, allow_none=True, help="the newest one that came to its end")
    results = Instance(Results, allow_none=True, help="what `completed` measured")
    read = Unicode(help="id of the comparison whose results were looked for")

    def __init__(self, choice: Choice, sources: Sources) -> None:
        drafts = {kind: ConfigDraft(model_type=kind) for kind in MODEL_TYPES}
        super().__init__(choice, configs=drafts, window=WindowDraft())
        self._sources, self._end = sources, KnownEnd(sources.market, choice)
        self._opened: tuple[str, ...] = ()
        self.refresh()
        choice.observe(lambda _: self.refresh(), ["symbol", "timeframe", "horizon"])

    @property
    def at_work(self) -> bool:
        """Whether the newest comparison is still to end."""
        return self.job is not None and self.job.state in ("queued", "running")

    @property
    def gone(self) -> bool:
        """Whether what `completed` measured is not kept any more."""
        return self.completed is not None and self.read == self.completed.id and not self.results

    @property
    def blocked(self) -> Blocked:
        """Why nothing can be started, empty where it can."""
        if self.busy:
            return "busy"
        if self.at_work:
            return "running"
        if any(draft.config is None for draft in self.configs.values()):
            return "config"
        return "window" if self.window.problems else ""

    @property
    def request(self) -> CompareRequest | None:
        """What the form asks for; None while something in it is wrong."""
        configs: dict[ModelType, ModelConfig] = {
            kind: draft.config
            for kind in MODEL_TYPES
            if (draft := self.configs[kind]).config is not None
        }
        if len(configs) < len(MODEL_TYPES) or self.window.problems:
            return None
        try:
            offline = self._sources.market.offline
            return build_request(self.choice, configs, self.window, offline=offline)
        except SpecError:
            return None

    def refresh(self) -> None:
        """Read what other processes may have changed; cheap enough for every second."""
        slot = (self.choice.symbol, self.choice.timeframe, self.choice.horizon)
        try:
            jobs = read_comparisons(self.choice, self._sources.jobs)
            self._read_production()
            self._say_problem("reading")
        except MlwidgetsError as error:
            self._say_problem("reading", error.message)
            if slot != self._opened:  # what is known of another one would pass for its own
                self._opened = ()
                self._show([])
            return
        self._show(jobs)
        if slot != self._opened:
            self._opened = slot
            self._open_form()
        elif (end := self._end.known) is not None:
            self.window.known_end = end  # candles close while the page is open
        self._follow_production()
        if self._end.due or (self.completed is not None and not self.read):
            start(self.load)

    def use_production(self) -> None:
        """Fill in the production models' parameters, or the defaults, and the last 30 days."""
        for kind, draft in self.configs.items():
            meta = self.production.get(kind)
            draft.fill(meta.config if meta else ModelConfig())
        self.origin = {
            kind: "production" if meta else "defaults" for kind, meta in self.production.items()
        }
        self.window.offer()

    def _follow_production(self) -> None:
        """Fill in another production model's parameters where nobody has typed."""
        for kind, draft in self.configs.items():
            meta = self.production.get(kind)
            if meta and draft.untouched and self.origin.get(kind) != "comparison":
                if draft.config != meta.config:
                    draft.fill(meta.config)
                self.origin = {**self.origin, kind: "production"}

    async def run(self) -> None:
        """Start a comparison of what the form says."""
        self.refresh()  # somebody else may have started one since the page was drawn
        request = self.request
        if request is not None and not self.blocked:
            await self._act(lambda: self._sources.submit(request))

    async def stop(self) -> None:
        """Ask the running comparison to stop."""
        job = self.job
        if job is not None and not job.finished:
            await self._act(lambda: self._sources.cancel(job.id))

    async def resume(self) -> None:
        """Go on with a comparison that was interrupted, failed or was cancelled."""
        job = self.job
        if job is not None:
            await self._act(lambda: self._sources.resume(job.id))

    def _read_production(self) -> None:
        found: dict[str, ModelMeta | None] = dict.fromkeys(MODEL_TYPES)
        damaged = []
        for kind in MODEL_TYPES:
            try:
                found[kind] = self._sources.models.get_meta(self.choice.symbol, kind)
            except ModelNotFound:
                continue
            except ModelError:
                damaged.append(kind)
        with self.hold_trait_notifications():
            self.production, self.damaged = found, tuple(damaged)

    def _show(self, jobs: list[JobRecord]) -> None:
        """Show the newest job, and what came of the newest one that came to its end."""
        self.job = jobs[0] if jobs else None
        self.completed = next((job for job in jobs if job.state == "completed"), None)
        if self.completed is None or self.completed.id != self.read:
            self.read, self.results = "", None

    def _open_form(self) -> None:
        """Begin with another symbol, timeframe or horizon."""
        self._say_problem("acting")
        self.window.timeframe = self.choice.timeframe
        self.window.known_end = self._end.known
        if self.job is None or self.job.state == "completed":
            self.use_production()
            return
        request = compare_request(self.job)
        for kind in MODEL_TYPES:
            self.configs[kind].fill(request.configs.get(kind, ModelConfig()))
        self.origin = dict.fromkeys(MODEL_TYPES, "comparison")
        self.window.fill(request.test_start, request.test_end, request.refit_every)

    async def _load(self) -> None:
        if self._end.due:
            await self._end.look()
            self._know()
        job = self.completed
        if job is not None and self.read != job.id:
            results = await in_thread(lambda: read_results(job, self._sources.candidates))
            if self.completed is not None and self.completed.id == job.id:
                with self.hold_trait_notifications():
                    self.read, self.results = job.id, results

    def _know(self) -> None:
        untouched = not any(self.window.values.values())
        self.window.known_end = self._end.known
        if untouched and "comparison" not in self.origin.values():
            self.window.offer()

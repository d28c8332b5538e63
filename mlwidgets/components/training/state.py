"""Training of the chosen model, kept without widgets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pandas as pd
from traitlets import Bool, HasTraits, Instance, Int, Unicode

from mlwidgets.components.background import in_thread, spawn
from mlwidgets.components.choice import Choice
from mlwidgets.components.texts import language
from mlwidgets.components.training.fields import FieldsDraft
from mlwidgets.components.training.search import SearchState
from mlwidgets.components.training.sources import (
    TrainSources,
    kept_candidate,
    last_stored,
    newest_job,
    production_model,
    train_request,
)
from mlwidgets.components.training.space import SpaceDraft
from mlwidgets.errors import JobStateError, MlwidgetsError, SpecError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import LoadedCandles, SimulatedCandles, TrainRequest
from mlwidgets.market.candles import SIMULATED_SYMBOL

_LOOK_AGAIN = 60.0
"""Seconds for which it is believed where the stored candles end."""


class TrainState(HasTraits):
    """What is typed, the newest train job of the choice, and what production it would replace.

    Args:
        choice: the page's; it is followed.
        sources: the truth on disk and in the database, and what has jobs done.
    """

    record = Instance(JobRecord, allow_none=True, help="the newest train job of the choice")
    production = Instance(ModelMeta, allow_none=True, help="what the best model would replace")
    measured = Instance(Candidate, allow_none=True, help="the backtest of a completed job's model")
    known_end = Int(None, allow_none=True, help="open time of the last stored candle (epoch ms), "
                    "offline; None where the exchange is asked or nothing is stored")  # fmt: skip
    busy = Bool(help="whether an action is on its way")
    problem = Unicode(help="why the last action or reading failed")

    def __init__(self, choice: Choice, sources: TrainSources) -> None:
        super().__init__()
        self.choice, self.sources = choice, sources
        self.fields = FieldsDraft()
        self.space = SpaceDraft(model_type=choice.model_type)
        self.search = SearchState(sources.jobs)
        self._refused = self._unread = ""
        self._looked: tuple[object, float] = (None, 0.0)
        self._loading = self._again = False
        choice.observe(lambda _: self._chosen())
        language.observe(lambda _: self._check(), "code")
        self.refresh()

    @property
    def active(self) -> bool:
        """Whether the job waits or runs."""
        return self.record is not None and self.record.state in ("queued", "running")

    @property
    def _slot(self) -> tuple[TrainSources, Choice]:
        return self.sources, self.choice

    @property
    def problems(self) -> dict[str, str]:
        """By field or hyper-parameter: why what is typed means nothing."""
        return {**self.fields.problems, **self.space.problems}

    def request(self) -> TrainRequest:
        """What is typed, as a request.

        Raises:
            SpecError: it means nothing; `problems` tells where.
        """
        if self.problems:
            field, why = next(iter(self.problems.items()))
            raise SpecError(f"{field}: {why}", field=field)
        choice = self.choice
        return TrainRequest(
            symbol=choice.symbol, timeframe=choice.timeframe, horizon=choice.horizon,
            model_type=choice.model_type, candles=self._candles(),
            space=self.space.space, **self.fields.numbers,
        )  # fmt: skip

    def refresh(self) -> None:
        """Read the job and the production model; in a running loop, `load` what takes longer."""
        try:
            record, production = newest_job(*self._slot), production_model(*self._slot)
            self._say_unread("")
        except MlwidgetsError as error:
            self._say_unread(error.message)
            return
        self.search.follow(record)
        with self.hold_trait_notifications():
            if self.measured and (not record or self.measured.job_id != record.id):
                self.measured = None
            self.record, self.production = record, production
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        spawn(self.load())

    async def load(self) -> None:
        """Read the trials on, the finished job's backtest and where the stored candles end."""
        self._again = True
        if self._loading:
            return  # who loads goes round once more
        self._loading = True
        try:
            while self._again:
                self._again = False
                await self._load()
        except MlwidgetsError as error:
            self._say_unread(error.message)
        finally:
            self._loading = False

    async def start(self) -> None:
        """Start a search of what is typed, unless one runs."""
        if not self.active and not self.problems:
            await self._act(lambda: self.sources.submit(self.request()))

    async def stop(self) -> None:
        """Ask the job to stop; finished trials are kept."""
        if self.active and self.record:
            job_id = self.record.id
            await self._act(lambda: self.sources.cancel(job_id))

    async def resume(self) -> None:
        """Go on with a job that was interrupted, failed or was cancelled."""
        if self.record and self.record.state in ("interrupted", "failed", "cancelled"):
            job_id = self.record.id
            await self._act(lambda: self.sources.resume(job_id))

    async def extend(self, more: int) -> None:
        """Go on with a job that has ended, for some trials more than it was asked for."""
        if self.record and self.record.finished:
            job_id = self.record.id
            total = train_request(self.record).n_trials + more
            await self._act(lambda: self.sources.resume(job_id, total))

    async def _act(self, action: Callable[[], JobRecord]) -> None:
        if self.busy:
            return
        self.busy = True
        self._say_refused("")
        try:
            await in_thread(action)
        except JobStateError:
            pass  # somebody else was faster: the record, read again, tells what has become of it
        except MlwidgetsError as error:
            self._say_refused(error.message)
        finally:
            self.busy = False
            self.refresh()

    async def _load(self) -> None:
        await self.search.load()
        record = self.record
        if record and not self.measured:
            measured = await in_thread(lambda: kept_candidate(self.sources, record))
            if self.record and self.record.id == record.id:
                self.measured = measured
        await self._look()

    async def _look(self) -> None:
        """Where the stored candles end, looked up now and then."""
        symbol, timeframe = market = (self.choice.symbol, self.choice.timeframe)
        if not self.sources.settings.offline or symbol == SIMULATED_SYMBOL:
            self.known_end = None
            return
        now = asyncio.get_running_loop().time()
        if self._looked[0] == market and now < self._looked[1]:
            return
        self._looked = (market, now + _LOOK_AGAIN)
        last = await in_thread(lambda: last_stored(self.sources, symbol, timeframe))
        if market == (self.choice.symbol, self.choice.timeframe):
            self.known_end = last

    def _candles(self) -> LoadedCandles | SimulatedCandles:
        if self.choice.symbol == SIMULATED_SYMBOL:
            return SimulatedCandles()
        end = pd.Timestamp.now("UTC")
        if self.known_end is not None:
            end = pd.Timestamp(self.known_end, unit="ms", tz="UTC")
        start = self.fields.start(end).to_pydatetime()
        return LoadedCandles(start=start, offline=self.sources.settings.offline)

    def _chosen(self) -> None:
        self.space.model_type = self.choice.model_type
        self._say_refused("")
        if (self.choice.symbol, self.choice.timeframe) != self._looked[0]:
            self.known_end = None
        self.refresh()

    def _check(self) -> None:
        self.fields.check()
        self.space.check()

    def _say_unread(self, why: str) -> None:
        self._unread = why
        self.problem = self._refused or why

    def _say_refused(self, why: str) -> None:
        self._refused = why
        self.problem = why or self._unread

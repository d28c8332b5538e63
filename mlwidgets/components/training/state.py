"""Training of the chosen model, kept without widgets."""

from __future__ import annotations

import asyncio

import pandas as pd
from traitlets import Bool, Instance, Int

from mlwidgets.components.background import in_thread, start
from mlwidgets.components.choice import Choice
from mlwidgets.components.tab_state import TabState
from mlwidgets.components.texts import language
from mlwidgets.components.training.fields import FieldsDraft
from mlwidgets.components.training.search import SearchState
from mlwidgets.components.training.sources import (
    TrainSources,
    candidate_ids,
    kept_candidate,
    last_stored,
    newest_job,
    production_model,
    train_request,
)
from mlwidgets.components.training.space import SpaceDraft
from mlwidgets.errors import MlwidgetsError, SpecError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import LoadedCandles, SimulatedCandles, TrainRequest
from mlwidgets.market.candles import SIMULATED_SYMBOL

_LOOK_AGAIN = 60.0
"""Seconds for which it is believed where the stored candles end."""


class TrainState(TabState):
    """What is typed, the newest train job of the choice, and what production it would replace.

    Args:
        choice: the page's; it is followed.
        sources: the truth on disk and in the database, and what has jobs done.
    """

    record = Instance(JobRecord, allow_none=True, help="the newest train job of the choice")
    production = Instance(ModelMeta, allow_none=True, help="what the best model would replace")
    damaged = Bool(help="whether the files of the production model cannot be read")
    measured = Instance(Candidate, allow_none=True, help="the backtest of a completed job's model")
    known_end = Int(None, allow_none=True, help="open time of the last stored candle (epoch ms), "
                    "offline; None where the exchange is asked or nothing is stored")  # fmt: skip

    def __init__(self, choice: Choice, sources: TrainSources) -> None:
        super().__init__(choice)
        self.sources = sources
        self.fields = FieldsDraft()
        self.space = SpaceDraft(model_type=choice.model_type)
        self.search = SearchState(sources.jobs)
        self._looked: tuple[object, float] = (None, 0.0)
        self._shown = ""
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
            record = newest_job(*self._slot)
            production, damaged = production_model(*self._slot)
            self._say_problem("reading")
        except MlwidgetsError as error:
            self._say_problem("reading", error.message)
            if self._shown == self.choice.query:
                return
            # What is known of another choice would pass for its own.
            record, production, damaged = None, None, False
        else:
            self._shown = self.choice.query
        self.search.follow(record)
        with self.hold_trait_notifications():
            if self.measured and self.measured.id not in candidate_ids(record):
                self.measured = None
            self.record, self.production, self.damaged = record, production, damaged
        start(self.load)

    async def start(self) -> None:
        """Start a search of what is typed, unless one runs."""
        self.refresh()  # somebody else may have started one since the page was drawn
        if not self.active and not self.problems:
            request = self.request()
            await self._act(lambda: self.sources.submit(request))

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

    async def _load(self) -> None:
        await self.search.load()
        record = self.record
        if record and not self.measured:
            measured = await in_thread(lambda: kept_candidate(self.sources, record))
            if measured and measured.id in candidate_ids(self.record):
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
        self._say_problem("acting")
        if (self.choice.symbol, self.choice.timeframe) != self._looked[0]:
            self.known_end = None
        self.refresh()

    def _check(self) -> None:
        self.fields.check()
        self.space.check()

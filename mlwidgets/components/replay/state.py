"""A market that is played from a past hour on, kept without widgets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

import pandas as pd
from traitlets import Bool, Enum, Instance, Int

from mlwidgets.components.background import in_thread, start
from mlwidgets.components.choice import Choice
from mlwidgets.components.forecasts.forecaster import Forecaster
from mlwidgets.components.market.series import Series
from mlwidgets.components.replay.clock import ReplayClock
from mlwidgets.components.replay.played import Played
from mlwidgets.components.replay.record import ReplayRecord, ReplayScore
from mlwidgets.components.replay.sources import Given, ReplaySources
from mlwidgets.components.replay.stand_in import StandIn
from mlwidgets.components.replay.tapes import Tapes, read_tapes
from mlwidgets.components.texts import text
from mlwidgets.components.trouble import in_words
from mlwidgets.errors import MlwidgetsError
from mlwidgets.market.dates import from_epoch_ms
from mlwidgets.record.values import is_foresight

if TYPE_CHECKING:  # torch takes seconds to import
    from mlwidgets.forecast.model import TrainedModel

SPEEDS = (1, 10, 60, 300, 1000)
"""Seconds of the market that pass in a second."""

_STEP, _LONGEST = 0.1, 0.5
"""Seconds between two steps of a playing market, and the most that one makes up for."""


class ReplayState(StandIn):
    """Stands in for `MarketState`: the same market, as it was known at a past now.

    Every candle that closes on the way is forecast from, whatever the speed, and the forecasts
    are scored in memory; a jump leaves out what lies between. Nothing is written anywhere.

    Args:
        choice: the market and the model type; the replay follows it.
        sources: where candles and models are; the dashboards' `Sources`, or `Given`.
        seconds: gives seconds that only grow.

    >>> import mlwidgets as mw
    >>> market = mw.simulate_market("1h", periods=48, start="2025-01-01")
    >>> replay = ReplayState.over(market.candles)
    >>> asyncio.run(replay.begin(pd.Timestamp("2025-01-02", tz="UTC")))
    >>> asyncio.run(replay.step())
    >>> str(replay.clock.now()), len(replay.series.candles)
    ('2025-01-02 01:00:00+00:00', 25)
    """

    active = Bool(False, help="whether the page is in the past")
    busy = Bool(False, help="whether candles are being read")
    playing = Bool(False, help="whether the market moves by itself")
    speed = Enum(SPEEDS, 60)
    first = Int(help="earliest now, epoch ms")
    last = Int(help="latest now, epoch ms")
    fair = Int(None, allow_none=True, help="when the training data end, epoch ms")
    score = Instance(ReplayScore, (), help="what the forecasts came to")
    forgotten = Int(help="how often now has gone back, or the forecasts were given up")

    def __init__(
        self, choice: Choice, sources: ReplaySources,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(symbol=choice.symbol, timeframe=choice.timeframe)
        self._choice, self._sources, self._seconds = choice, sources, seconds
        self.clock, self.record = ReplayClock(), ReplayRecord()
        self.forecaster = Forecaster(sources.models, sources.market, recorded=False)
        self.played: Played | None = None
        self._tapes: Tapes | None = None
        self._judged: tuple[Series, int] | None = None
        self._turn, self._era, self._run = asyncio.Lock(), 0, 0
        choice.observe(self._choice_changed, ["symbol", "timeframe", "model_type"])

    @classmethod
    def over(cls, candles: pd.DataFrame, model: TrainedModel | None = None) -> Self:
        """A replay of any labelled frame of candles, in a notebook for instance.

        Args:
            candles: canonical candles.
            model: what forecasts from them; it need not be saved.

        Raises:
            SpecError: the candles carry no label.
        """
        given = Given(candles, model)
        choice = Choice(symbol=str(given.symbol), timeframe=str(given.timeframe))
        if model is not None:
            choice.model_type = model.meta.model_type
        return cls(choice, given)

    @property
    def exchange(self) -> str:
        """ccxt's id of the exchange whose candles are played."""
        return self._sources.market.id

    @property
    def now(self) -> int:
        """The replay's now, epoch milliseconds."""
        return self.clock.milliseconds

    @property
    def trained_on(self) -> bool:
        """Whether now lies inside the candles that the model was trained on."""
        return self.active and self.fair is not None and self.now < self.fair

    async def begin(self, at: pd.Timestamp | None = None) -> None:
        """Go into the past, with an empty record; the market stands still.

        Args:
            at: now; default: some candles before the end, none that the model was trained on.
        """
        self.pause()
        era = self._next_era()
        async with self._turn:
            self._give_up()
            await self._read(era)
            if era == self._era and self._tapes is not None:
                self.active = True
                await self._arrive(self._tapes.first_now if at is None else _ms(at))

    async def jump(self, at: pd.Timestamp) -> None:
        """Move now; what was forecast later than that is forgotten."""
        if not self.active:
            return
        self._next_era()
        async with self._turn:
            await self._arrive(_ms(at))

    async def step(self, candles: int = 1) -> None:
        """Move on to where the candle under way closes, or back to where the last one did.

        Args:
            candles: how many of them; negative: back.
        """
        self.pause()
        async with self._turn:
            if self._tapes is None:
                return
            length = self._tapes.shown.step
            if candles > 0:
                await self._walk((self.now // length + candles) * length)
            else:
                await self._arrive((-(-self.now // length) + candles) * length)

    async def pass_time(self, milliseconds: int) -> None:
        """Let so much of the market's time pass, candle by candle."""
        async with self._turn:
            await self._walk(self.now + milliseconds)

    def play(self) -> None:
        """Let the market move by itself; at the end of the candles it stops."""
        if self.active and not self.playing and self.now < self.last:
            self._run += 1
            run = self._run
            self.playing = True
            start(lambda: self._play(run))

    def pause(self) -> None:
        """Let it stand still."""
        self.playing = False

    def rest(self) -> None:
        """Nobody looks: it stands still."""
        self.pause()

    def leave(self) -> None:
        """Back to live."""
        self.pause()
        self._next_era()
        self.active, self.problem = False, ""
        self._tapes, self.played = None, None

    async def _play(self, run: int) -> None:
        last = self._seconds()
        try:
            while self._runs(run):
                await asyncio.sleep(_STEP)
                passed = min(self._seconds() - last, _LONGEST)
                last = self._seconds()
                async with self._turn:
                    if self._runs(run):
                        span = int(passed * self.speed * 1000)
                        await self._walk(self.now + span, lambda: self._runs(run))
        finally:
            if run == self._run:
                self.playing = False

    def _runs(self, run: int) -> bool:
        return self.playing and run == self._run and self.now < self.last

    async def _read(self, era: int) -> None:
        """Read candles and model; called by who has the turn."""
        self.busy = True
        choice, sources, problem = self._choice, self._sources, ""
        chosen = (choice.symbol, choice.timeframe)
        asked = (*chosen, choice.model_type)
        try:
            tapes = await in_thread(lambda: read_tapes(sources, *asked))
        except MlwidgetsError as error:
            tapes, problem = None, in_words(error)
        finally:
            self.busy = False
        if era != self._era:
            return
        if tapes is not None and not len(tapes.shown):
            tapes, problem = None, text("replay.nothing", symbol=chosen[0])
        if self._tapes is None or tapes is None or tapes.meta != self._tapes.meta:
            self._give_up()
        self._tapes = tapes
        with self.hold_trait_notifications():
            self.symbol, self.timeframe = chosen
            self.problem, self.fair = problem, None if tapes is None else tapes.fair
            if tapes is None:
                self.series, self.bar, self.score = None, None, ReplayScore()
            else:
                self.first, self.last = tapes.shown.start, tapes.shown.end

    def _give_up(self) -> None:
        """Forget every forecast: another model's, or of another market, are none of this one's."""
        self.record.clear()
        self.played = None
        self.forgotten += 1

    async def _walk(self, until: int, goes_on: Callable[[], bool] = lambda: True) -> None:
        """Pass every close up to a time, unless somebody stops or goes elsewhere meanwhile."""
        if self._tapes is None:
            return
        era, until = self._era, min(until, self.last)
        shown = self._seconds()
        for close in self._tapes.model.closes(self.now, until):
            await self._forecast(close)
            if era != self._era:
                return
            if not goes_on():
                until = close
                break
            if self._seconds() - shown >= _STEP:  # a slow model must not make the page stand still
                shown = self._seconds()
                self._show(close)
        self._show(until)

    async def _arrive(self, at: int) -> None:
        """Be at a time at once; called by who has the turn."""
        if self._tapes is None:
            return
        at = min(max(at, self.first), self.last)
        self.record.go_back(at)  # a walk that was cut short has gone further than now
        if at < self.now:
            self.forgotten += 1
        self._show(at)
        await self._forecast(at)
        if self._tapes is not None:
            self._show(at)

    async def _forecast(self, now: int) -> None:
        """Keep what the model says at a time, if it says anything."""
        tapes, era = self._tapes, self._era
        if tapes is None or tapes.meta is None:
            return
        if self.fair is not None and now < self.fair:
            self.problem = ""
            return
        meta, series, at = tapes.meta, tapes.model.series(now), from_epoch_ms(now)
        if series.candles.empty:
            return
        forecast, problem = None, ""
        try:
            forecast = await in_thread(lambda: self.forecaster.read(meta, series, at).forecast)
        except MlwidgetsError as error:
            problem = error.message
        if era == self._era:
            self.problem = problem
            if forecast and is_foresight(forecast, now):  # in a gap its target may have passed
                self.record.add(forecast)

    def _show(self, now: int) -> None:
        """Show the market at a time, in one notice."""
        assert self._tapes is not None
        tapes = self._tapes
        self.clock.milliseconds = now
        with self.hold_trait_notifications():
            self.series, self.bar = tapes.shown.series(now), tapes.shown.bar(now)
            self.updated = float(now)
            series = tapes.model.series(now)
            if tapes.meta is not None:
                made = tuple(self.record.forecasts)
                self.played = Played(now, tapes.meta, series.candles, made)
            known = (series, len(self.record))
            if known != self._judged:  # a step without a close changes no outcome
                self._judged = known
                self.score = self.record.score(lambda opened: tapes.model.close_of(opened, now))

    def _next_era(self) -> int:
        self._era += 1
        return self._era

    def _choice_changed(self, _: object) -> None:
        """Play another market, or with another model, at the same time."""
        if not self.active:
            self.symbol, self.timeframe = self._choice.symbol, self._choice.timeframe
            self.problem = ""
            return
        self.pause()
        era = self._next_era()
        start(lambda: self._change(era))

    async def _change(self, era: int) -> None:
        async with self._turn:
            await self._read(era)
            if era == self._era:
                await self._arrive(self.now)


def _ms(at: pd.Timestamp) -> int:
    return int(at.timestamp() * 1000)

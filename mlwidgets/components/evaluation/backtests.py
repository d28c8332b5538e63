"""Backtests as jobs: which of them a form shows, and what it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mlwidgets.components.choice import Choice
from mlwidgets.components.evaluation.window_draft import WindowDraft
from mlwidgets.components.jobs.work import Candidates, Jobs
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import EvaluateRequest, LoadedCandles, SimulatedCandles
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.dates import utc_timestamp

HISTORY = pd.Timedelta(days=730)
"""How far before its test window a backtest's candles begin."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """A backtest's job, and what it measured while that is kept."""

    job: JobRecord
    candidate: Candidate | None = None

    @property
    def at_work(self) -> bool:
        """Whether it is still to end."""
        return self.job.state in ("queued", "running")

    @property
    def request(self) -> EvaluateRequest:
        """What it was asked to do."""
        assert isinstance(self.job.request, EvaluateRequest)
        return self.job.request

    @property
    def waits(self) -> bool:
        """Whether it was measured and nobody has saved it."""
        return self.candidate is not None and self.candidate.saved_version is None


def read_backtests(choice: Choice, jobs: Jobs, candidates: Candidates) -> list[Backtest]:
    """The backtests of a slot, timeframe and horizon, the newest first.

    Raises:
        StorageError: the database cannot be read.
    """
    kept = {each.job_id: each for each in candidates.list(choice.symbol, choice.model_type)}
    wanted = (choice.model_type, choice.timeframe, choice.horizon)
    return [
        Backtest(job, kept.get(job.id))
        for job in jobs.list(kind="evaluate", symbol=choice.symbol)
        if isinstance(job.request, EvaluateRequest)
        and (job.request.model_type, job.request.timeframe, job.request.ahead) == wanted
    ]


def tries(backtests: Sequence[Backtest], candidate: Candidate) -> int:
    """How many configurations were measured on a candidate's hours, or on some of them."""
    return len(
        {
            each.request.config
            for each in backtests
            if (other := each.candidate) is not None
            and other.test_start <= candidate.test_end
            and other.test_end >= candidate.test_start
        }
    )


def build_request(
    choice: Choice, config: ModelConfig, window: WindowDraft, *, offline: bool
) -> EvaluateRequest:
    """What a form asks for.

    Args:
        choice: the slot, timeframe and horizon.
        config: the hyper-parameters.
        window: the test window.
        offline: whether only stored candles may be used.

    Raises:
        SpecError: it makes no sense.
    """
    start, end = window.start, window.end
    return EvaluateRequest(
        symbol=choice.symbol, model_type=choice.model_type, timeframe=choice.timeframe,
        horizon=choice.horizon, config=config, refit_every=window.refit_every,
        candles=candles_for(choice.symbol, start, offline=offline),
        test_start=None if start is None else start.to_pydatetime(),
        test_end=None if end is None else end.to_pydatetime(),
    )  # fmt: skip


def candles_for(
    symbol: str, start: pd.Timestamp | None, *, offline: bool
) -> LoadedCandles | SimulatedCandles:
    """Candles to train on before a test window, and those in it."""
    if symbol == SIMULATED_SYMBOL:
        return SimulatedCandles()
    first = None if start is None else (start - HISTORY).to_pydatetime()
    return LoadedCandles(start=first, offline=offline)


def same_parameters(one: EvaluateRequest, other: EvaluateRequest) -> bool:
    """Whether two requests train and test the same, wherever their candles come from."""
    return _parameters(one) == _parameters(other)


def _parameters(request: EvaluateRequest) -> tuple[Any, ...]:
    dates = (
        None if moment is None else utc_timestamp(moment)
        for moment in (request.test_start, request.test_end)
    )
    slot = (request.symbol, request.model_type, request.timeframe, request.ahead)
    return (*slot, request.config, request.refit_every, *dates)


def newest_measured(backtests: Sequence[Backtest]) -> Backtest | None:
    """The newest backtest whose measures are kept."""
    return next((each for each in backtests if each.candidate is not None), None)


def unfinished(backtests: Sequence[Backtest]) -> Backtest | None:
    """The backtest that a person is not done with, so that its parameters are still wanted.

    It runs or was interrupted; or it waits for its save; or it failed or was stopped.
    """
    if not backtests:
        return None
    newest, measured = backtests[0], newest_measured(backtests)
    if newest.at_work or newest.job.state == "interrupted":
        return newest
    if measured is not None and measured.waits:
        return measured
    return None if newest.job.state == "completed" else newest

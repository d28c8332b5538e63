"""One coordinator's attempt at a job: what it works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from mlwidgets.forecast.spec import ModelType
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.jobs.candle_loading import described, fetched_candles, kept_candles
from mlwidgets.jobs.heartbeat import Heart, patiently
from mlwidgets.jobs.leases import JobLease
from mlwidgets.jobs.order import JobOrder
from mlwidgets.jobs.reporting import Reporter
from mlwidgets.jobs.requests import JobRequest, LoadedCandles
from mlwidgets.jobs.stepping_aside import while_wanted
from mlwidgets.jobs.store import JobStore
from mlwidgets.market.candles import check_simulated
from mlwidgets.registry.registry import ModelRegistry

if TYPE_CHECKING:
    from distributed import Client

    from mlwidgets.evaluation.report import BacktestReport


@dataclass(frozen=True, slots=True)
class Measured:
    """What a job's work has come to, before anything of it is kept.

    Attributes:
        reports: by model type.
        study_name: of a search.
        best_value: validation loss of its best trial.
        difference: LSTM against HYBRID, as JSON.
    """

    reports: Mapping[ModelType, BacktestReport]
    study_name: str | None = None
    best_value: float | None = None
    difference: dict[str, float | None] | None = field(default=None)


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """An attempt at a job.

    Attributes:
        order: which job, and where it belongs.
        store: its database.
        candidates: in the same database.
        lease: the right to write.
        client: of the cluster that computes.
        reporter: tells how far it is.
        heart: beats, and knows whether to stop.
    """

    order: JobOrder
    store: JobStore
    candidates: CandidateStore
    lease: JobLease
    client: Client
    reporter: Reporter
    heart: Heart

    @property
    def request(self) -> JobRequest:
        """What the job is to do."""
        return self.lease.request

    @property
    def saves(self) -> bool:
        """Whether its models become production."""
        return self.request.kind != "evaluate"

    def registry(self) -> ModelRegistry | None:
        """The models of the job's home, where they are within reach.

        Whoever resumes a job may do so from another home, whose models it has nothing to do with.
        """
        home = self.order.home
        within_reach = home.id == self.lease.home_id and home.reachable
        return ModelRegistry(home.models_dir) if within_reach else None

    def candles(self) -> pd.DataFrame:
        """The job's candles; loaded ones are kept, so that every attempt has the same.

        Raises:
            Cancelled: within a second, even while an exchange does not answer.
            MlwidgetsError: they are nowhere to be had.
        """
        request, reporter = self.request, self.reporter
        where = {"stored": "the database", "simulated": "the simulator"}.get(
            request.candles.source, "the candle store and the exchange"
        )
        reporter.enter(
            "candles", f"Loading {request.timeframe} candles of {request.symbol} from {where}."
        )
        candles = while_wanted(self._candles, self.heart.check)
        check_simulated(candles, request.symbol)
        if isinstance(request.candles, LoadedCandles):
            digest = patiently(lambda: self.store.keep_candles(candles))
            patiently(lambda: self.lease.use_candles(digest))
        reporter.log(f"{described(candles, request.timeframe)}.")
        return candles

    def _candles(self) -> pd.DataFrame:
        kept = patiently(lambda: kept_candles(self.request, self.store))
        if kept is not None:
            return kept
        return fetched_candles(
            self.request, self.order.home, self._on_candles, self.heart.should_stop
        )

    def _on_candles(self, done: int, total: int) -> None:
        self.reporter.advance(done / max(total, 1))

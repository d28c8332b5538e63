"""A compare job: LSTM and HYBRID at the same time on the same window."""

from __future__ import annotations

import pandas as pd

from mlwidgets.evaluation.backtest import BacktestProgress
from mlwidgets.evaluation.comparison import compare
from mlwidgets.forecast.spec import ModelConfig, ModelType
from mlwidgets.jobs.attempt import Attempt, Measured
from mlwidgets.jobs.reporting import Reporter, trained_share
from mlwidgets.jobs.requests import CompareRequest
from mlwidgets.jobs.standing import significance_json
from mlwidgets.jobs.words import config_words


def run_comparison(attempt: Attempt, request: CompareRequest, candles: pd.DataFrame) -> Measured:
    """Backtest both on the workers and test their difference.

    Raises:
        As `compare`.
    """
    configs = {kind: request.configs.get(kind, ModelConfig()) for kind in request.model_types}
    attempt.reporter.enter("training", "Training LSTM and HYBRID.")
    for kind, config in configs.items():
        attempt.reporter.log(f"{kind}: {config_words(config)}.")
    comparison = compare(
        request.symbol, candles, timeframe=request.timeframe,
        horizon=request.ahead, configs=configs,
        start=request.test_start, end=request.test_end, refit_every=request.refit_every,
        seed=request.seed, coverage=request.coverage, device=request.device,
        client=attempt.client, on_progress=_Together(attempt.reporter, len(configs)),
        should_stop=attempt.heart.should_stop,
    )  # fmt: skip
    return Measured(comparison.reports, difference=significance_json(comparison.difference))


class _Together:
    """The progress of trainings that run at the same time, as one share."""

    def __init__(self, reporter: Reporter, count: int) -> None:
        self._reporter, self._count = reporter, count
        self._shares: dict[ModelType, float] = {}

    def __call__(self, kind: ModelType, progress: BacktestProgress) -> None:
        self._shares[kind] = trained_share(progress)
        self._reporter.advance(sum(self._shares.values()) / self._count)

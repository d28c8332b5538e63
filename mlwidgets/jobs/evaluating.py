"""An evaluate job: train one configuration and measure it."""

from __future__ import annotations

import pandas as pd

from mlwidgets.evaluation.remote_backtest import remote_backtest
from mlwidgets.jobs.attempt import Attempt, Measured
from mlwidgets.jobs.requests import EvaluateRequest
from mlwidgets.jobs.words import config_words


def evaluate(attempt: Attempt, request: EvaluateRequest, candles: pd.DataFrame) -> Measured:
    """Backtest the configuration on a worker.

    Raises:
        As `remote_backtest`.
    """
    reporter = attempt.reporter
    reporter.enter("training", f"Training {request.model_type}: {config_words(request.config)}.")
    report = remote_backtest(
        attempt.client, request.spec(request.model_type, request.config), candles,
        start=request.test_start, end=request.test_end, refit_every=request.refit_every,
        seed=request.seed, coverage=request.coverage, device=request.device,
        on_progress=reporter.on_epoch, should_stop=attempt.heart.should_stop,
    )  # fmt: skip
    return Measured({request.model_type: report})

"""What there is to do for a job of each kind, from its candles to its result."""

from __future__ import annotations

import pandas as pd

from mlwidgets.jobs.attempt import Attempt, Measured
from mlwidgets.jobs.comparing import run_comparison
from mlwidgets.jobs.concluding import conclude
from mlwidgets.jobs.evaluating import evaluate
from mlwidgets.jobs.records import JobResult
from mlwidgets.jobs.requests import EvaluateRequest, TrainRequest
from mlwidgets.jobs.training import train


def work(attempt: Attempt) -> JobResult:
    """Do all of a job; may be repeated after it was cut off.

    Raises:
        Cancelled: somebody asked the job to stop; nothing was kept.
        MlwidgetsError: what was wrong.
    """
    registry = attempt.registry()
    if registry is not None and attempt.saves:
        registry.check_writable()  # before hours of work, not after
    candles = attempt.candles()
    return conclude(attempt, _measured(attempt, candles), candles)


def _measured(attempt: Attempt, candles: pd.DataFrame) -> Measured:
    request = attempt.request
    if isinstance(request, TrainRequest):
        return train(attempt, request, candles)
    if isinstance(request, EvaluateRequest):
        return evaluate(attempt, request, candles)
    return run_comparison(attempt, request, candles)

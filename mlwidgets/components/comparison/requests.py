"""Comparisons as jobs: what a form asks for, and which jobs are of a choice."""

from __future__ import annotations

from collections.abc import Mapping

from mlwidgets.components.choice import Choice
from mlwidgets.components.evaluation.backtests import candles_for
from mlwidgets.components.evaluation.window_draft import WindowDraft
from mlwidgets.components.jobs.work import Jobs
from mlwidgets.forecast.spec import ModelConfig, ModelType
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import CompareRequest


def read_comparisons(choice: Choice, jobs: Jobs) -> list[JobRecord]:
    """The compare jobs of a symbol, timeframe and horizon, the newest first.

    Raises:
        StorageError: the database cannot be read.
    """
    wanted = (choice.timeframe, choice.horizon)
    return [
        job for job in jobs.list(kind="compare", symbol=choice.symbol)
        if (job.request.timeframe, job.request.ahead) == wanted
    ]  # fmt: skip


def compare_request(job: JobRecord) -> CompareRequest:
    """What a compare job was asked to do."""
    assert isinstance(job.request, CompareRequest)
    return job.request


def build_request(
    choice: Choice, configs: Mapping[ModelType, ModelConfig], window: WindowDraft, *, offline: bool
) -> CompareRequest:
    """What a form asks for.

    Args:
        choice: symbol, timeframe and horizon.
        configs: the hyper-parameters of both.
        window: the test window.
        offline: whether only stored candles may be used.

    Raises:
        SpecError: it makes no sense.

    >>> configs = {"LSTM": ModelConfig(), "HYBRID": ModelConfig(hidden_size=16)}
    >>> build_request(Choice(), configs, WindowDraft(), offline=True).configs["HYBRID"].hidden_size
    16
    """
    start, end = window.start, window.end
    return CompareRequest(
        symbol=choice.symbol, timeframe=choice.timeframe, horizon=choice.horizon,
        configs=dict(configs), refit_every=window.refit_every,
        candles=candles_for(choice.symbol, start, offline=offline),
        test_start=None if start is None else start.to_pydatetime(),
        test_end=None if end is None else end.to_pydatetime(),
    )  # fmt: skip

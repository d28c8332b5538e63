"""`--detach`: the work becomes a job, and the command returns at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import typer

from mlwidgets.cli.candle_source import SIMULATION_STARTS, CandleSource
from mlwidgets.cli.jobs import announce
from mlwidgets.cli.options import MeasureOptions
from mlwidgets.cli.output import Output
from mlwidgets.errors import SpecError
from mlwidgets.jobs import api
from mlwidgets.jobs.arguments import CandleChoice
from mlwidgets.jobs.requests import JobKind, LoadedCandles, SimulatedCandles
from mlwidgets.market.dates import utc_timestamp
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.settings import get_settings


def submit(
    output: Output,
    kind: JobKind,
    source: CandleSource,
    measure: MeasureOptions,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    **fields: Any,
) -> None:
    """Hand the work to the cluster and tell how to follow it.

    Args:
        output: where to tell it.
        kind: of the job.
        source: its candles; those of a file travel with it.
        measure: horizon, coverage and test window.
        workers: what --workers said, which a job cannot be told.
        scheduler: what --scheduler said.
        **fields: the rest of the kind's request.

    Raises:
        typer.BadParameter: --workers beside --detach.
    """
    if workers is not None:
        raise typer.BadParameter(
            "a detached job shares all workers with the others; set MLWIDGETS_WORKERS instead",
            param_hint="--workers",
        )
    settings = get_settings()
    if scheduler is not None:
        settings = settings.model_copy(update={"scheduler": scheduler})
    record = api.submit(
        kind, candles=_candles(source, output), settings=settings, symbol=source.symbol,
        timeframe=source.timeframe, horizon=measure.horizon, coverage=measure.coverage,
        test_start=_time(measure.test_start, "test_start"),
        test_end=_time(measure.test_end, "test_end"), seed=source.options.seed, **fields,
    )  # fmt: skip
    announce(output, record)


def _candles(source: CandleSource, output: Output) -> CandleChoice:
    """What the job is told of its candles; only those that nothing else describes travel."""
    if source.file is None and not source.options.simulated:
        return LoadedCandles(
            start=_time(source.start, "start"), end=_time(source.end, "end"),
            offline=source.options.offline,
        )  # fmt: skip
    return _simulated(source) or source.load(output).frame


def _simulated(source: CandleSource) -> SimulatedCandles | None:
    """The simulated market, where a request can describe it."""
    if source.file is not None or source.start != SIMULATION_STARTS or source.end is None:
        return None
    periods = int((source.end - source.start) // timeframe_delta(source.timeframe))
    try:
        return SimulatedCandles(periods=periods, seed=source.options.seed)
    except SpecError:
        return None


def _time(time: str | pd.Timestamp | None, field: str) -> dt.datetime | None:
    return None if time is None else utc_timestamp(time, field).to_pydatetime()

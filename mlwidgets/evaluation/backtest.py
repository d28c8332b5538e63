"""The backtest: train on what lies before a test window, forecast every origin in it, measure."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.baselines import baseline_prices, conformal_intervals, known_returns
from mlwidgets.evaluation.report import (
    BacktestReport,
    IntervalMetrics,
    Metrics,
    PointMetrics,
    interval_metrics,
    model_metrics,
    point_metrics,
)  # fmt: skip
from mlwidgets.evaluation.splits import backtest_window
from mlwidgets.features import Samples, require_origins
from mlwidgets.features.series import CandleSeries
from mlwidgets.features.windows import returns_ahead
from mlwidgets.forecast.arguments import COVERAGE, check_arguments
from mlwidgets.forecast.fitting import train_model
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.forecast.training import EpochEnd
from mlwidgets.market.candles import candles_of
from mlwidgets.market.timeframes import horizon_steps, timeframe_delta


@dataclass(frozen=True, slots=True)
class BacktestProgress:
    """How far a backtest is.

    Attributes:
        fit: which training run is under way, from 1.
        fits: how many there will be.
        epoch: its last finished epoch.
    """

    fit: int
    fits: int
    epoch: EpochEnd


def backtest(
    spec: ModelSpec,
    candles: pd.DataFrame,
    *,
    start: str | dt.date | None = None,
    end: str | dt.date | None = None,
    refit_every: str | None = None,
    seed: int = 0,
    coverage: float = COVERAGE,
    device: str = "cpu",
    on_progress: Callable[[BacktestProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> BacktestReport:
    """Train on the candles before a window and measure the forecasts of every origin in it.

    Nothing in the window is seen in training: neither candles nor targets. Inside the window
    each forecast knows candles up to its origin only.

    Args:
        spec: what to train.
        candles: canonical closed candles of the spec's symbol and timeframe: those to train
            on, then the window.
        start: first origin of the window (UTC); default: 30 days before the end.
        end: where the window ends, exclusive; default: after the last origin.
        refit_every: train again inside the window after each such duration (`30d`), on all
            candles before it.
        seed: of the training.
        coverage: of the intervals.
        device: `cpu`, `cuda` or `mps`.
        on_progress: called after each epoch.
        should_stop: asked after each epoch.

    Raises:
        CandleError: the candles break the contract.
        ModelMismatch: candles of another symbol or timeframe.
        SpecError: dates that make no window within the candles.
        NotEnoughCandles: too few candles before the window.
        TrainingDiverged, Cancelled: as `train_model`.
    """
    started = time.perf_counter()
    check_arguments(spec, seed=seed, coverage=coverage, device=device)
    candles = candles_of(candles, spec.symbol, spec.timeframe)
    window = window_origins(spec, candles, start, end)
    segments = list(_segments(window, spec.timeframe, refit_every))
    parts = []
    for number, (first, after) in enumerate(segments, 1):
        model = train_model(
            spec, candles.loc[candles.index < first],
            seed=seed, coverage=coverage, device=device, should_stop=should_stop,
            on_epoch=_numbered(on_progress, number, len(segments)),
        )  # fmt: skip
        rows = model.predict(candles)
        parts.append(rows.loc[(rows.index >= first) & (rows.index < after)])
    predictions = pd.concat(parts)
    predictions = predictions.loc[predictions.index.isin(window)]
    measured = measure(model, predictions, candles, coverage)
    return BacktestReport(
        spec, *measured, predictions,
        model.measured(measured[0].directional_accuracy, measured[0].to_json()),
        len(segments) - 1, time.perf_counter() - started,
    )  # fmt: skip


def window_origins(
    spec: ModelSpec, candles: pd.DataFrame, start: str | dt.date | None, end: str | dt.date | None
) -> pd.DatetimeIndex:
    """Times of the origins between two dates whose forecast can be made and measured."""
    samples = Samples.build(candles, spec.timeframe, spec.steps)
    origins = samples.labelled_origins(spec.config.sequence_length)
    require_origins(origins, len(candles), spec.config.sequence_length)
    times = pd.DatetimeIndex(candles.index[origins])
    window = backtest_window(times, start, end, candles=pd.DatetimeIndex(candles.index))
    return times[window.start : window.stop]


def measure(
    model: TrainedModel, predictions: pd.DataFrame, candles: pd.DataFrame, coverage: float
) -> tuple[Metrics, dict[str, PointMetrics], IntervalMetrics]:
    """Metrics of a model's predictions, and of the baselines on the same origins."""
    steps = model.spec.steps
    close = predictions["close"].to_numpy()
    actual = predictions["actual"].to_numpy()
    series = CandleSeries(candles, model.spec.timeframe)
    returns = returns_ahead(series, steps)
    rows = np.searchsorted(series.time, pd.DatetimeIndex(predictions.index).as_unit("ms").asi8)
    earlier = returns[: max(rows[0] - steps, 0)]  # known before the window
    last_return = np.nan_to_num(returns[np.maximum(rows - steps, 0)])
    prices = baseline_prices(close, last_return, float(np.nanmean(earlier)))
    baselines = {name: point_metrics(close, actual, p, steps) for name, p in prices.items()}
    known = np.flatnonzero(np.isfinite(returns))
    counts = known_returns(series.time[rows], series.time[known + steps])
    lower, upper = conformal_intervals(close, returns[known], counts, coverage=coverage)
    interval = interval_metrics(close, actual, lower, upper, coverage)
    return model_metrics(predictions, steps, coverage), baselines, interval


def _segments(
    window: pd.DatetimeIndex, timeframe: str, refit_every: str | None
) -> Iterator[tuple[pd.Timestamp, pd.Timestamp]]:
    """Parts of the window [first, after) that one training run forecasts each."""
    step = timeframe_delta(timeframe)
    last = window[-1] + step
    if refit_every is None:
        yield window[0], last
        return
    try:
        length = horizon_steps(refit_every, timeframe) * step
    except SpecError as error:
        message = error.message.replace("Horizon", "The time between refits,", 1)
        raise SpecError(message, field="refit_every") from None
    if len(pd.date_range(window[0], last, freq=length)) > 500:
        raise SpecError(
            f"Refitting every {refit_every} would train more than 500 times; choose a longer "
            "time between.", field="refit_every", value=refit_every,
        )  # fmt: skip
    first = window[0]
    while first < last:
        yield first, first + length
        first += length


def _numbered(
    on_progress: Callable[[BacktestProgress], None] | None, fit: int, fits: int
) -> Callable[[EpochEnd], None] | None:
    if on_progress is None:
        return None
    return lambda epoch: on_progress(BacktestProgress(fit, fits, epoch))

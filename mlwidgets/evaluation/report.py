"""What a backtest measured: metrics of the model and of the baselines on the same origins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mlwidgets.evaluation import intervals, metrics, significance
from mlwidgets.evaluation.diebold_mariano import diebold_mariano
from mlwidgets.evaluation.probability import brier_score, log_loss, reliability
from mlwidgets.evaluation.verdict import HORIZONS_TO_COMPARE
from mlwidgets.forecast.spec import ModelSpec, Value

if TYPE_CHECKING:
    from mlwidgets.forecast.model import TrainedModel

ROLLING = 500
"""Origins of the rolling coverage whose worst value is reported."""


class PointMetrics(Value):
    """How well prices were predicted at n origins; None where a number is not defined."""

    origins: int
    """Origins measured."""
    mae: float
    """Mean absolute error, in the quote currency."""
    rmse: float
    """Root mean squared error, in the quote currency."""
    mape: float
    """Mean absolute percentage error, as a fraction."""
    r2_score: float | None
    """R² on prices; near 1 for anything that starts from the last price."""
    r2_returns: float | None
    """R² on log returns."""
    skill: float | None
    """1 - MAE / MAE of the last-value forecast."""
    skill_p_value: float | None
    """Diebold-Mariano (Harvey's correction) against the last value, one-sided."""
    directional_accuracy: float | None
    """Share of directions called right."""
    accuracy_low: float | None
    accuracy_high: float | None
    """95 % confidence interval of the directional accuracy."""
    accuracy_p_value: float | None
    """Chance that a coin does as well, one-sided, overlap accounted for."""
    association_p_value: float | None
    """Pesaran-Timmermann: chance that calls independent of the outcome do as well."""


class IntervalMetrics(Value):
    """How well intervals held the targets at n origins."""

    nominal_coverage: float
    coverage: float
    """Share of targets within the interval."""
    worst_coverage: float | None
    """Lowest share over 500 origins in a row; None for fewer origins."""
    width: float
    """Mean width over the origin's close, as a fraction."""
    winkler: float
    """Mean Winkler (interval) score over the origin's close; lower is better."""


class ProbabilityMetrics(Value):
    """How well the probability of a rise was calibrated."""

    brier: float | None
    log_loss: float | None
    calibration_error: float | None


class Metrics(ProbabilityMetrics, IntervalMetrics, PointMetrics):
    """Everything that a backtest measures of a model."""


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """A backtest's result.

    Attributes:
        spec: what was trained.
        metrics: of the model.
        baselines: point metrics of the naive forecasts on the same origins, by name.
        baseline_interval: the rolling split-conformal interval around the last value.
        predictions: frame indexed by the origin candle's open time (UTC) with target_time,
            close, predicted, actual, lower, upper, probability_up, scale, regime.
        model: the model that forecast the (last part of the) window, with these metrics in
            its meta.
        refits: how often it was trained again inside the window.
        seconds: how long the backtest took.
    """

    spec: ModelSpec
    metrics: Metrics
    baselines: dict[str, PointMetrics]
    baseline_interval: IntervalMetrics
    predictions: pd.DataFrame
    model: TrainedModel
    refits: int
    seconds: float

    def table(self) -> pd.DataFrame:
        """Model and baselines side by side: one row a forecast, one column a point metric."""
        rows = {self.spec.model_type: self.metrics, **self.baselines}
        names = list(PointMetrics.model_fields)
        return pd.DataFrame(
            {who: [getattr(values, name) for name in names] for who, values in rows.items()},
            index=names,
        ).T


def point_metrics(
    close: metrics.Floats, actual: metrics.Floats, predicted: metrics.Floats, steps: int
) -> PointMetrics:
    """Measure predicted prices, each array of shape (n,), at a horizon of `steps` candles."""
    direction = significance.direction_test(close, actual, predicted, horizon=steps)
    association = significance.pesaran_timmermann(close, actual, predicted, horizon=steps)
    enough = len(close) >= HORIZONS_TO_COMPARE * steps  # fewer, and the test rejects too often
    better = diebold_mariano(actual - predicted, actual - close, horizon=steps, alternative="less")
    return PointMetrics(
        origins=len(close),
        mae=metrics.mae(actual, predicted),
        rmse=metrics.rmse(actual, predicted),
        mape=metrics.mape(actual, predicted),
        r2_score=_or_none(metrics.r2_score(actual, predicted)),
        r2_returns=_or_none(metrics.r2_returns(close, actual, predicted)),
        skill=_or_none(metrics.skill(close, actual, predicted)),
        skill_p_value=_or_none(better.p_value) if enough else None,
        directional_accuracy=_or_none(direction.accuracy),
        accuracy_low=_or_none(direction.lower),
        accuracy_high=_or_none(direction.upper),
        accuracy_p_value=_or_none(direction.p_value),
        association_p_value=_or_none(association.p_value),
    )


def interval_metrics(
    close: metrics.Floats,
    actual: metrics.Floats,
    lower: metrics.Floats,
    upper: metrics.Floats,
    coverage: float,
) -> IntervalMetrics:
    """Measure intervals, each array of shape (n,); widths and scores are relative to `close`."""
    worst = intervals.worst_rolling_coverage(actual, lower, upper, window=ROLLING)
    relative = [actual / close, lower / close, upper / close]
    return IntervalMetrics(
        nominal_coverage=coverage,
        coverage=intervals.interval_coverage(actual, lower, upper),
        worst_coverage=_or_none(worst) if len(close) >= ROLLING else None,
        width=intervals.relative_width(close, lower, upper),
        winkler=intervals.winkler_score(*relative, coverage=coverage),
    )


def probability_metrics(
    close: metrics.Floats, actual: metrics.Floats, probability: metrics.Floats
) -> ProbabilityMetrics:
    """Measure probabilities of a rise, each array of shape (n,)."""
    table = reliability(close, actual, probability)
    return ProbabilityMetrics(
        brier=_or_none(brier_score(close, actual, probability)),
        log_loss=_or_none(log_loss(close, actual, probability)),
        calibration_error=_or_none(table.expected_calibration_error),
    )


def model_metrics(predictions: pd.DataFrame, steps: int, coverage: float) -> Metrics:
    """Measure the rows of a model's predictions whose target is known."""
    close, actual, predicted, lower, upper, probability = (
        predictions[name].to_numpy(dtype=np.float64)
        for name in ("close", "actual", "predicted", "lower", "upper", "probability_up")
    )
    return Metrics(
        **point_metrics(close, actual, predicted, steps).model_dump(),
        **interval_metrics(close, actual, lower, upper, coverage).model_dump(),
        **probability_metrics(close, actual, probability).model_dump(),
    )


def _or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

"""A trained model that a backtest has measured and nobody has saved: its facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.report import BacktestReport, IntervalMetrics, Metrics, PointMetrics
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import ModelConfig, ModelSpec, ModelType, Value
from mlwidgets.jobs.records import EpochMs


class Candidate(Value):
    """What a backtest measured of a model, without its weights and predictions.

    Attributes:
        id: 12 lower-case letters and digits; sorts by creation.
        job_id: the job that measured it; None for a backtest in the caller.
        meta: the model's, with the SHA-256 of the weights; its version is given by a save.
        metrics: of the model.
        baselines: of the naive forecasts on the same origins, by name.
        baseline_interval: of the rolling split-conformal interval around the last value.
        standing: against chance and against the production model, as JSON (see
            `mlwidgets.jobs.standing`); None where it was not computed yet.
        test_start: the first origin of the test window (open time, epoch ms).
        test_end: the last one.
        refits: how often the model was trained again inside the window.
        seconds: how long the backtest took.
        created_at: epoch ms.
        saved_version: the version as which it was saved.
    """

    id: str
    job_id: str | None = None
    symbol: str
    model_type: ModelType
    timeframe: str
    horizon: str
    config: ModelConfig
    meta: ModelMeta
    metrics: Metrics
    baselines: dict[str, PointMetrics]
    baseline_interval: IntervalMetrics
    standing: dict[str, Any] | None = None
    test_start: EpochMs
    test_end: EpochMs
    refits: int
    seconds: float
    created_at: EpochMs
    saved_version: str | None = None

    @property
    def spec(self) -> ModelSpec:
        """What was trained."""
        return self.meta.spec

    def has(self, config: Mapping[str, Any]) -> bool:
        """Whether its config has these values of some or all fields."""
        return all(getattr(self.config, name) == value for name, value in config.items())


def check_fields(config: Mapping[str, Any]) -> None:
    """Refuse names that are no fields of a config.

    Raises:
        SpecError: names them.
    """
    unknown = sorted(config.keys() - ModelConfig.model_fields.keys())
    if unknown:
        raise SpecError(
            f"A config has no {', '.join(unknown)}; its fields are "
            f"{', '.join(ModelConfig.model_fields)}.",
            field="config",
        )


def candidate_of(report: BacktestReport, meta: ModelMeta, **others: Any) -> Candidate:
    """The facts of a backtest's model.

    Args:
        report: the backtest.
        meta: the model's, as it is kept.
        **others: id, job, standing and time.
    """
    spec, origins = meta.spec, pd.DatetimeIndex(report.predictions.index).as_unit("ms").asi8
    return Candidate(
        symbol=spec.symbol, model_type=spec.model_type, timeframe=spec.timeframe,
        horizon=spec.horizon, config=spec.config, meta=meta, metrics=report.metrics,
        baselines=report.baselines, baseline_interval=report.baseline_interval,
        test_start=int(origins[0]), test_end=int(origins[-1]),
        refits=report.refits, seconds=report.seconds, **others,
    )  # fmt: skip

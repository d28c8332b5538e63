"""Where a candidate stands: against chance, and against the production model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlwidgets.errors import ModelError, ModelNotFound, NotEnoughCandles
from mlwidgets.evaluation.diebold_mariano import diebold_mariano
from mlwidgets.evaluation.metrics import Floats
from mlwidgets.evaluation.report import BacktestReport, Metrics, model_metrics
from mlwidgets.evaluation.significance import (
    Significance,
    direction_test,
    pesaran_timmermann,
)  # fmt: skip
from mlwidgets.evaluation.verdict import HORIZONS_TO_COMPARE, Verdict, verdict
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.registry.registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate beside the production model.

    Attributes:
        verdict: what the backtest shows.
        production: the production model's facts; None where there is none.
        problem: why it could not be measured on the candidate's origins, or empty.
        metrics: the production model's, on the common origins.
        candidate: the candidate's, on the same.
        difference: Diebold-Mariano test of the candidate's errors against its.
    """

    verdict: Verdict
    production: ModelMeta | None = None
    problem: str = ""
    metrics: Metrics | None = None
    candidate: Metrics | None = None
    difference: Significance | None = None

    def to_json(self) -> dict[str, Any]:
        """The same as JSON: the verdict, and the production model beside the candidate."""
        judged = {"kind": self.verdict.kind.value, "text": self.verdict.text}
        document = {"verdict": {**judged, "needed": self.verdict.needed}, "production": None}
        if self.production is None:
            return document
        beside = {
            "model": self.production.to_json(),
            "problem": self.problem or None,
            "metrics": self.metrics and self.metrics.to_json(),
            "candidateMetrics": self.candidate and self.candidate.to_json(),
            "difference": self.difference and significance_json(self.difference),
        }
        return {**document, "production": beside}


def significance_json(test: Significance) -> dict[str, float | None]:
    """A test as JSON; null where it could not be computed.

    >>> significance_json(Significance(float("nan"), 0.25))
    {'statistic': None, 'pValue': 0.25}
    """
    values = {"statistic": test.statistic, "pValue": test.p_value}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def stand(
    report: BacktestReport, candles: pd.DataFrame, registry: ModelRegistry, coverage: float
) -> Standing:
    """Judge a backtest, beside the production model of its slot where there is one.

    Both are measured on the origins that neither was trained on.
    """
    spec = report.spec
    try:
        meta = registry.get_meta(spec.symbol, spec.model_type)
    except ModelNotFound:
        return judge(report)
    except ModelError as error:
        return Standing(_judge(report, None), problem=error.message)
    try:
        rows = _production_rows(registry, meta, report, candles)
    except (ModelError, NotEnoughCandles) as error:
        return Standing(_judge(report, None), meta, error.message)
    ours, theirs = report.predictions.loc[rows.index], rows
    difference = diebold_mariano(_errors(ours), _errors(theirs), horizon=spec.steps)
    return Standing(
        _judge(report, difference), meta, "",
        model_metrics(theirs, spec.steps, coverage), model_metrics(ours, spec.steps, coverage),
        difference,
    )  # fmt: skip


def judge(report: BacktestReport) -> Standing:
    """Judge a backtest by itself, where no production model can be reached."""
    return Standing(_judge(report, None))


def _production_rows(
    registry: ModelRegistry, meta: ModelMeta, report: BacktestReport, candles: pd.DataFrame
) -> pd.DataFrame:
    """The production model's predictions of the candidate's origins that it has not seen."""
    spec = report.spec
    if (meta.timeframe, meta.horizon) != (spec.timeframe, spec.horizon):
        raise NotEnoughCandles(
            f"it forecasts {meta.horizon} ahead from {meta.timeframe} candles, which cannot be "
            "compared"
        )
    model: TrainedModel = registry.load(spec.symbol, spec.model_type, meta.version)
    rows = model.predict(candles)
    rows = rows.loc[rows.index.isin(report.predictions.index) & rows["actual"].notna()]
    needed = HORIZONS_TO_COMPARE * spec.steps
    if len(rows) < needed:
        raise NotEnoughCandles(
            f"it was trained on candles of this test window; {len(rows)} of its origins are left "
            f"and {needed} are needed"
        )
    return rows


def _judge(report: BacktestReport, difference: Significance | None) -> Verdict:
    rows, steps = report.predictions, report.spec.steps
    prices = [rows[name].to_numpy(np.float64) for name in ("close", "actual", "predicted")]
    return verdict(
        direction_test(*prices, horizon=steps), difference,
        association=pesaran_timmermann(*prices, horizon=steps),
        timeframe=report.spec.timeframe, horizon=steps,
    )  # fmt: skip


def _errors(rows: pd.DataFrame) -> Floats:
    return (rows["actual"] - rows["predicted"]).to_numpy(np.float64)

"""What a comparison measured, on the forecasts that both models made."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mlwidgets.components.evaluation.chart_data import ChartData, chart_data
from mlwidgets.components.jobs.work import Candidates
from mlwidgets.errors import ModelNotFound
from mlwidgets.evaluation.report import Metrics, PointMetrics, model_metrics
from mlwidgets.forecast.spec import MODEL_TYPES, ModelType
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobRecord


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """A finished comparison.

    Attributes:
        job_id: of the job.
        candidates: what each backtest kept, by model type.
        metrics: by model type, on the common origins.
        baselines: of the naive forecasts, by name.
        coverage: that the intervals intend.
        charts: both models' predictions.
    """

    job_id: str
    candidates: dict[ModelType, Candidate]
    metrics: dict[ModelType, Metrics]
    baselines: dict[str, PointMetrics]
    coverage: float
    charts: ChartData


def read_results(job: JobRecord, candidates: Candidates) -> Results | None:
    """What a completed job measured; None where its candidates have made room for later ones.

    Raises:
        StorageError: the database cannot be read.
    """
    ids = job.result.candidates if job.result else {}
    try:
        kept = {kind: candidates.get(ids[kind]) for kind in MODEL_TYPES if kind in ids}
        rows = {kind: candidates.predictions(ids[kind]) for kind in kept}
    except ModelNotFound:
        return None
    return _results(job.id, kept, rows) if len(kept) == len(MODEL_TYPES) else None


def _results(
    job_id: str, kept: dict[ModelType, Candidate], rows: dict[ModelType, pd.DataFrame]
) -> Results:
    common = rows["LSTM"].index.intersection(rows["HYBRID"].index)
    fewest = min(kept.values(), key=lambda each: each.metrics.origins)
    return Results(
        job_id=job_id,
        candidates=kept,
        metrics={kind: _metrics_on(common, kept[kind], rows[kind]) for kind in kept},
        baselines=fewest.baselines,
        coverage=fewest.metrics.nominal_coverage,
        charts=chart_data({str(kind): rows[kind].loc[common] for kind in kept}),
    )


def _metrics_on(origins: pd.Index, candidate: Candidate, rows: pd.DataFrame) -> Metrics:
    """A model with a longer window may have forecast less after a gap: only pairs are compared."""
    if len(origins) == len(rows):
        return candidate.metrics
    nominal = candidate.metrics.nominal_coverage
    return model_metrics(rows.loc[origins], candidate.spec.steps, nominal)

"""The forecasts that a backtest is read beside: production and the baselines."""

from __future__ import annotations

from mlwidgets.components.evaluation.doubts import compared_version, same_origins
from mlwidgets.components.evaluation.metric_rows import Column
from mlwidgets.components.texts import text
from mlwidgets.evaluation.report import PointMetrics
from mlwidgets.jobs.candidate import Candidate

_BASELINES = {
    "last_value": "evaluate.baseline.last_value",
    "momentum": "model.baseline.momentum",
    "reversal": "model.baseline.reversal",
    "always_up": "model.baseline.always_up",
}


def report_columns(candidate: Candidate) -> tuple[list[Column], tuple[int, int] | None]:
    """Columns of a metric table, and which two of them to compare.

    Candidate and production are measured on the forecasts that both made, where there are such.
    """
    ours, theirs = same_origins(candidate)
    own = ours or candidate.metrics
    columns = [Column(text("evaluate.candidate"), own, note=_count(own))]
    if theirs is not None:
        version = compared_version(candidate)
        title = text("evaluate.production", version=version)
        columns.append(Column(title, theirs, "production", _count(theirs)))
    for name, metrics in candidate.baselines.items():
        other = metrics.origins != own.origins  # those that production could not forecast, too
        note = _count(metrics) if other else ""
        columns.append(Column(baseline_title(name), metrics, "baseline", note))
    return columns, (0, 1) if theirs is not None else None


def baseline_title(name: str) -> str:
    """What a naive forecast is called.

    >>> baseline_title("last_value")
    'Last value'
    """
    return text(_BASELINES[name]) if name in _BASELINES else name


def _count(metrics: PointMetrics) -> str:
    return text("evaluate.forecasts", count=f"{metrics.origins:,}")

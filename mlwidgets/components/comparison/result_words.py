"""What a comparison came to, in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.comparison.results import Results
from mlwidgets.components.comparison.state import CompareState
from mlwidgets.components.evaluation.chances import LEVEL, p_words
from mlwidgets.components.evaluation.columns import baseline_title
from mlwidgets.components.evaluation.metric_rows import Column
from mlwidgets.components.evaluation.verdicts import candidate_verdict
from mlwidgets.components.formats import age, moment
from mlwidgets.components.texts import text
from mlwidgets.forecast.spec import MODEL_TYPES, ModelType
from mlwidgets.jobs.records import JobResult


def result_words(state: CompareState) -> dict[str, Any]:
    """The newest comparison that came to its end; empty where there is none."""
    job = state.completed
    if job is None or job.result is None:
        return {}
    return {
        "age": age(job.finished_at or job.created_at),
        "time": moment(job.finished_at or job.created_at),
        "difference": difference_words(job.result),
        "sides": [_side(job.result, state.results, kind) for kind in MODEL_TYPES],
        "gone": text("compare.gone") if state.gone else "",
        "loading": text("compare.loading") if not state.read else "",
    }


def difference_words(result: JobResult) -> str:
    """Which model's errors are smaller, and whether that may be chance.

    >>> difference_words(JobResult(difference={"statistic": -0.9, "pValue": 0.41}))
    "LSTM's errors are smaller, but the difference may be chance (p = 0.410)."
    >>> difference_words(JobResult(difference={"statistic": 3.1, "pValue": 0.002}))
    "HYBRID's errors are smaller, and the difference is hardly chance (p = 0.002)."
    """
    test = result.difference or {}
    statistic, p_value = test.get("statistic"), test.get("pValue")
    if p_value is None or statistic is None:
        return text("compare.difference.unknown")
    better = "LSTM" if statistic < 0 else "HYBRID"
    key = "compare.difference.real" if p_value < LEVEL else "compare.difference.chance"
    return text(key, model_type=better, p=p_words(p_value))


def table_columns(results: Results) -> list[Column]:
    """Both models, and the naive forecasts beside them."""
    models = [Column(kind, results.metrics[kind]) for kind in MODEL_TYPES]
    naive = [
        Column(baseline_title(name), metrics, "baseline")
        for name, metrics in results.baselines.items()
    ]
    return [*models, *naive]


def _side(result: JobResult, results: Results | None, kind: ModelType) -> dict[str, Any]:
    judged = candidate_verdict(results.candidates[kind]) if results else {}
    return {
        "name": kind,
        "verdict": judged.get("text", ""),
        "good": judged.get("look") == "good",
        "saved": _saved(result, kind),
        "unsaved": kind in result.unsaved,
    }


def _saved(result: JobResult, kind: ModelType) -> str:
    """As which version a model was saved, or by whom it will be."""
    for meta in result.saved:
        if meta.model_type == kind:
            return text("compare.saved", version=meta.version)
    return text("compare.unsaved" if kind in result.unsaved else "compare.not_saved")

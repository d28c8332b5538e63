"""What a completed search came to, in words."""

from __future__ import annotations

import math
from typing import Any

from mlwidgets.components.formats import NOTHING, duration, percent, price
from mlwidgets.components.texts import text
from mlwidgets.components.training.state import TrainState
from mlwidgets.evaluation.report import Metrics, PointMetrics
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.market.timeframes import timeframe_minutes

_BASELINES = {
    "last_value": "train.baseline.last_value", "momentum": "model.baseline.momentum",
    "reversal": "model.baseline.reversal", "always_up": "model.baseline.always_up",
}  # fmt: skip
_VERDICTS = {
    "better_than_production": "train.verdict.better_than_production",
    "worse_than_production": "train.verdict.worse_than_production",
    "better_than_chance": "train.verdict.better_than_chance",
    "no_better_than_chance": "train.verdict.no_better_than_chance",
    "too_short": "train.verdict.too_short",
}  # fmt: skip
_GOOD = ("better_than_production", "better_than_chance")


def result_words(state: TrainState) -> dict[str, Any]:
    """The saved model of a completed job; empty while there is none."""
    record = state.record
    if record is None or record.state != "completed" or not record.result:
        return {}
    if not record.result.saved:
        return {}
    meta = record.result.saved[-1]
    measured = state.measured
    standing = record.result.standings.get(meta.model_type) or {}
    kind = (standing.get("verdict") or {}).get("kind", "")
    return {
        "title": f"{meta.symbol} {meta.model_type}",
        "version": meta.version,
        "verdict": _verdict(standing, meta.timeframe),
        "good": kind in _GOOD,
        "columns": [
            "", text("model.accuracy"), text("train.column.skill"), text("train.column.mae"),
            text("train.column.rmse"),
        ],
        "rows": _rows(measured, meta.model_type) if measured else [],
        "facts": [text("train.result.origins", count=f"{measured.metrics.origins:,}"),
                  *_tests(measured.metrics), *_against(standing)] if measured else [],
        "duration": text("model.trained.note", duration=duration(meta.training_duration / 1000)),
    }  # fmt: skip


def _verdict(standing: dict[str, Any], timeframe: str) -> str:
    judged = standing.get("verdict") or {}
    key = _VERDICTS.get(judged.get("kind", ""))
    if key is None:
        return ""
    hours = math.ceil((judged.get("needed") or 0) * timeframe_minutes(timeframe) / 60)
    return text(key, hours=f"{hours:,}")


def _rows(measured: Candidate, model_type: str) -> list[dict[str, Any]]:
    """The model, and below it the naive forecasts of the same origins."""
    rows = [_row(model_type, measured.metrics)]
    for name, key in _BASELINES.items():
        if name in measured.baselines:
            rows.append(_row(text(key), measured.baselines[name]))
    return rows


def _row(name: str, numbers: PointMetrics) -> dict[str, Any]:
    accuracy = percent(numbers.directional_accuracy)
    interval = ""
    if numbers.accuracy_low is not None and numbers.directional_accuracy is not None:
        interval = f"{percent(numbers.accuracy_low)} – {percent(numbers.accuracy_high)}"
    values = [accuracy, percent(numbers.skill, 2, sign=True), price(numbers.mae),
              price(numbers.rmse)]  # fmt: skip
    return {"name": name, "values": values, "interval": interval}


def _tests(numbers: Metrics) -> list[str]:
    """Whether the model is better than a coin and than the last price, said with its chance."""
    said = []
    if numbers.accuracy_p_value is not None:
        better = numbers.accuracy_p_value < 0.05
        key = "model.better_than_chance" if better else "model.no_better_than_chance"
        direction = text(key, p_value=_chance(numbers.accuracy_p_value))
        said.append(text("train.result.direction", said=direction))
    if numbers.skill_p_value is not None:
        better = numbers.skill_p_value < 0.05
        key = "train.result.error.better" if better else "train.result.error.same"
        said.append(text(key, p_value=_chance(numbers.skill_p_value)))
    return said


def _against(standing: dict[str, Any]) -> list[str]:
    """How it stood against the model that it replaced."""
    beside = standing.get("production")
    if not beside:
        return []
    version = beside["model"]["version"]
    if beside.get("problem"):
        return [text("train.result.not_compared", version=version)]
    chance = (beside.get("difference") or {}).get("pValue")
    if chance is None:
        return []
    if chance >= 0.05:
        return [text("train.result.like", version=version, p_value=_chance(chance))]
    better = beside["difference"]["statistic"] < 0
    key = "train.result.better" if better else "train.result.worse"
    return [text(key, version=version, p_value=_chance(chance))]


def _chance(value: float | None) -> str:
    """A p-value as it is read.

    >>> _chance(0.0004), _chance(0.0512)
    ('< 0.001', '= 0.051')
    """
    if value is None:
        return NOTHING
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"

"""What a completed search came to, in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.evaluation.chances import LEVEL, coin_words, p_words
from mlwidgets.components.evaluation.columns import baseline_title
from mlwidgets.components.evaluation.verdicts import verdict_words
from mlwidgets.components.formats import duration, percent, price
from mlwidgets.components.texts import text
from mlwidgets.components.training.state import TrainState
from mlwidgets.evaluation.report import Metrics, PointMetrics
from mlwidgets.jobs.candidate import Candidate


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
    judged = verdict_words(standing, meta.timeframe, meta.metrics.get("accuracyPValue"))
    return {
        "title": f"{meta.symbol} {meta.model_type}",
        "version": meta.version,
        "verdict": judged.get("text", ""),
        "good": judged.get("look") == "good",
        "columns": [
            "", text("model.accuracy"), text("train.column.skill"), text("train.column.mae"),
            text("train.column.rmse"),
        ],
        "rows": _rows(measured, meta.model_type) if measured else [],
        "facts": [text("train.result.origins", count=f"{measured.metrics.origins:,}"),
                  *_tests(measured.metrics), *_against(standing)] if measured else [],
        "duration": text("model.trained.note", duration=duration(meta.training_duration / 1000)),
    }  # fmt: skip


def _rows(measured: Candidate, model_type: str) -> list[dict[str, Any]]:
    """The model, and below it the naive forecasts of the same origins."""
    rows = [_row(model_type, measured.metrics)]
    return rows + [_row(baseline_title(name), each) for name, each in measured.baselines.items()]


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
        direction = coin_words(numbers.accuracy_p_value)
        said.append(text("train.result.direction", said=direction))
    if numbers.skill_p_value is not None:
        better = numbers.skill_p_value < LEVEL
        key = "train.result.error.better" if better else "train.result.error.same"
        said.append(text(key, p=p_words(numbers.skill_p_value)))
    return said


def _against(standing: dict[str, Any]) -> list[str]:
    """How it stood against the model that it replaced."""
    beside = standing.get("production")
    if not beside:
        return []
    version = beside["model"]["version"]
    test = beside.get("difference") or {}
    chance, statistic = test.get("pValue"), test.get("statistic")
    if beside.get("problem") or chance is None or statistic is None:
        return [text("train.result.not_compared", version=version)]
    if chance >= LEVEL:
        return [text("train.result.like", version=version, p=p_words(chance))]
    key = "train.result.better" if statistic < 0 else "train.result.worse"
    return [text(key, version=version, p=p_words(chance))]

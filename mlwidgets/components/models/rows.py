"""The models of a page of the table in words."""

from __future__ import annotations

import time
from typing import Any

from mlwidgets.components.choice import Choice
from mlwidgets.components.formats import NOTHING, age, moment, percent
from mlwidgets.components.models.folder import ModelEntry
from mlwidgets.components.texts import text
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.registry import Problem

WEEK_MS = 7 * 86_400_000
MONTH_MS = 30 * 86_400_000

_STATUSES = {
    "production": "models.production", "archived": "models.archived", "damaged": "models.damaged",
}  # fmt: skip


def row_words(entry: ModelEntry) -> dict[str, Any]:
    """What a row of the table says of a model.

    >>> from mlwidgets.registry.names import ModelKey
    >>> key = ModelKey.parse("BTCUSDT_LSTM_1.0.2.json")
    >>> row_words(ModelEntry(key, production=False))["status_word"]
    'Damaged'
    """
    return {
        "name": entry.name,
        "symbol": entry.key.slot.symbol,
        "model_type": entry.key.slot.model_type,
        "version": entry.key.version,
        "status": entry.status,
        "status_word": text(_STATUSES[entry.status]),
        "problem": problem_words(entry.problem) if entry.problem else "",
        "open_label": text("models.open", name=entry.name),
        **(_facts(entry.meta, entry) if entry.meta else _no_facts()),
    }


def problem_words(problem: Problem) -> str:
    """What is wrong with a file, and what to do."""
    return text("models.problem", file=problem.file, what=problem.what, remedy=problem.remedy)


def _stale_words(entry: ModelEntry, meta: ModelMeta) -> dict[str, str]:
    """What to do about an old production model; nothing is said while it is young."""
    old = time.time() * 1000 - meta.trained_at if entry.production else 0.0
    if old > MONTH_MS:
        return _stale("month", text("models.old.month"), text("models.old.month.short"))
    if old > WEEK_MS:
        return _stale("week", text("models.old.week"), text("models.old.week.short"))
    return _stale("", "", "")


def _stale(since: str, advice: str, short: str) -> dict[str, str]:
    return {"stale": since, "advice": advice, "short_advice": short}


def _facts(meta: ModelMeta, entry: ModelEntry) -> dict[str, Any]:
    low, high = meta.metrics.get("accuracyLow"), meta.metrics.get("accuracyHigh")
    known = meta.accuracy is not None and low is not None and high is not None
    usable = entry.status == "production"
    choice = Choice(
        symbol=meta.symbol, timeframe=meta.timeframe, model_type=meta.model_type,
        horizon=meta.horizon,
    )  # fmt: skip
    return {
        "trained": age(meta.trained_at),
        "trained_at": moment(meta.trained_at),
        **_stale_words(entry, meta),
        "simulated": meta.simulated,
        "ahead": text("models.ahead.value", horizon=meta.horizon, timeframe=meta.timeframe),
        "data_points": f"{meta.data_points:,}",
        "accuracy": percent(meta.accuracy),
        "interval": f"{percent(low).removesuffix(' %')}–{percent(high)}" if known else "",
        "coverage": percent(meta.metrics.get("coverage")),
        "query": choice.query if usable else "",
    }


def _no_facts() -> dict[str, Any]:
    unknown = ("trained", "ahead", "data_points", "accuracy", "coverage")
    empty = ("trained_at", "stale", "advice", "short_advice", "interval", "query")
    return {**dict.fromkeys(unknown, NOTHING), **dict.fromkeys(empty, ""), "simulated": False}

"""A production model in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.evaluation.chances import coin_words
from mlwidgets.components.formats import NOTHING, age, duration, moment, percent
from mlwidgets.components.models.accuracy import accuracy_scale
from mlwidgets.components.models.state import ModelState
from mlwidgets.components.texts import text
from mlwidgets.forecast.artifact import ModelMeta

_CONFIG = {
    "hidden_size": "config.hidden_size",
    "sequence_length": "config.sequence_length",
    "learning_rate": "config.learning_rate",
    "epochs": "config.epochs",
    "num_layers": "config.num_layers",
    "dropout": "config.dropout",
    "weight_decay": "config.weight_decay",
    "batch_size": "config.batch_size",
    "patience": "config.patience",
}
_HYBRID = {"kernel_size": "config.kernel_size", "highway_window": "config.highway_window"}


def model_words(state: ModelState) -> dict[str, Any]:
    """What a card says of a model; empty where there is none."""
    meta = state.meta
    if meta is None:
        return {}
    return {
        "title": f"{meta.symbol} {meta.model_type}",
        "version": meta.version,
        "simulated": text("model.simulated") if meta.simulated else "",
        "trained": age(meta.trained_at),
        "facts": _facts(meta),
        "accuracy": percent(meta.accuracy),
        "verdict": _verdict(meta),
        "scale": accuracy_scale(state),
        "config": config_facts(meta),
    }


def config_facts(meta: ModelMeta) -> list[dict[str, str]]:
    """The hyper-parameters that a model of this type uses."""
    names = {**_CONFIG, **(_HYBRID if meta.model_type == "HYBRID" else {})}
    return [
        {"name": text(key), "value": f"{getattr(meta.config, field):,.4g}"}
        for field, key in names.items()
    ]


def _facts(meta: ModelMeta) -> list[dict[str, str]]:
    numbers = meta.metrics
    spent = duration(meta.training_duration / 1000)
    points = text("model.data_points.value", count=f"{meta.data_points:,}")
    facts = (
        ("model.trained", moment(meta.trained_at), text("model.trained.note", duration=spent)),
        ("model.data_points", points, _span(meta)),
        ("model.forecasts", ahead_words(meta), ""),
        ("model.coverage", percent(numbers.get("coverage")), _intended(meta)),
        ("model.skill", percent(numbers.get("skill"), 2, sign=True), text("model.skill.note")),
        ("model.origins", _count(numbers.get("origins")), text("model.origins.note")),
    )
    return [{"name": text(key), "value": value, "note": note} for key, value, note in facts]


def ahead_words(meta: ModelMeta) -> str:
    """How far ahead a model forecasts, and from which candles."""
    return text("model.ahead", horizon=meta.horizon, timeframe=meta.timeframe)


def _span(meta: ModelMeta) -> str:
    first, last = (moment(time)[:10] for time in (meta.trained_from, meta.trained_until))
    return text("model.span", first=first, last=last)


def _intended(meta: ModelMeta) -> str:
    nominal = meta.metrics.get("nominalCoverage")
    return "" if nominal is None else text("model.coverage.note", share=percent(nominal, 0))


def _count(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.0f}"


def _verdict(meta: ModelMeta) -> str:
    """What the accuracy is worth beside a coin's."""
    chance = meta.metrics.get("accuracyPValue")
    if meta.accuracy is None or chance is None:
        measured = meta.metrics.get("origins") is not None
        return text("model.no_direction") if measured else text("model.unmeasured")
    return coin_words(chance)

"""Everything that is known of one model in words, and what can be done with it."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.evaluation.metric_rows import Column, table_rows
from mlwidgets.components.formats import duration, moment
from mlwidgets.components.models.folder import ModelEntry
from mlwidgets.components.models.models_state import Details, ModelsState
from mlwidgets.components.models.words import config_facts
from mlwidgets.components.texts import text
from mlwidgets.errors import MlwidgetsError
from mlwidgets.evaluation.report import Metrics
from mlwidgets.forecast.artifact import ModelMeta


def details_words(state: ModelsState) -> dict[str, Any]:
    """What the opened model's panel says; empty while none is open."""
    entry = state.find(state.opened)
    if entry is None:
        return {}
    slot = entry.key.slot
    return {
        "name": entry.name,
        "loading": state.details is None,
        "config": config_facts(entry.meta) if entry.meta else [],
        "metrics": _metrics(entry.meta) if entry.meta else [],
        "origin": _origin(entry.meta) if entry.meta else [],
        "files": _files(state.details),
        "can_restore": not entry.production and entry.status == "archived",
        "can_download": bool(state.details and state.details.files),
        "needs_name": entry.production,
        "successors": state.successors(entry),
        "warning": _warning(entry),
        "restore_note": _restore_note(state, entry),
        "delete_label": text("models.delete.label", name=entry.name),
        "type_name": text("models.delete.type", name=entry.name),
        "slot": f"{slot.symbol} {slot.model_type}",
        "refusal": state.refusals.get(entry.name, ""),
    }


def _metrics(meta: ModelMeta) -> list[dict[str, str]]:
    """The numbers of the backtest; whatever else a file holds by its own name."""
    try:
        known = Metrics(**meta.metrics)
    except MlwidgetsError:
        return [_fact(name, f"{value:,.6g}") for name, value in meta.metrics.items() if value]
    rows = table_rows([Column(meta.model_type, known)])
    origins = _fact(text("model.origins"), f"{known.origins:,}", text("model.origins.note"))
    said = [
        _fact(row["label"], row["cells"][0]["text"], "; ".join(row["cells"][0]["notes"]))
        for row in rows
    ]
    return [*said, origins]


def _origin(meta: ModelMeta) -> list[dict[str, str]]:
    """Where a model comes from: data, seed, libraries, checksums."""
    spent = text("model.trained.note", duration=duration(meta.training_duration / 1000))
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(meta.libraries.items()))
    facts = [
        _fact(text("model.trained"), moment(meta.trained_at), spent),
        _fact(text("models.from"), moment(meta.trained_from)),
        _fact(text("models.until"), moment(meta.trained_until)),
        _fact(
            text("models.epochs"), f"{meta.epochs_run:,}",
            text("models.epochs.best", epoch=meta.best_epoch),
        ),
        _fact(text("models.seed"), str(meta.seed)),
        _fact(text("models.libraries"), libraries),
        _fact(text("models.features_fingerprint"), meta.features_fingerprint),
        _fact(text("models.data_fingerprint"), meta.data_fingerprint),
        _fact(text("models.sha"), meta.weights_sha256),
    ]  # fmt: skip
    return [fact for fact in facts if fact["value"]]


def _fact(name: str, value: str, note: str = "") -> dict[str, str]:
    return {"name": name, "value": value, "note": note}


def _files(details: Details | None) -> list[dict[str, str]]:
    return [
        {"name": name, "size": text("models.bytes", count=f"{size:,}")}
        for name, size in (details.files if details else ())
    ]


def _warning(entry: ModelEntry) -> str:
    slot = f"{entry.key.slot.symbol} {entry.key.slot.model_type}"
    key = "models.delete.production" if entry.production else "models.delete.archived"
    return text(key, version=entry.key.version, slot=slot)


def _restore_note(state: ModelsState, entry: ModelEntry) -> str:
    """What a restore would do."""
    current = next(
        (other for other in state.folder.entries
         if other.production and other.key.slot == entry.key.slot), None,
    )  # fmt: skip
    if current is None:
        return text("models.restore.first", version=entry.key.version)
    return text("models.restore.note", version=entry.key.version, current=current.key.version)

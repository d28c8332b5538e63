"""How a search goes, in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.formats import NOTHING, age, duration, moment, percent
from mlwidgets.components.jobs.words import is_stopping, state_words
from mlwidgets.components.texts import text
from mlwidgets.components.training.form_words import elapsed_words
from mlwidgets.components.training.names import short_name
from mlwidgets.components.training.sources import train_request
from mlwidgets.components.training.state import TrainState
from mlwidgets.jobs.records import JobProgress, JobRecord

_STAGES = {
    "queued": "train.stage.queued", "candles": "train.stage.candles",
    "search": "train.stage.search", "training": "train.stage.training",
    "measuring": "train.stage.measuring", "saving": "train.stage.saving",
    "done": "train.stage.done",
}  # fmt: skip
_ENDS = {
    "completed": "train.end.completed", "cancelled": "train.end.cancelled",
    "interrupted": "train.end.interrupted", "failed": "train.end.failed",
}  # fmt: skip
_ADVICE = {
    "NotEnoughCandles": "train.advice.candles", "ExchangeUnavailable": "train.advice.exchange",
    "TrainingDiverged": "train.advice.diverged", "TrainingError": "train.advice.diverged",
    "UnknownSymbol": "train.advice.symbol",
}  # fmt: skip
_BEST = ("hidden_size", "sequence_length", "learning_rate", "dropout", "batch_size")


def progress_words(state: TrainState) -> dict[str, Any]:
    """The job of the choice; empty where there is none."""
    record = state.record
    if record is None:
        return {}
    stopping = is_stopping(record)
    return {
        **state_words(record),
        "stage": _stage(record),
        "fraction": _fraction(record),
        "facts": _facts(record, state),
        "best": _best(record.progress),
        "open": _open(state) if record.state == "running" else "",
        "age": age(record.created_at),
        "time": moment(record.created_at),
        "error": record.error.message if record.error and record.state == "failed" else "",
        "advice": _advice(record),
        "can_stop": state.active and not stopping and record.progress.stage != "saving",
        "can_resume": record.state in ("interrupted", "failed", "cancelled"),
        "can_extend": record.state == "completed",
        "unsaved": bool(record.result and record.result.unsaved and not record.result.saved),
        "id": record.id,
    }


def _stage(record: JobRecord) -> str:
    if record.state in _ENDS:
        return text(_ENDS[record.state])
    return text(_STAGES[record.progress.stage])


def _fraction(record: JobRecord) -> int | None:
    if record.state == "completed":
        return 100
    fraction = record.progress.fraction
    return None if fraction is None else round(100 * fraction)


def _facts(record: JobRecord, state: TrainState) -> list[dict[str, str]]:
    progress, request = record.progress, train_request(record)
    trials = max(progress.trials_done or 0, len(state.search.trials))
    folds = progress.n_folds or request.n_trials * request.n_folds
    left = progress.eta_seconds if record.state == "running" and not record.cancelling else None
    facts = [
        ("train.fact.trials", _of(trials, request.n_trials)),
        ("train.fact.folds", _of(progress.folds_done or 0, folds)),
        ("train.fact.elapsed", elapsed_words(progress.elapsed_seconds)),
        ("train.fact.left", NOTHING if left is None else f"≈ {duration(left)}"),
    ]
    if progress.stage == "training" and progress.epochs:
        facts.append(("train.fact.epoch", _of(progress.epoch or 0, progress.epochs)))
    return [{"name": text(key), "value": value} for key, value in facts]


def _of(done: int, count: int) -> str:
    return f"{done:,} / {count:,}"


def _best(progress: JobProgress) -> dict[str, str]:
    """The best trial so far: its skill, and what it drew."""
    value, config = progress.best_value, progress.best_config
    if value is None or config is None:
        return {"skill": NOTHING, "trial": text("train.best.none"), "config": ""}
    drawn = [f"{short_name(name)} {getattr(config, name):,.3g}" for name in _BEST]
    return {
        "skill": percent(1 - value, 2, sign=True),
        "trial": text("train.best.trial", number=progress.best_number),
        "config": " · ".join(drawn),
    }


def _open(state: TrainState) -> str:
    """The trials under way with their folds."""
    parts = [
        text("train.open.trial", number=number, done=done, count=count)
        for number, done, count in state.search.under_way
    ]
    return text("train.open", trials=", ".join(parts)) if parts else ""


def _advice(record: JobRecord) -> str:
    """What to do about a job that did not come to its end."""
    if record.state == "failed" and record.error:
        return text(_ADVICE.get(record.error.type, "train.advice.resume"))
    return text("train.advice.kept") if record.state in ("cancelled", "interrupted") else ""

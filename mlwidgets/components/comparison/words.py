"""A form for two backtests, and how the job goes, in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.comparison.state import CompareState
from mlwidgets.components.evaluation.config_draft import ConfigDraft
from mlwidgets.components.formats import age, duration, moment
from mlwidgets.components.jobs.words import is_stopping, progress_words, state_words
from mlwidgets.components.texts import text
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.jobs.records import JobRecord

_ORIGINS = {
    "production": "compare.from.production", "defaults": "compare.from.defaults",
    "comparison": "compare.from.comparison",
}  # fmt: skip
_BLOCKED = {
    "busy": "compare.blocked.busy", "running": "compare.blocked.running",
    "config": "compare.blocked.config", "window": "compare.blocked.window",
}  # fmt: skip
_WINDOW = {
    "start": "compare.start", "end": "compare.end", "refit_every": "compare.refit",
}  # fmt: skip
_SHORT = {
    "hidden_size": "config.hidden_size", "sequence_length": "config.sequence_length",
    "learning_rate": "config.learning_rate", "epochs": "config.epochs",
}  # fmt: skip


def form_words(state: CompareState) -> dict[str, Any]:
    """What the form says, and what will come of it."""
    return {
        "fields": [_field(state, name, key) for name, key in _WINDOW.items()],
        "fillings": state.window.fillings,
        "sides": [_side(state, kind) for kind in MODEL_TYPES],
        "promise": promise_words(state),
        "blocked": text(_BLOCKED[state.blocked]) if state.blocked else "",
    }


def promise_words(state: CompareState) -> list[str]:
    """What is saved at the end, and what it replaces: said before anything starts."""
    said = [text("compare.promise", symbol=state.choice.symbol)]
    for kind in MODEL_TYPES:
        meta = state.production.get(kind)
        if kind in state.damaged:
            said.append(text("compare.promise.damaged", model_type=kind))
        elif meta is None:
            said.append(text("compare.promise.first", model_type=kind))
        else:
            said.append(text("compare.promise.replaces", model_type=kind, version=meta.version))
    return said


def job_words(state: CompareState) -> dict[str, Any]:
    """How the newest comparison goes; empty where there is none, or it came to its end."""
    job = state.job
    if job is None or job.state == "completed":
        return {}
    stopping = is_stopping(job)
    fraction, left = job.progress.fraction, job.progress.eta_seconds
    return {
        **state_words(job),
        "detail": progress_words(job.progress) if not job.finished else "",
        "left": text("job.left", duration=duration(left))
        if state.at_work and left is not None and not stopping else "",
        "fraction": round(100 * fraction) if state.at_work and fraction is not None else None,
        "age": age(job.created_at),
        "time": moment(job.created_at),
        "advice": _advice(job),
        "error": job.error.message if job.error and job.state == "failed" else "",
        "can_stop": state.at_work and not stopping and job.progress.stage != "saving",
        "can_resume": job.state in ("failed", "cancelled", "interrupted"),
    }  # fmt: skip


def _advice(job: JobRecord) -> str:
    """What a job that did not come to its end has left, and what to do."""
    if job.state == "interrupted":
        return text("compare.interrupted")
    if job.state == "cancelled":
        return text("compare.cancelled")
    return text("compare.failed") if job.state == "failed" else ""


def _field(state: CompareState, name: str, key: str) -> dict[str, Any]:
    return {
        "name": name, "label": text(key), "value": state.window.values[name],
        "problem": state.window.problems.get(name, ""),
        "hint": text("compare.refit.hint") if name == "refit_every" else "",
    }  # fmt: skip


def _side(state: CompareState, kind: str) -> dict[str, Any]:
    draft: ConfigDraft = state.configs[kind]
    meta = state.production.get(kind)
    origin = state.origin.get(kind, "defaults")
    values = [f"{text(key)} {draft.values[name]}" for name, key in _SHORT.items()]
    return {
        "name": kind,
        "summary": " · ".join(values),
        "origin": text(_ORIGINS[origin], version=meta.version if meta else ""),
        "wrong": bool(draft.problems),
    }

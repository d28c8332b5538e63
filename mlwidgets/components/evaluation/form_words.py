"""The form of a backtest in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.evaluation.state import EvaluateState
from mlwidgets.components.formats import age, duration
from mlwidgets.components.jobs.words import progress_words
from mlwidgets.components.texts import text

_FIELDS = {
    "start": "evaluate.start", "end": "evaluate.end", "refit_every": "evaluate.refit",
}  # fmt: skip
_STATES = {
    "failed": "evaluate.state.failed", "cancelled": "evaluate.state.cancelled",
    "interrupted": "evaluate.state.interrupted",
}  # fmt: skip


def window_fields(state: EvaluateState) -> list[dict[str, str]]:
    """Fields of the test window; dates with a calendar, times to the minute as text."""
    window = state.window
    hints = {
        "start": text("evaluate.start.hint") if not window.values["start"].strip() else "",
        "end": text("evaluate.end.hint") if not window.values["end"].strip() else "",
        "refit_every": text("evaluate.refit.hint"),
    }
    return [
        {"name": name, "label": text(key), "value": window.values[name],
         "kind": _kind(name, window.values[name]), "problem": window.problems.get(name, ""),
         "hint": hints[name]}
        for name, key in _FIELDS.items()
    ]  # fmt: skip


def _kind(name: str, value: str) -> str:
    calendar = name != "refit_every" and len(value) in (0, len("2025-01-31"))
    return "date" if calendar else "text"


def origin_words(state: EvaluateState) -> str:
    """Where the parameters come from that the form opened with."""
    if state.origin == "backtest":
        return text("evaluate.origin.backtest")
    if state.origin == "production" and state.production is not None:
        return text("evaluate.origin.production", version=state.production.version)
    return text("evaluate.origin.defaults")


def run_words(state: EvaluateState) -> dict[str, Any]:
    """The button "Run Backtest": whether it can be pressed, and why not."""
    backtest = state.backtest
    if backtest is not None and backtest.at_work:
        return {"enabled": False, "why": text("evaluate.why.running")}
    if state.request is None:
        return {"enabled": False, "why": text("evaluate.why.invalid")}
    return {"enabled": not state.busy, "why": ""}


def job_words(state: EvaluateState) -> dict[str, Any]:
    """How the newest backtest goes, or how it ended without a result; empty where all is well."""
    backtest = state.backtest
    if backtest is None or backtest.job.state == "completed":
        return {}
    job = backtest.job
    if not backtest.at_work:
        why = job.error.message if job.error and job.state == "failed" else ""
        return {
            "state": job.state, "word": text(_STATES[job.state], age=age(job.created_at)),
            "why": why, "percent": None, "left": "", "resume": not state.busy,
        }  # fmt: skip
    fraction, seconds = job.progress.fraction, job.progress.eta_seconds
    known = job.state == "running" and seconds is not None and not job.cancelling
    return {
        "state": "stopping" if job.cancelling else job.state,
        "word": text("job.stopping") if job.cancelling else progress_words(job.progress),
        "why": "", "percent": None if fraction is None else round(100 * fraction),
        "left": text("job.left", duration=duration(seconds or 0)) if known else "",
        "resume": False,
    }  # fmt: skip

"""What a backtest measured, and what a save would do, in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.evaluation.doubts import beside_problem, compared_version
from mlwidgets.components.evaluation.state import EvaluateState
from mlwidgets.components.evaluation.verdicts import doubt_words
from mlwidgets.components.formats import age, duration, moment
from mlwidgets.components.texts import text
from mlwidgets.jobs.candidate import Candidate

_BLOCKED = {
    "saving": "evaluate.blocked.busy",
    "running": "evaluate.blocked.running",
    "first": "evaluate.blocked.first",
    "changed": "evaluate.blocked.changed",
}


def empty_words(state: EvaluateState) -> dict[str, str]:
    """What to do where nothing was measured yet; empty where something was."""
    if state.shown is not None:
        return {}
    choice = state.choice
    if state.backtest is not None and state.backtest.at_work:
        return {"what": text("evaluate.empty.running"), "next": text("evaluate.empty.running.next")}
    return {
        "what": text("evaluate.empty", symbol=choice.symbol, model_type=choice.model_type),
        "next": text("evaluate.empty.next"),
    }


def tested_words(candidate: Candidate) -> str:
    """Where and when a candidate was measured."""
    return text(
        "evaluate.tested", first=moment(candidate.test_start), last=moment(candidate.test_end),
        count=f"{candidate.metrics.origins:,}", points=f"{candidate.meta.data_points:,}",
        duration=duration(candidate.seconds), age=age(candidate.created_at),
    )  # fmt: skip


def notes(state: EvaluateState) -> list[str]:
    """What has to be known beside the numbers."""
    candidate = state.shown
    if candidate is None:
        return []
    said = []
    if state.measured is None:
        said.append(text("evaluate.note.other"))
    if state.tries > 1:
        said.append(text("evaluate.note.tries", count=state.tries))
    if candidate.meta.best_epoch == 0:
        said.append(text("evaluate.note.nothing_learnt"))
    if candidate.meta.simulated:
        said.append(text("evaluate.note.simulated"))
    if problem := beside_problem(candidate):
        version = compared_version(candidate) or ""
        said.append(text("evaluate.note.not_compared", version=version, why=problem.rstrip(".")))
    elif compared_version(candidate) is None:
        said.append(text("evaluate.note.no_production"))
    return said


def save_words(state: EvaluateState) -> dict[str, Any]:
    """The button "Save Model": whether it can be pressed, why not, what it replaces."""
    blocked = state.blocked
    if blocked == "saved" and state.measured is not None:
        why = text("evaluate.blocked.saved", version=state.measured.saved_version)
    else:
        why = text(_BLOCKED[blocked]) if blocked in _BLOCKED else ""
    return {
        "enabled": not blocked, "why": why,
        "candidate": state.measured.id if state.measured else "",
        "replaces": "" if blocked else _replaces(state),
        "doubts": doubt_words(state.asking),
    }  # fmt: skip


def _replaces(state: EvaluateState) -> str:
    if state.damage:
        return text("evaluate.replaces.damaged")
    if state.production is None:
        return text("evaluate.replaces.nothing")
    meta = state.production
    return text("evaluate.replaces.model", version=meta.version, age=age(meta.trained_at))

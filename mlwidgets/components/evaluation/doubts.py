"""What speaks against saving a candidate; each doubt is a reason to ask again."""

from __future__ import annotations

from typing import Any, Literal

from mlwidgets.evaluation.report import Metrics
from mlwidgets.evaluation.verdict import VerdictKind
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.jobs.candidate import Candidate

Doubt = Literal["worse", "accuracy", "mae", "chance", "outdated"]


def doubts(candidate: Candidate, production: ModelMeta | None) -> tuple[Doubt, ...]:
    """Why a candidate had better not be saved; empty where nothing speaks against it.

    Args:
        candidate: measured, with its standing.
        production: what is in production at this moment, which may have changed since.

    Returns:
        `worse`: the test says that production's errors are smaller; `accuracy`, `mae`: on the
        same forecasts production's are better; `chance`: no better than chance; `outdated`:
        another model has become production since the backtest.
    """
    found: list[Doubt] = []
    kind = verdict_kind(candidate)
    ours, theirs = same_origins(candidate)
    if kind == VerdictKind.WORSE_THAN_PRODUCTION:
        found.append("worse")
    if ours is not None and theirs is not None:
        if (ours.directional_accuracy or 0.0) < (theirs.directional_accuracy or 0.0):
            found.append("accuracy")
        if ours.mae > theirs.mae:
            found.append("mae")
    if kind == VerdictKind.NO_BETTER_THAN_CHANCE:
        found.append("chance")
    if production is not None and compared_version(candidate) != production.version:
        found.append("outdated")
    return tuple(found)


def verdict_kind(candidate: Candidate) -> VerdictKind | None:
    """What its verdict says; None where it was not judged."""
    verdict = (candidate.standing or {}).get("verdict")
    return None if verdict is None else VerdictKind(verdict["kind"])


def compared_version(candidate: Candidate) -> str | None:
    """Version of the production model that it stood beside when it was measured."""
    model: dict[str, Any] = _beside(candidate).get("model") or {}
    return model.get("version")


def same_origins(candidate: Candidate) -> tuple[Metrics | None, Metrics | None]:
    """The candidate's and production's metrics on the forecasts that both made."""
    beside = _beside(candidate)
    ours, theirs = beside.get("candidateMetrics"), beside.get("metrics")
    return (Metrics(**ours), Metrics(**theirs)) if ours and theirs else (None, None)


def beside_problem(candidate: Candidate) -> str:
    """Why production could not be measured on the same forecasts, or empty."""
    return _beside(candidate).get("problem") or ""


def difference_p_value(candidate: Candidate) -> float | None:
    """p-value of the test that both make the same errors."""
    p_value: float | None = (_beside(candidate).get("difference") or {}).get("pValue")
    return p_value


def _beside(candidate: Candidate) -> dict[str, Any]:
    return (candidate.standing or {}).get("production") or {}

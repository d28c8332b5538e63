"""What a backtest says, in the page's language."""

from __future__ import annotations

import math
from typing import Any

from mlwidgets.components.evaluation.doubts import Doubt, verdict_kind
from mlwidgets.components.texts import text
from mlwidgets.evaluation.verdict import VerdictKind
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.market.timeframes import timeframe_minutes

_LEVEL = 0.05

_DOUBTS: dict[Doubt, str] = {
    "worse": "evaluate.doubt.worse",
    "accuracy": "evaluate.doubt.accuracy",
    "mae": "evaluate.doubt.mae",
    "chance": "evaluate.doubt.chance",
    "outdated": "evaluate.doubt.outdated",
}

_LOOKS = {
    VerdictKind.BETTER_THAN_PRODUCTION: "good",
    VerdictKind.BETTER_THAN_CHANCE: "good",
    VerdictKind.TOO_SHORT: "open",
    VerdictKind.NO_BETTER_THAN_CHANCE: "bad",
    VerdictKind.WORSE_THAN_PRODUCTION: "bad",
}


def verdict_words(candidate: Candidate) -> dict[str, str]:
    """A candidate's verdict and how it looks: `good`, `open` or `bad`; empty without one."""
    kind = verdict_kind(candidate)
    if kind is None:
        return {}
    return {"text": _said(kind, candidate), "look": _LOOKS[kind]}


def doubt_words(found: tuple[Doubt, ...]) -> list[str]:
    """Doubts as sentences."""
    return [text(_DOUBTS[doubt]) for doubt in found]


def _said(kind: VerdictKind, candidate: Candidate) -> str:
    chance = candidate.metrics.accuracy_p_value
    proven = chance is not None and chance < _LEVEL
    if kind == VerdictKind.TOO_SHORT:
        return _too_short((candidate.standing or {})["verdict"], candidate.timeframe)
    if kind == VerdictKind.BETTER_THAN_PRODUCTION:
        return text("evaluate.verdict.production" if proven else "evaluate.verdict.unproven")
    if kind == VerdictKind.NO_BETTER_THAN_CHANCE:
        return text("evaluate.verdict.drift" if proven else "evaluate.verdict.no_better")
    if kind == VerdictKind.BETTER_THAN_CHANCE:
        return text("evaluate.verdict.chance")
    return text("evaluate.verdict.worse")


def _too_short(verdict: dict[str, Any], timeframe: str) -> str:
    """As long as a window would have to be, in days where candles are days."""
    minutes = (verdict.get("needed") or 0) * timeframe_minutes(timeframe)
    if timeframe == "1d":
        return text("evaluate.verdict.too_short.days", count=f"{math.ceil(minutes / 1440):,}")
    return text("evaluate.verdict.too_short.hours", count=f"{math.ceil(minutes / 60):,}")

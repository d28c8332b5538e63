"""What a backtest says, in the page's language."""

from __future__ import annotations

import math
from typing import Any

from mlwidgets.components.evaluation.chances import LEVEL
from mlwidgets.components.evaluation.doubts import Doubt
from mlwidgets.components.texts import text
from mlwidgets.evaluation.verdict import VerdictKind
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.market.timeframes import timeframe_minutes

_DOUBTS: dict[Doubt, str] = {
    "worse": "evaluate.doubt.worse",
    "accuracy": "evaluate.doubt.accuracy",
    "mae": "evaluate.doubt.mae",
    "chance": "evaluate.doubt.chance",
    "outdated": "evaluate.doubt.outdated",
}

_VERDICTS = {
    (VerdictKind.BETTER_THAN_PRODUCTION, True): "evaluate.verdict.production",
    (VerdictKind.BETTER_THAN_PRODUCTION, False): "evaluate.verdict.unproven",
    (VerdictKind.NO_BETTER_THAN_CHANCE, True): "evaluate.verdict.drift",
    (VerdictKind.NO_BETTER_THAN_CHANCE, False): "evaluate.verdict.no_better",
    (VerdictKind.BETTER_THAN_CHANCE, True): "evaluate.verdict.chance",
    (VerdictKind.BETTER_THAN_CHANCE, False): "evaluate.verdict.chance",
    (VerdictKind.WORSE_THAN_PRODUCTION, True): "evaluate.verdict.worse",
    (VerdictKind.WORSE_THAN_PRODUCTION, False): "evaluate.verdict.worse",
}
"""By kind, and by whether its directional accuracy is proven to be no luck."""

_LOOKS = {
    VerdictKind.BETTER_THAN_PRODUCTION: "good",
    VerdictKind.BETTER_THAN_CHANCE: "good",
    VerdictKind.TOO_SHORT: "open",
    VerdictKind.NO_BETTER_THAN_CHANCE: "bad",
    VerdictKind.WORSE_THAN_PRODUCTION: "bad",
}


def verdict_words(
    standing: dict[str, Any] | None, timeframe: str, accuracy_p_value: float | None
) -> dict[str, str]:
    """A verdict and how it looks: `good`, `open` or `bad`; empty without one.

    Args:
        standing: of a measured model, as JSON.
        timeframe: of its candles.
        accuracy_p_value: of its directional accuracy.

    >>> judged = {"verdict": {"kind": "too_short", "needed": 900}}
    >>> verdict_words(judged, "1h", 0.4)
    {'text': 'Too short to tell (needs 900 hours)', 'look': 'open'}
    """
    judged = (standing or {}).get("verdict")
    if judged is None:
        return {}
    kind = VerdictKind(judged["kind"])
    proven = accuracy_p_value is not None and accuracy_p_value < LEVEL
    if kind == VerdictKind.TOO_SHORT:
        said = _too_short(judged.get("needed"), timeframe)
    else:
        said = text(_VERDICTS[kind, proven])
    return {"text": said, "look": _LOOKS[kind]}


def candidate_verdict(candidate: Candidate) -> dict[str, str]:
    """The same of a candidate."""
    chance = candidate.metrics.accuracy_p_value
    return verdict_words(candidate.standing, candidate.timeframe, chance)


def doubt_words(found: tuple[Doubt, ...]) -> list[str]:
    """Doubts as sentences."""
    return [text(_DOUBTS[doubt]) for doubt in found]


def _too_short(needed: int | None, timeframe: str) -> str:
    """As long as a window would have to be, in days where candles are days."""
    if not needed:
        return text("evaluate.verdict.too_short")
    minutes = needed * timeframe_minutes(timeframe)
    if timeframe == "1d":
        return text("evaluate.verdict.too_short.days", count=f"{math.ceil(minutes / 1440):,}")
    return text("evaluate.verdict.too_short.hours", count=f"{math.ceil(minutes / 60):,}")

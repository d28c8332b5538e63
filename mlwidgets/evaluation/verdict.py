"""What a backtest says, in a few words, computed from its tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from mlwidgets.evaluation.significance import DirectionTest, Significance, needed_observations
from mlwidgets.market.timeframes import timeframe_minutes

SMALLEST_EDGE = 0.51
"""Accuracy worth finding: a window that would have shown it and did not ends the search."""

HORIZONS_TO_COMPARE = 10
"""Horizons that a window must hold before two models' errors are compared by a test."""


class VerdictKind(StrEnum):
    """What a verdict says."""

    BETTER_THAN_PRODUCTION = "better_than_production"
    WORSE_THAN_PRODUCTION = "worse_than_production"
    BETTER_THAN_CHANCE = "better_than_chance"
    NO_BETTER_THAN_CHANCE = "no_better_than_chance"
    TOO_SHORT = "too_short"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict on a candidate.

    Attributes:
        kind: what it says.
        text: the same for people.
        needed: origins that would settle it, where the window is too short.
    """

    kind: VerdictKind
    text: str
    needed: int | None = None


def verdict(
    direction: DirectionTest,
    against_production: Significance | None = None,
    *,
    association: Significance | None = None,
    timeframe: str,
    horizon: int = 1,
    alpha: float = 0.05,
) -> Verdict:
    """Say what a backtest shows of a candidate, against production first, then against chance.

    A significant difference from production decides. Otherwise the directional accuracy does:
    better than a coin; or no better, if it is at most 50 % or the window was long enough to
    show an accuracy of `SMALLEST_EDGE`; or the window is too short to tell.

    Args:
        direction: the candidate's directional accuracy, tested.
        against_production: Diebold-Mariano test of the candidate's errors (first) against the
            production model's on the same origins; None where there is no production model.
        association: Pesaran-Timmermann test of the candidate; where it is given, being better
            than a coin does not suffice, since always calling "up" is, in a rising market.
        timeframe: candle length, for the time that a longer window needs.
        horizon: in candles.
        alpha: significance level.

    Returns:
        The verdict.

    Raises:
        UnknownTimeframe: the timeframe is not known.

    >>> test = DirectionTest(0.52, 0.48, 0.56, p_value=0.15, origins=720, effective_origins=720)
    >>> verdict(test, timeframe="1h").text
    'Too short to tell (needs 1,691 hours)'
    """
    comparable = direction.origins >= HORIZONS_TO_COMPARE * horizon
    if against_production and comparable and against_production.p_value < alpha:
        return _compared(against_production, direction, alpha)
    if direction.p_value < alpha:
        if association is None or association.p_value < alpha:
            return Verdict(VerdictKind.BETTER_THAN_CHANCE, "Better than chance")
        return Verdict(VerdictKind.NO_BETTER_THAN_CHANCE, "No better than calling the drift")
    needed = _needed(direction, horizon, alpha)
    if direction.accuracy > 0.5 and direction.origins < needed:
        text = f"Too short to tell (needs {_duration(needed, timeframe)})"
        return Verdict(VerdictKind.TOO_SHORT, text, needed)
    return Verdict(VerdictKind.NO_BETTER_THAN_CHANCE, "No better than chance")


def _compared(against: Significance, direction: DirectionTest, alpha: float) -> Verdict:
    if against.statistic > 0:
        return Verdict(VerdictKind.WORSE_THAN_PRODUCTION, "Worse than production")
    chance = "" if direction.p_value < alpha else ", but its direction is not proven beyond chance"
    return Verdict(VerdictKind.BETTER_THAN_PRODUCTION, f"Better than production{chance}")


def _needed(direction: DirectionTest, horizon: int, alpha: float) -> int:
    accuracy = direction.accuracy if direction.accuracy > SMALLEST_EDGE else SMALLEST_EDGE
    independent = needed_observations(accuracy, alpha=alpha) or 0
    measured = direction.effective_origins > 0
    overlap = direction.origins / direction.effective_origins if measured else float(horizon)
    return math.ceil(independent * overlap)


def _duration(candles: int, timeframe: str) -> str:
    minutes = candles * timeframe_minutes(timeframe)
    if timeframe == "1d":
        return f"{math.ceil(minutes / 1440):,} days"
    return f"{math.ceil(minutes / 60):,} hours"

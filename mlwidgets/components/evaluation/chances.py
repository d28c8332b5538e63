"""p-values as people say them."""

from __future__ import annotations

import math
from typing import Literal

from mlwidgets.components.texts import text

LEVEL = 0.05
"""Of significance."""

_WHO = {
    "coin": ("metric.coin", "metric.coin.rarely"),
    "skill": ("metric.no_skill", "metric.no_skill.rarely"),
}


def chance_words(who: Literal["coin", "skill"], p_value: float | None) -> str:
    """How often luck does as well; empty where that could not be computed.

    Args:
        who: luck that is a coin, or a forecast without skill.
        p_value: one-sided.

    >>> chance_words("coin", 0.0312)
    'a coin does as well in 3 of 100 tries (p = 0.031)'
    >>> chance_words("coin", 0.0001)
    'a coin does as well in fewer than 1 of 100 tries (p < 0.001)'
    """
    if p_value is None or not math.isfinite(p_value):
        return ""
    often, rarely = _WHO[who]
    tries = round(100 * p_value)
    return text(often if tries else rarely, tries=tries, p=p_words(p_value))


def difference_words(p_value: float | None) -> str:
    """Whether two forecasts' errors differ by more than luck; empty where nobody can say.

    >>> difference_words(0.41)
    'The difference of the errors may be chance (p = 0.410).'
    """
    if p_value is None or not math.isfinite(p_value):
        return ""
    key = "metric.difference.real" if p_value < LEVEL else "metric.difference.chance"
    return text(key, p=p_words(p_value))


def coin_words(p_value: float) -> str:
    """Whether directions were called better than by a coin.

    >>> coin_words(0.2)
    'no better than a coin (p = 0.200)'
    """
    key = "model.better_than_chance" if p_value < LEVEL else "model.no_better_than_chance"
    return text(key, p=p_words(p_value))


def p_words(p_value: float) -> str:
    """A p-value with its sign.

    >>> p_words(0.0004), p_words(0.0312)
    ('p < 0.001', 'p = 0.031')
    """
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"

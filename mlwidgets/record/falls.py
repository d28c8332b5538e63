"""Has a share fallen since the backtest? Tested between the two, each for what it is worth.

What a backtest promises was itself measured on some origins, so a live share is compared with
it as one sample with another. Forecasts that overlap move together: of a group that shares
candles one counts, on both sides.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlwidgets.errors import SpecError

FALL = 0.10
"""The fall of a share that is worth finding: ten points."""

POWER = 0.8
"""How often such a fall is to be found."""


def fall_p_value(share: float, n: float, promised: float, promised_n: float) -> float:
    """Chance that a share as low as this comes from forecasts no worse than the promised ones.

    Fisher's (1935) exact test of two shares, one-sided: whatever the common share is, it
    rejects too seldom rather than too often, for few origins too.

    Args:
        share: the live share.
        n: independent origins behind it; need not be whole.
        promised: the backtest's share.
        promised_n: independent origins behind that.

    Returns:
        The p-value; NaN where either has no origin.

    Raises:
        SpecError: a share outside [0, 1].

    >>> round(fall_p_value(0.40, 100, 0.60, 100), 4), fall_p_value(0.6, 100, 0.6, 100) > 0.5
    (0.0035, True)
    """
    for name, value in (("share", share), ("promised", promised)):
        if not 0 <= value <= 1:
            raise SpecError(f"{name} must lie in [0, 1], not {value}.", field=name, value=value)
    ours, theirs = math.floor(n), math.floor(promised_n)
    if ours < 1 or theirs < 1:
        return math.nan
    hits = round(share * ours)
    both = hits + round(promised * theirs)

    counts = np.arange(max(0, both - theirs), hits + 1)
    ways = _log_ways(ours, counts) + _log_ways(theirs, both - counts)
    return min(1.0, math.fsum(np.exp(ways - _log_ways(ours + theirs, np.array([both])))))


def _log_ways(total: int, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Logarithm of the number of ways to choose some of a total."""
    from scipy import special

    ways = special.gammaln(total + 1) - special.gammaln(chosen + 1)
    return np.asarray(ways - special.gammaln(total - chosen + 1))


def needed_for_a_fall(promised: float, promised_n: float, alpha: float) -> int | None:
    """How many independent origins find a fall of ten points four times in five.

    By the normal approximation (Fleiss, Levin & Paik 2003, ch. 4): the two variances of the
    shares must add up to (fall / (z_alpha + z_power))².

    Args:
        promised: the backtest's share.
        promised_n: independent origins behind it.
        alpha: level of the one-sided test.

    Returns:
        The number; None where the backtest itself is too short for any number to do.

    >>> needed_for_a_fall(0.55, 720, 0.025), needed_for_a_fall(0.55, 50, 0.025)
    (267, None)
    """
    from scipy import special

    fallen = max(promised - FALL, 0.0)
    size = promised - fallen
    reach = float(special.ndtri(1 - alpha) + special.ndtri(POWER))
    left = (size / reach) ** 2 - promised * (1 - promised) / promised_n
    spread = max(fallen * (1 - fallen), promised * (1 - promised))
    return max(1, math.ceil(spread / left)) if left > 0 else None

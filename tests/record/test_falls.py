"""A share that fell, told from one that did not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from mlwidgets.errors import SpecError
from mlwidgets.record.falls import FALL, fall_p_value, needed_for_a_fall


@pytest.mark.parametrize(("ours", "theirs"), [(24, 100), (168, 720)])
@pytest.mark.parametrize("share", [0.3, 0.5])
def test_the_p_value_is_fishers(ours: int, theirs: int, share: float) -> None:
    hits, promised = round(share * ours), round(0.55 * theirs)
    table = [[hits, ours - hits], [promised, theirs - promised]]

    expected = stats.fisher_exact(table, alternative="less").pvalue

    assert fall_p_value(hits / ours, ours, promised / theirs, theirs) == pytest.approx(expected)


@pytest.mark.parametrize("truth", [0.5, 0.6, 0.9])
@pytest.mark.parametrize("alpha", [0.05, 0.025])
def test_where_nothing_fell_it_rejects_no_more_often_than_it_says(
    truth: float, alpha: float
) -> None:
    ours, theirs = 20, 60
    likely_ours = stats.binom.pmf(np.arange(ours + 1), ours, truth)
    likely_theirs = stats.binom.pmf(np.arange(theirs + 1), theirs, truth)
    rejected = [
        likely_ours[k] * likely_theirs[m]
        for k in range(ours + 1)
        for m in range(theirs + 1)
        if fall_p_value(k / ours, ours, m / theirs, theirs) < alpha
    ]
    assert 0 < sum(rejected) <= alpha


def test_the_needed_number_finds_a_fall_of_ten_points_about_four_times_in_five() -> None:
    promised, theirs, alpha = 0.6, 2000, 0.025
    needed = needed_for_a_fall(promised, theirs, alpha)
    assert needed is not None
    numbers = np.random.default_rng(0)
    live = numbers.binomial(needed, promised - FALL, 400) / needed
    backtest = numbers.binomial(theirs, promised, 400) / theirs

    found = np.mean(
        [fall_p_value(a, needed, b, theirs) < alpha for a, b in zip(live, backtest, strict=True)]
    )
    assert 0.7 < found < 0.9


def test_without_origins_nothing_is_known() -> None:
    assert math.isnan(fall_p_value(0.5, 0.4, 0.5, 100))
    assert needed_for_a_fall(0.6, 20, 0.025) is None


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(SpecError, match=r"promised must lie in \[0, 1\], not 55"):
        fall_p_value(0.5, 10, 55, 10)

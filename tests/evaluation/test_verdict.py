"""A verdict says no more than the tests behind it."""

from __future__ import annotations

import pytest

from mlwidgets.errors import UnknownTimeframe
from mlwidgets.evaluation.significance import DirectionTest, Significance, needed_observations
from mlwidgets.evaluation.verdict import VerdictKind, verdict

NAN = float("nan")
BETTER, WORSE, EQUAL = Significance(-3.0, 0.003), Significance(3.0, 0.003), Significance(0.2, 0.84)


def measured(
    accuracy: float, p_value: float, origins: int = 720, effective: float | None = None
) -> DirectionTest:
    return DirectionTest(accuracy, NAN, NAN, p_value, origins, effective or origins)


@pytest.mark.parametrize(
    ("direction", "against", "text"),
    [
        (measured(0.55, 0.004), BETTER, "Better than production"),
        (
            measured(0.51, 0.3),
            BETTER,
            "Better than production, but its direction is not proven beyond chance",
        ),
        (measured(0.55, 0.004), WORSE, "Worse than production"),
        (measured(0.55, 0.004), EQUAL, "Better than chance"),
        (measured(0.55, 0.004), None, "Better than chance"),
        (measured(0.49, 0.7), None, "No better than chance"),
        (measured(0.49, 0.7), EQUAL, "No better than chance"),
        (measured(0.505, 0.2, origins=8760), None, "No better than chance"),
        (measured(0.52, 0.15), None, "Too short to tell (needs 1,691 hours)"),
        (measured(0.52, 0.15), EQUAL, "Too short to tell (needs 1,691 hours)"),
        (measured(NAN, NAN), None, "No better than chance"),
    ],
)
def test_the_verdict_follows_from_the_tests(
    direction: DirectionTest, against: Significance | None, text: str
) -> None:
    assert verdict(direction, against, timeframe="1h").text == text


def test_a_tiny_edge_asks_for_the_window_that_would_show_the_smallest_one_worth_finding() -> None:
    said = verdict(measured(0.5001, 0.49), timeframe="1h")
    assert said.kind is VerdictKind.TOO_SHORT
    assert said.needed == needed_observations(0.51)


@pytest.mark.parametrize(
    ("timeframe", "needs"),
    [("15m", "423 hours"), ("4h", "6,764 hours"), ("1d", "1,691 days")],
)
def test_the_time_that_is_needed_is_told_in_hours_or_days(timeframe: str, needs: str) -> None:
    assert needs in verdict(measured(0.52, 0.15), timeframe=timeframe).text


def test_overlapping_horizons_need_longer_windows() -> None:
    said = verdict(measured(0.52, 0.4, effective=72), timeframe="1h", horizon=24)
    assert said.needed == 16_910
    unmeasured = DirectionTest(0.6, NAN, NAN, NAN, 20, NAN)
    needed = needed_observations(0.6)
    assert needed is not None
    assert verdict(unmeasured, timeframe="1h", horizon=24).needed == needed * 24


def test_a_window_of_few_horizons_decides_nothing_about_production() -> None:
    said = verdict(measured(0.52, 0.4, origins=100), BETTER, timeframe="1h", horizon=24)
    assert said.kind is VerdictKind.TOO_SHORT


def test_a_test_that_could_not_be_computed_decides_nothing() -> None:
    said = verdict(measured(0.49, 0.7), Significance(NAN, NAN), timeframe="1h")
    assert said.kind is VerdictKind.NO_BETTER_THAN_CHANCE


def test_an_unknown_timeframe_is_refused() -> None:
    with pytest.raises(UnknownTimeframe):
        verdict(measured(0.52, 0.15), timeframe="7h")


def test_always_up_in_a_rising_market_beats_a_coin_but_is_no_skill():
    drift, skill = Significance(NAN, NAN), Significance(3.0, 0.001)
    lucky = measured(0.56, 0.001)
    said = verdict(lucky, association=drift, timeframe="1h")
    assert (said.kind, said.text) == (
        VerdictKind.NO_BETTER_THAN_CHANCE, "No better than calling the drift",
    )  # fmt: skip
    assert verdict(lucky, association=skill, timeframe="1h").text == "Better than chance"

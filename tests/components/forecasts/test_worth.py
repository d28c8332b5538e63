"""What a confidence was worth: live first, then the backtest, then its calibration."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pandas as pd
import pytest

from mlwidgets.components.forecasts.reliability import FEWEST, Calls
from mlwidgets.components.forecasts.worth import worth_words
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.dates import from_epoch_ms
from mlwidgets.record.track_record import TrackRecord

Make = Callable[..., Forecast]
MakeMeta = Callable[..., ModelMeta]
MakeRecord = Callable[..., TrackRecord]
Outcomes = Callable[..., pd.DataFrame]


def test_enough_live_forecasts_speak_for_themselves(
    a_forecast: Make, a_meta: MakeMeta, a_record: MakeRecord, outcomes: Outcomes
) -> None:
    record = a_record(forecasts=outcomes(45, 90))
    backtest = Calls.of(outcomes(90, 90))

    said = worth_words(a_forecast(), a_meta(), record, backtest)

    assert said == "Live, of 90 forecasts with a confidence of 56.0 % to 56.0 %, 50 % were right."


def test_those_of_a_replay_are_not_called_live(
    a_forecast: Make, a_meta: MakeMeta, a_record: MakeRecord, outcomes: Outcomes
) -> None:
    record = a_record(forecasts=outcomes(45, 90))

    said = worth_words(a_forecast(), a_meta(), record, None, replay=record.now)

    assert said.startswith("In this replay, of 90 forecasts with a confidence of 56.0 %")


@pytest.mark.parametrize(
    ("later", "said"),
    [("-1ms", "How reliable it is has not been measured yet."), ("0ms", "Over its backtest")],
)
def test_what_was_measured_after_a_replays_now_is_not_said_in_it(
    a_forecast: Make, a_meta: MakeMeta, later: str, said: str
) -> None:
    meta = a_meta(metrics={"calibrationError": 0.021})
    now = from_epoch_ms(meta.trained_at) + pd.Timedelta(later)

    assert worth_words(a_forecast(), meta, None, None, replay=now).startswith(said)


def test_another_model_of_the_same_version_does_not_count(
    a_forecast: Make, a_meta: MakeMeta, a_record: MakeRecord, outcomes: Outcomes
) -> None:
    rows = outcomes(90, 90)
    record = dataclasses.replace(a_record(forecasts=rows), judged=rows[:0])

    said = worth_words(a_forecast(), a_meta(), record, None)

    assert said == "How reliable it is has not been measured yet."


def test_the_backtest_speaks_while_live_forecasts_are_few(
    a_forecast: Make, a_meta: MakeMeta, a_record: MakeRecord, outcomes: Outcomes
) -> None:
    record = a_record(forecasts=outcomes(5, FEWEST - 1))

    said = worth_words(a_forecast(), a_meta(), record, Calls.of(outcomes(60, 100)))

    assert said.startswith("In the backtest, of 100 forecasts")
    assert "60 % were right" in said


def test_forecasts_of_another_confidence_do_not_count(
    a_forecast: Make, a_meta: MakeMeta, outcomes: Outcomes
) -> None:
    surer = Calls.of(outcomes(90, 100, confidence=0.7))
    meta = a_meta(metrics={"calibrationError": 0.021})

    said = worth_words(a_forecast(), meta, None, surer)

    assert said == ("Over its backtest, confidence and outcome were 2.1 points apart on average.")


def test_a_model_that_nobody_measured_says_so(a_forecast: Make, a_meta: MakeMeta) -> None:
    assert worth_words(a_forecast(), a_meta(), None, None) == (
        "How reliable it is has not been measured yet."
    )


def test_the_nearest_confidences_are_compared_where_there_are_many(outcomes: Outcomes) -> None:
    mixed = pd.concat([outcomes(0, 200, confidence=0.53), outcomes(200, 200)])

    near = Calls.of(mixed).near(0.56)

    assert near is not None
    assert (near.right, near.count, near.low) == (1.0, 200, 0.56)

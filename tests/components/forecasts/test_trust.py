"""What speaks against a forecast, and whether it is trusted none the less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlwidgets.components.forecasts.doubt_words import doubts_words
from mlwidgets.components.forecasts.grounds import Grounds, run_start, strange_features
from mlwidgets.components.forecasts.trust import Trust, trust_in
from mlwidgets.features import feature_names
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.dates import epoch_ms
from mlwidgets.record.retraining import Reason
from mlwidgets.record.track_record import TrackRecord
from mlwidgets.record.windows import Window

NOW = pd.Timestamp("2025-06-01 12:20", tz="UTC")
Make = Callable[..., Forecast]
MakeMeta = Callable[..., ModelMeta]
MakeRecord = Callable[..., TrackRecord]
PLENTY = {"Bull": 90.0, "Bear": 90.0, "Sideways": 90.0}


@pytest.fixture
def judge(a_forecast: Make, a_meta: MakeMeta) -> Callable[..., Trust]:
    """Trust in the usual forecast, but for what is given."""

    def make(
        *, now: pd.Timestamp = NOW, trained: pd.Timestamp | None = None,
        grounds: Grounds | None = None, record: TrackRecord | None = None, version: str = "1.0.0",
        unread: str = "", **forecast: Any,
    ) -> Trust:  # fmt: skip
        at = {} if trained is None else {"trained_at": epoch_ms(trained)}
        meta = a_meta(version=version, **at)
        known = grounds or Grounds()
        return trust_in(a_forecast(**forecast), meta, known, record, now, unread=unread)

    return make


def kinds(trust: Trust) -> list[tuple[str, bool]]:
    return [(doubt.kind, doubt.grave) for doubt in trust.doubts]


def test_nothing_speaks_against_a_fresh_forecast(
    judge: Callable[..., Trust], a_record: MakeRecord
) -> None:
    trust = judge(record=a_record(trained=PLENTY))

    assert trust.doubts == ()
    assert trust.whole


@pytest.mark.parametrize(("late", "found"), [("2h", []), ("2h1s", [("stale", True)])])
def test_candles_older_than_two_timeframes_take_the_trust(
    judge: Callable[..., Trust], late: str, found: list[object]
) -> None:
    closed = pd.Timestamp("2025-06-01 12:00", tz="UTC")

    assert kinds(judge(now=closed + pd.Timedelta(late))) == found


@pytest.mark.parametrize(
    ("late", "found"),
    [("1h9s", []), ("1h10s", [("passed", True)]), ("2h1s", [("stale", True)])],
)
def test_a_forecast_whose_target_has_closed_is_not_trusted(
    judge: Callable[..., Trust], late: str, found: list[object]
) -> None:
    closed = pd.Timestamp("2025-06-01 12:00", tz="UTC")
    target = closed.to_pydatetime()

    trust = judge(now=closed + pd.Timedelta(late), horizon="1h", target_time=target)

    assert kinds(trust) == found


@pytest.mark.parametrize(
    ("days", "found"), [(29, []), (31, [("age", False)]), (89, [("age", False)]),
                        (91, [("age", True)])],
)  # fmt: skip
def test_a_model_is_doubted_after_a_month_and_not_trusted_after_three(
    judge: Callable[..., Trust], days: int, found: list[object]
) -> None:
    assert kinds(judge(trained=NOW - pd.Timedelta(days=days))) == found


@pytest.mark.parametrize(
    ("share", "found"), [(0.009, []), (0.02, [("features", False)]), (0.06, [("features", True)])]
)
def test_candles_unlike_any_in_training_raise_doubts(
    judge: Callable[..., Trust], share: float, found: list[object]
) -> None:
    trust = judge(grounds=Grounds(strange=share, strange_features=("volume", "range")))

    assert kinds(trust) == found


@pytest.mark.parametrize(
    ("days", "found"), [(25.0, []), (10.0, [("regime", False)]), (1.0, [("regime", True)])]
)
def test_a_regime_that_training_hardly_held_raises_doubts(
    judge: Callable[..., Trust], a_record: MakeRecord, days: float, found: list[object]
) -> None:
    assert kinds(judge(record=a_record(trained={**PLENTY, "Bull": days}))) == found


def test_regimes_of_training_that_are_not_known_are_said_so(
    judge: Callable[..., Trust], a_record: MakeRecord
) -> None:
    trust = judge(record=a_record(trained=None))

    assert kinds(trust) == [("regimes", False)]
    [said] = doubts_words(trust)
    assert said["text"].startswith("The market is Bull; which regimes training held is not known")


def fallen(a_record: MakeRecord) -> TrackRecord:
    week = Window(
        name="week", since=0, forecasts=168, scored=168, effective=168, text="",
        verdict="worse_than_promised", directional_accuracy=0.4, promised_accuracy=0.6,
        accuracy_p_value=0.001,
    )  # fmt: skip
    reason = Reason(kind="accuracy", text="fell")
    return a_record(trained=PLENTY, reasons=(reason,), windows=(week,))


def test_a_fallen_accuracy_takes_the_trust_and_is_said_with_both_numbers(
    judge: Callable[..., Trust], a_record: MakeRecord
) -> None:
    trust = judge(record=fallen(a_record))

    assert kinds(trust) == [("accuracy", True)]
    [said] = doubts_words(trust)
    assert said["text"] == (
        "Over the last week 40.0 % of the directions were right; the backtest promised 60.0 %."
    )


def test_what_became_of_another_version_says_nothing_of_this_one(
    judge: Callable[..., Trust], a_record: MakeRecord
) -> None:
    assert judge(record=fallen(a_record), version="1.0.1").doubts == ()


def test_grave_doubts_come_first(judge: Callable[..., Trust]) -> None:
    trust = judge(
        now=NOW + pd.Timedelta(hours=9), trained=NOW - pd.Timedelta(days=40),
        grounds=Grounds(strange=0.5),
    )  # fmt: skip

    assert kinds(trust) == [("stale", True), ("features", True), ("age", False)]
    assert not trust.whole


def test_features_that_the_scaler_cuts_off_are_named_by_how_often() -> None:
    scaled = np.zeros((10, len(feature_names())))
    scaled[:4, 5], scaled[0, 7], scaled[1, 3] = 7.0, -0.0, np.nan
    scaled[0, 7] = 6.5

    share, names = strange_features(scaled)

    assert share == 5 / scaled.size
    assert names == (feature_names()[5], feature_names()[7])


def test_a_regime_began_at_the_first_candle_of_its_run() -> None:
    assert run_start(np.array([*"BSBBB"])) == 2
    assert run_start(np.array([*"BBBBB"])) is None

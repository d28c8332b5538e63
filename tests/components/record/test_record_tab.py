"""The Record tab: live quality beside the backtest's, and when to train again."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.market.series import Series
from mlwidgets.components.record.accuracy_plot import rolling_accuracy
from mlwidgets.components.record.panel import RecordPanel
from mlwidgets.components.record.state import READ_AGAIN, RecordState
from mlwidgets.components.texts import language
from mlwidgets.errors import StorageError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.record.track_record import TrackRecord, track_record

Write = Callable[..., None]
HALF = [True, False] * 150


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    language.code = "en"


def look(state: RecordState, series: Series | None = None) -> None:
    asyncio.run(state.look(series))


def test_before_any_forecast_it_says_how_they_come_on_record(state: RecordState) -> None:
    panel = RecordPanel(state)
    assert not panel.known

    look(state)

    assert panel.known
    assert (panel.rows, panel.verdicts, panel.reasons) == ([], [], [])
    assert "written down when it is made" in panel.words["empty_next"]


def test_live_quality_stands_beside_what_the_backtest_promised(
    state: RecordState, write: Write
) -> None:
    write(HALF)
    panel = RecordPanel(state)

    look(state)

    accuracy, coverage, error, scored = panel.rows
    assert panel.model == "LSTM 1.0.0"
    assert (accuracy["live"][2], accuracy["promised"]) == ("50.0 %", "60.0 %")
    assert (coverage["live"][2], coverage["promised"]) == ("100.0 %", "90.0 %")
    assert (error["live"][2], error["promised"]) == ("$2.0000", "$1.0000")
    assert (scored["live"][2], scored["promised"]) == ("300", "720")
    assert [one["window"] for one in panel.verdicts] == ["day", "week", "month"]
    assert panel.verdicts[0]["text"].startswith("Too few to tell: 2")
    assert panel.verdicts[2]["text"] == "Worse than promised"


def test_a_clear_fall_asks_for_training_and_says_why(state: RecordState, write: Write) -> None:
    write([True, False, False, False] * 75)
    panel = RecordPanel(state)

    look(state)

    [reason] = panel.reasons
    assert reason == (
        "Over the last month 25.0 % of the directions were right; the backtest promised 60.0 %."
    )
    assert panel.words["retrain"] == "Retrain"


def test_as_good_as_promised_asks_for_nothing(state: RecordState, write: Write) -> None:
    write([True, True, True, False, False] * 60)
    panel = RecordPanel(state)

    look(state)

    assert panel.verdicts[2] == {"window": "month", "kind": "as_promised", "text": "As promised"}
    assert panel.reasons == []


def test_in_a_replay_nothing_is_called_live_or_written_down(
    state: RecordState, write: Write
) -> None:
    panel = RecordPanel(state)
    panel.replay = True
    assert panel.words["empty"] == "No forecast in this replay yet."
    assert "Nothing is written down." in panel.words["empty_next"]

    write(HALF, metrics={})
    look(state)

    assert panel.plot.heading == "Directional accuracy, in this replay"
    assert [entry["name"] for entry in panel.plot.legend] == ["Replay"]
    assert panel.verdicts[2]["text"] == "Nothing to compare with here"
    assert panel.rows[0]["promised"] == "–"

    panel.replay = False
    assert panel.plot.heading == "Directional accuracy, live"
    assert panel.verdicts[2]["text"] == "No backtest measured this model"


def test_it_leads_to_the_training_of_the_model_that_is_judged(
    state: RecordState, write: Write
) -> None:
    write([True] * 10, timeframe="1h", horizon="4h")
    panel = RecordPanel(state)

    look(state)

    assert panel.query == "symbol=BTCUSDT&timeframe=1h&model=LSTM&horizon=4h"


def test_without_enough_forecasts_there_is_no_line(state: RecordState, write: Write) -> None:
    write([True] * 39)
    panel = RecordPanel(state)

    look(state)

    assert panel.plot.empty == "The line begins with 40 scored forecasts."


def test_the_line_is_of_runs_of_forecasts(state: RecordState, write: Write) -> None:
    write(HALF)
    panel = RecordPanel(state)

    look(state)

    coin, promise, live = panel.plot.figure.marks
    assert panel.plot.empty == ""
    assert (coin.y.tolist(), promise.y.tolist()) == ([0.5, 0.5], [0.6, 0.6])
    assert len(live.x) == 300 - 75 + 1
    assert abs(live.y - 0.5).max() < 0.01


def test_forecasts_of_another_model_with_the_same_version_are_not_in_the_line(
    state: RecordState, write: Write
) -> None:
    write(HALF)
    look(state)
    assert state.record is not None
    assert len(rolling_accuracy(state.record)) > 0

    others = dataclasses.replace(state.record, judged=state.record.judged[:0])

    assert rolling_accuracy(others).empty


def test_another_language_says_it_all_again(state: RecordState, write: Write) -> None:
    write(HALF)
    panel = RecordPanel(state)
    look(state)

    language.code = "ru"

    assert panel.rows[0]["name"] == "Точность направления"
    assert panel.verdicts[2]["text"] == "Хуже, чем обещано"


class Counting:
    """Counts how often it is asked; out of reach where it is told so."""

    def __init__(self) -> None:
        self.read_times, self.broken = 0, False

    def read(self, symbol: str, model_type: str, series: Series | None) -> TrackRecord:
        self.read_times += 1
        if self.broken:
            raise StorageError("The database is out of reach.")
        return track_record(symbol, model_type)

    def backtest(self, meta: ModelMeta) -> pd.DataFrame | None:
        return None


def test_it_is_read_again_when_a_candle_closes_or_after_half_a_minute(
    forecasts: ForecastState,
) -> None:
    records, time = Counting(), [100.0]
    state = RecordState(forecasts, records, clock=lambda: time[0])
    first, second = (Series(pd.DataFrame(), "store") for _ in range(2))

    look(state, first)
    look(state, first)
    assert records.read_times == 1

    time[0] += 3
    look(state, second)
    assert records.read_times == 2

    time[0] += READ_AGAIN
    look(state, second)
    assert records.read_times == 3


def test_another_model_type_has_another_record(forecasts: ForecastState, write: Write) -> None:
    write([True] * 10)
    state = RecordState(forecasts, Counting())
    look(state)
    assert state.record is not None
    assert state.record.model is not None

    forecasts.model_type = "HYBRID"
    assert state.record is None
    look(state)

    assert state.record is not None
    assert state.record.model is None


def test_a_database_out_of_reach_is_said_in_place_and_tried_again(
    forecasts: ForecastState,
) -> None:
    records, time = Counting(), [100.0]
    state = RecordState(forecasts, records, clock=lambda: time[0])
    panel = RecordPanel(state)
    records.broken = True
    look(state)
    assert panel.problem == "The database is out of reach."

    records.broken = False
    time[0] += READ_AGAIN
    look(state)

    assert panel.problem == ""
    assert panel.known

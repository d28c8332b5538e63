"""What is said of a replay's forecasts, whoever goes on meanwhile, and whatever comes later."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mlwidgets.components.record.reader import LiveRecords
from mlwidgets.components.replay.record import ReplayRecord
from mlwidgets.components.replay.records import ReplayRecords
from mlwidgets.components.replay.state import ReplayState
from mlwidgets.components.replay.tape import Tape
from mlwidgets.dashboards.sources import Sources
from mlwidgets.evaluation.backtest import measure
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.store import CandleStore
from mlwidgets.record.track_record import TrackRecord
from mlwidgets.settings import Settings, get_settings

TRAINED, PLAYED = 700, 30
"""Candles that the model was trained on, and those that are played."""

HOUR = 3_600_000

few = settings(
    max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],  # smaller examples are no clearer, and take minutes
)  # fmt: skip


@pytest.fixture(scope="module")
def model(model: TrainedModel) -> TrainedModel:
    """A model that calls a rise every hour."""
    import torch

    called = copy.deepcopy(model)
    with torch.no_grad():
        called.network.output.bias.fill_(0.3)
    return called


class Measured(LiveRecords):
    """Knows one backtest's predictions."""

    def __init__(self, predictions: pd.DataFrame) -> None:
        super().__init__(get_settings(), Sources(get_settings()).candidates)
        self._predictions = predictions

    def backtest(self, meta: ModelMeta) -> pd.DataFrame | None:
        return self._predictions


def backtested(model: TrainedModel, candles: pd.DataFrame) -> tuple[TrainedModel, pd.DataFrame]:
    """The model as its backtest on all candles after the training leaves it, and that backtest."""
    rows = replace(model).predict(candles)
    rows = rows.loc[rows["actual"].notna() & (rows.index >= candles.index[TRAINED])]
    metrics, _, _ = measure(replace(model), rows, candles, model.calibration.coverage)
    return model.measured(metrics.directional_accuracy, metrics.to_json()), rows


def trained_at(model: TrainedModel, time: pd.Timestamp) -> TrainedModel:
    return replace(model, meta=model.meta.replace(trained_at=epoch_ms(time)))


def replayed(
    candles: pd.DataFrame, model: TrainedModel, since: int = TRAINED, hours: int = PLAYED
) -> ReplayState:
    """A replay of some hours from a candle's opening on."""
    replay = ReplayState.over(candles, model)

    async def play() -> None:
        await replay.begin(candles.index[since])
        await replay.pass_time(hours * HOUR)

    asyncio.run(play())
    return replay


def records_of(replay: ReplayState) -> ReplayRecords:
    return ReplayRecords(replay, LiveRecords(get_settings(), Sources(get_settings()).candidates))


def read(records: ReplayRecords) -> TrackRecord:
    return records.read("BTCUSDT", "LSTM", None)


@few
@given(factor=st.floats(0.2, 5), kept=st.integers(10, 38), known=st.booleans())
def test_no_promise_no_reason_and_no_reliability_knows_what_comes_after_now(
    candles: pd.DataFrame, model: TrainedModel, home: Path, factor: float, kept: int, known: bool
) -> None:
    other = candles.iloc[: TRAINED + PLAYED + kept].copy()
    other.iloc[TRAINED + PLAYED :, :4] *= factor
    measured = [backtested(model, candles), backtested(model, other)]
    assert measured[0][0].meta.metrics != measured[1][0].meta.metrics
    if known:  # the promise was made before the replay: by its candles until then
        early, rows = backtested(model, candles.iloc[: TRAINED + 20])
        measured = [(trained_at(early, candles.index[TRAINED + 20]), rows)] * 2

    said: list[TrackRecord] = []
    calls: list[pd.DataFrame] = []
    for frame, (judged, rows) in zip((candles, other), measured, strict=True):
        replay = replayed(frame, judged)
        records = ReplayRecords(replay, Measured(rows))
        said.append(read(records))
        calls.append(records.backtest(judged.meta))  # type: ignore[arg-type]

    one, two = said
    pd.testing.assert_frame_equal(one.forecasts, two.forecasts)
    assert one.windows == two.windows
    assert one.reasons == two.reasons
    assert one.model == two.model
    pd.testing.assert_frame_equal(calls[0], calls[1])


def test_a_promise_is_not_tested_on_the_hours_that_the_backtest_measured(
    candles: pd.DataFrame, model: TrainedModel, home: Path
) -> None:
    measured, _ = backtested(model, candles)

    record = read(records_of(replayed(candles, measured)))

    assert {one.verdict for one in record.windows} == {"own_hours"}
    assert {one.promised_accuracy for one in record.windows} == {None}
    assert {one.accuracy_p_value for one in record.windows} == {None}
    assert record.model is not None
    assert record.model.metrics == {}


def test_a_model_that_nothing_measured_has_no_promise_wherever_it_is_replayed(
    candles: pd.DataFrame, model: TrainedModel, home: Path
) -> None:
    record = read(records_of(replayed(candles, model)))

    assert {one.verdict for one in record.windows} == {"no_promise"}


def test_after_the_backtests_hours_the_promise_counts(
    candles: pd.DataFrame, model: TrainedModel, home: Path
) -> None:
    measured, _ = backtested(model, candles.iloc[: TRAINED + 20])
    measured = trained_at(measured, candles.index[TRAINED + 20])

    across = read(records_of(replayed(candles, measured)))
    after = read(records_of(replayed(candles, measured, TRAINED + 20, 20)))

    assert {one.verdict for one in across.windows} == {"own_hours"}
    assert {one.verdict for one in after.windows} == {"too_few"}
    promised = measured.meta.metrics["directionalAccuracy"]
    assert {one.promised_accuracy for one in after.windows} == {promised}


def test_of_the_backtest_only_those_outcomes_count_that_were_known(
    candles: pd.DataFrame, model: TrainedModel, home: Path
) -> None:
    measured, rows = backtested(model, candles)
    replay = replayed(candles, measured)

    known = ReplayRecords(replay, Measured(rows)).backtest(measured.meta)

    assert known is not None
    assert known["target_time"].max() + pd.Timedelta(hours=1) == replay.clock.now()
    assert len(known) == PLAYED - 2


def test_training_is_looked_up_where_the_page_reads(
    candles: pd.DataFrame, model: TrainedModel, home: Path, tmp_path: Path
) -> None:
    elsewhere = Settings(home=tmp_path / "elsewhere")
    CandleStore(elsewhere.candles_dir).write("binance", "BTCUSDT", "1h", candles)
    replay = replayed(candles.iloc[200:], model, TRAINED - 200)

    record = read(ReplayRecords(replay, LiveRecords(elsewhere, Sources(elsewhere).candidates)))

    assert record.training_regimes is not None


def test_a_reading_stands_by_the_time_at_which_it_began(
    candles: pd.DataFrame, model: TrainedModel, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay = replayed(candles, model)
    now, made, recorded = replay.clock.now(), len(replay.record), replay.forecaster.recorded

    def meanwhile(meta: ModelMeta) -> Any:
        asyncio.run(replay.jump(candles.index[TRAINED + 5]))
        return recorded(meta)

    monkeypatch.setattr(replay.forecaster, "recorded", meanwhile)
    record = read(records_of(replay))

    assert (record.now, len(record.forecasts)) == (now, made)
    assert record.forecasts["actual"].count() == made - 2


def test_forecasts_are_listed_though_some_are_forgotten_meanwhile() -> None:
    record = ReplayRecord()

    class Meanwhile(dict[int, Any]):
        def __iter__(self) -> Any:
            record.clear()
            return super().__iter__()

    forecast = SimpleNamespace(origin=pd.Timestamp(0, tz="UTC"))
    record._made = Meanwhile({0: forecast})

    assert record.forecasts == [forecast]


def test_candles_are_those_of_the_time_though_another_is_asked_for_meanwhile(
    candles: pd.DataFrame,
) -> None:
    early, late = epoch_ms(candles.index[100]), epoch_ms(candles.index[200])

    class Meanwhile(Tape):
        asked = False

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if name == "_series" and value is not None and not self.asked:
                self.asked = True
                self.series(late)

    assert len(Meanwhile(candles, "store").series(early).candles) == 100

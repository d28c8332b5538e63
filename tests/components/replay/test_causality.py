"""A replay knows what was known then, and says the same however it is played."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import regular_candles

from mlwidgets.components.choice import Choice
from mlwidgets.components.forecasts.forecaster import Forecaster
from mlwidgets.components.market.series import Series
from mlwidgets.components.record.reader import LiveRecords
from mlwidgets.components.replay.records import ReplayRecords
from mlwidgets.components.replay.state import ReplayState
from mlwidgets.components.replay.tape import Tape
from mlwidgets.dashboards.sources import Sources
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.market.candles import label_candles
from mlwidgets.market.store import CandleStore
from mlwidgets.record.recorder import RECORDER
from mlwidgets.record.store import RecordStore
from mlwidgets.record.track_record import TrackRecord
from mlwidgets.registry import ModelRegistry
from mlwidgets.settings import get_settings

TRAINED = 700
"""Candles that the model was trained on."""

HOUR, MINUTE = 3_600_000, 60_000
LAST = 5
"""Hours that are played at most."""

few = settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ms(time: pd.Timestamp) -> int:
    return int(time.timestamp() * 1000)


def replayed(candles: pd.DataFrame, model: TrainedModel, *spans: int) -> ReplayState:
    """A replay from some hours after the end of training on, for spans of milliseconds."""
    replay = ReplayState.over(candles, model)

    async def play() -> None:
        await replay.begin(candles.index[TRAINED + 10])
        for span in spans:
            await replay.pass_time(span)

    asyncio.run(play())
    return replay


def judged_now(replay: ReplayState) -> TrackRecord:
    """The record of a replay, as its page shows it."""
    live = LiveRecords(get_settings(), Sources(get_settings()).candidates)
    return ReplayRecords(replay, live).read("BTCUSDT", "LSTM", replay.series)


def other_future(candles: pd.DataFrame, after: int, factor: float, kept: int) -> pd.DataFrame:
    """The same candles up to a row, then other prices, and fewer of them."""
    other = candles.iloc[: after + kept].copy()
    other.iloc[after:, :4] *= factor
    return other


@few
@given(
    hours=st.integers(1, LAST), late=st.integers(0, HOUR - 1),
    factor=st.floats(0.2, 5), kept=st.integers(1, 30),
)  # fmt: skip
def test_later_candles_change_nothing(
    candles: pd.DataFrame, model: TrainedModel, hours: int, late: int, factor: float, kept: int
) -> None:
    span = hours * HOUR + late
    other = other_future(candles, TRAINED + 10 + hours, factor, kept)

    one, two = replayed(candles, model, span), replayed(other, model, span)

    assert one.now == two.now
    assert one.series is not None
    assert two.series is not None
    pd.testing.assert_frame_equal(one.series.candles, two.series.candles)
    assert len(one.record) == hours + 1
    assert one.record.forecasts == two.record.forecasts
    assert one.score == two.score
    judged = [judged_now(replay) for replay in (one, two)]
    pd.testing.assert_frame_equal(judged[0].forecasts, judged[1].forecasts)
    assert judged[0].windows == judged[1].windows
    assert judged[0].training_regimes == judged[1].training_regimes
    assert (judged[0].forecasts["state"] == "scored").sum() == one.score.scored


@few
@given(spans=st.lists(st.integers(1, 2 * HOUR), min_size=2, max_size=5))
def test_the_record_is_the_same_however_large_the_steps_are(
    candles: pd.DataFrame, model: TrainedModel, spans: list[int]
) -> None:
    in_steps = replayed(candles, model, *spans)
    at_once = replayed(candles, model, sum(spans))

    assert in_steps.now == at_once.now
    assert in_steps.record.forecasts == at_once.record.forecasts
    assert in_steps.score == at_once.score


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**16), minutes=st.integers(0, 400), late=st.integers(0, MINUTE - 1),
    factor=st.floats(0.2, 5),
)  # fmt: skip
def test_the_candle_under_way_holds_the_minutes_that_have_closed_and_no_others(
    seed: int, minutes: int, late: int, factor: float
) -> None:
    fine = label_candles(
        regular_candles("2025-01-01", 420, "1m", seed=seed),
        symbol="BTCUSDT", timeframe="1m", source="file",
    )  # fmt: skip
    hours = label_candles(
        regular_candles("2025-01-01", 7, seed=seed), symbol="BTCUSDT", timeframe="1h", source="file"
    )
    now = ms(fine.index[0]) + minutes * MINUTE + late
    other = other_future(fine, minutes, factor, 420)

    bar = Tape(hours, "store", fine).bar(now)

    assert bar == Tape(hours, "store", other).bar(now)
    known = fine.iloc[minutes // 60 * 60 : minutes]
    if known.empty:
        assert bar is None
    else:
        assert bar is not None
        assert (bar.open, bar.close) == (known.open.iloc[0], known.close.iloc[-1])
        assert (bar.high, bar.low) == (known.high.max(), known.low.min())
        np.testing.assert_allclose(bar.volume, known.volume.sum())


@few
@given(hours=st.integers(1, LAST), factor=st.floats(0.2, 5))
def test_going_back_forgets_what_was_forecast_later(
    candles: pd.DataFrame, model: TrainedModel, hours: int, factor: float
) -> None:
    replay = ReplayState.over(candles, model)
    where = candles.index[TRAINED + 10]

    async def there_and_back() -> None:
        await replay.begin(where)
        await replay.pass_time(LAST * HOUR)
        await replay.jump(where)
        await replay.pass_time(hours * HOUR)

    asyncio.run(there_and_back())

    straight = replayed(candles, model, hours * HOUR)
    assert replay.record.forecasts == straight.record.forecasts
    assert replay.score == straight.score


def test_candles_of_the_models_own_timeframe_end_where_those_on_the_page_do(
    candles: pd.DataFrame, model: TrainedModel, home: Path
) -> None:
    store = CandleStore(home / "data" / "candles")
    store.write("binance", "BTCUSDT", "1h", candles)
    ModelRegistry(home / "models").save(model)
    sources = Sources(get_settings())
    days = label_candles(
        regular_candles(str(candles.index[0].date()), 30, "1d"),
        symbol="BTCUSDT", timeframe="1d", source="binance",
    )  # fmt: skip
    days = days[pd.DatetimeIndex(days.index) + pd.Timedelta(days=1) <= candles.index[TRAINED + 40]]
    series = Series(days, "store")
    forecaster = Forecaster(sources.models, sources.market, recorded=False)

    made = forecaster.read(sources.models.get_meta("BTCUSDT", "LSTM"), series).forecast

    assert series.closed_at is not None
    assert pd.Timestamp(made.origin) + pd.Timedelta(hours=1) == series.closed_at


def test_nothing_of_a_replay_enters_the_record(
    candles: pd.DataFrame, model: TrainedModel, home: Path
) -> None:
    CandleStore(home / "data" / "candles").write("binance", "BTCUSDT", "1h", candles)
    meta = ModelRegistry(home / "models").save(model)
    sources = Sources(get_settings())
    record = RecordStore(sources.settings.study_url)
    replay = ReplayState(Choice(symbol="BTCUSDT"), sources)

    async def play_to_the_end() -> None:
        await replay.begin(candles.index[-4])
        await replay.pass_time(10 * HOUR)

    asyncio.run(play_to_the_end())
    RECORDER.flush()

    assert len(replay.record) == 5
    assert record.models("BTCUSDT", "LSTM") == {}

    # The last of these forecasts is one that a page in the present does have recorded.
    Forecaster(sources.models, sources.market).read(meta, replay.series)  # type: ignore[arg-type]
    RECORDER.flush()
    assert len(record.models("BTCUSDT", "LSTM")) == 1
    record.close()

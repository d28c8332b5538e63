"""What became of forecasts, and what that says of the model."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

import mlwidgets as mw
from mlwidgets.errors import ModelMismatch, SpecError
from mlwidgets.market.candles import SIMULATED, label_candles
from mlwidgets.market.store import CandleStore
from mlwidgets.record.store import RecordStore
from mlwidgets.record.track_record import TrackRecord, track_record
from mlwidgets.record.values import RecordedForecast, RecordedModel
from mlwidgets.record.windows import Window, most_overlapping
from mlwidgets.settings import Settings

HOUR = 3_600_000
START = pd.Timestamp("2025-03-01", tz="UTC")
MakeModel = Callable[..., RecordedModel]
MakeForecast = Callable[..., RecordedForecast]
Hours = Callable[..., pd.DataFrame]


def at(hour: float) -> pd.Timestamp:
    """March's n-th hour."""
    return START + pd.Timedelta(hours=hour)


def window(record: TrackRecord, name: str) -> Window:
    return next(one for one in record.windows if one.name == name)


def keep_candles(settings: Settings, candles: pd.DataFrame) -> None:
    CandleStore(settings.candles_dir).write("binance", "BTCUSDT", "1h", candles)


def outcomes(
    store: RecordStore, settings: Settings, model: RecordedModel, make: MakeForecast,
    hours: Hours, right: list[bool],
) -> None:  # fmt: skip
    """Forecasts of a rise, and candles that make them right or wrong."""
    store.add([(model, make(hour)) for hour in range(len(right))])
    keep_candles(settings, hours([100.0, *(102.0 if rose else 98.0 for rose in right)]))


def test_a_forecast_is_scored_once_its_target_has_closed(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    store.add([(a_model(), a_forecast(0)), (a_model(), a_forecast(1, predicted=99.0))])
    keep_candles(settings, hours([100.0, 106.0, 98.0]))

    before = track_record("btc/usdt", now=at(1.9), settings=settings).forecasts
    after = track_record("BTCUSDT", now=at(3), settings=settings).forecasts

    assert before["state"].tolist() == ["open"]
    assert after["actual"].tolist() == [106.0, 98.0]
    assert after["hit"].tolist() == [True, True]
    assert after["inside"].tolist() == [False, True]
    assert after["version"].tolist() == ["1.0.0", "1.0.0"]
    assert after.index[0] == START
    assert after["target_time"].iloc[0] == at(1)


def test_the_judged_rows_are_the_models_own_whatever_its_version(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
) -> None:  # fmt: skip
    first, second = a_model(), a_model(weights_sha256="b" * 64)
    store.add([(first, a_forecast(0)), (first, a_forecast(1)), (second, a_forecast(2))])

    record = track_record("BTCUSDT", now=at(4), settings=settings)

    assert record.model == second
    assert record.forecasts["version"].tolist() == ["1.0.0"] * 3
    assert record.judged.index.tolist() == [at(2)]


def test_a_price_that_ends_unchanged_proves_no_call_right_or_wrong(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    store.add([(a_model(), a_forecast(0))])
    keep_candles(settings, hours([100.0, 100.0]))

    record = track_record("BTCUSDT", now=at(3), settings=settings)

    assert record.forecasts["hit"].isna().all()
    assert window(record, "day").directional_accuracy is None


def test_a_candle_that_the_exchange_never_had_ends_the_waiting_after_a_week(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    store.add([(a_model(), a_forecast(0))])
    keep_candles(settings, hours([100.0]))

    def state(hour: float, candles: pd.DataFrame | None = None) -> str:
        record = track_record("BTCUSDT", now=at(hour), candles=candles, settings=settings)
        return str(record.forecasts["state"].iloc[0])

    assert state(2 + 7 * 24 - 1) == "open"
    assert state(2 + 7 * 24) == "unscorable"
    assert state(2 + 7 * 24 - 1) == "open", "what is known later changes nothing of then"
    assert state(400, hours([100.0, 101.0])) == "scored"


def test_simulated_forecasts_are_scored_by_simulated_candles_only(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    store.add([(a_model(symbol="SIMUSDT"), a_forecast(0, simulated=True))])
    candles = hours([100.0, 101.0])
    real = label_candles(candles.copy(), symbol="SIMUSDT", timeframe="1h", source="binance")
    simulated = label_candles(candles, symbol="SIMUSDT", timeframe="1h", source=SIMULATED)

    def states(candles: pd.DataFrame) -> list[str]:
        record = track_record("SIMUSDT", now=at(5), candles=candles, settings=settings)
        return record.forecasts["state"].tolist()

    assert states(real) == ["open"]
    assert states(simulated) == ["scored"]


def test_candles_of_another_symbol_are_refused(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    store.add([(a_model(), a_forecast(0))])
    candles = label_candles(hours([1.0, 2.0]), symbol="ETHUSDT", timeframe="1h", source="binance")

    with pytest.raises(ModelMismatch, match="ETHUSDT"):
        track_record("BTCUSDT", now=at(5), candles=candles, settings=settings)


def _score(home: Path) -> int:
    record = track_record("BTCUSDT", now=at(60), settings=Settings(home=home))
    return window(record, "all").scored


def test_two_processes_that_score_at_once_agree(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    outcomes(store, settings, a_model(), a_forecast, hours, [True] * 50)
    store.close()
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        assert [*pool.map(_score, [settings.home] * 2)] == [50, 50]


def test_quality_as_promised_is_called_so(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    outcomes(store, settings, a_model(), a_forecast, hours, [n % 5 < 3 for n in range(500)])

    record = track_record("BTCUSDT", now=at(501), settings=settings)

    month, day = window(record, "month"), window(record, "day")
    assert month.verdict == "as_promised"
    assert month.directional_accuracy == pytest.approx(0.6)
    assert month.accuracy_low < 0.6 < month.accuracy_high
    assert (month.promised_accuracy, month.promised_coverage) == (0.6, 0.9)
    assert (month.coverage, month.mae, month.last_value_mae) == (1.0, pytest.approx(1.8), 2.0)
    assert (day.scored, day.verdict) == (24, "too_few")
    assert day.text == f"Too few to tell (needs {day.needed})"
    assert not record.needs_retraining


def test_a_fall_of_the_accuracy_asks_for_retraining(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    outcomes(store, settings, a_model(), a_forecast, hours, [n % 5 < 2 for n in range(500)])

    record = track_record("BTCUSDT", now=at(501), settings=settings)

    assert window(record, "month").text == "Worse than promised (accuracy)"
    assert record.needs_retraining
    [reason] = record.reasons
    assert reason.kind == "accuracy"
    assert "over the last month is 40.0 %, the backtest promised 60.0 %" in reason.text


def test_intervals_that_hold_too_little_ask_for_retraining(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    closes = [103.0 if n % 3 else 106.0 for n in range(300)]
    store.add([(a_model(), a_forecast(hour)) for hour in range(300)])
    keep_candles(settings, hours([100.0, *closes]))

    record = track_record("BTCUSDT", now=at(302), settings=settings)

    assert window(record, "month").text == "Worse than promised (coverage)"
    assert [reason.kind for reason in record.reasons] == ["coverage"]


def test_forecasts_that_share_candles_count_once(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    model = a_model(horizon="24h")
    store.add([(model, a_forecast(hour, steps=24)) for hour in range(240)])
    closes = [98.0 if (hour // 24) % 2 else 102.0 for hour in range(264)]
    keep_candles(settings, hours(closes))

    month = window(track_record("BTCUSDT", now=at(270), settings=settings), "month")

    assert month.scored == 240
    assert month.effective == 10
    assert month.verdict == "too_few"


def test_forecasts_a_horizon_apart_share_no_candle(a_model: MakeModel) -> None:
    def overlap(hours: list[int]) -> int:
        rows = pd.DataFrame(index=pd.DatetimeIndex([at(hour) for hour in hours]))
        return most_overlapping(rows, a_model(horizon="4h"))

    assert overlap([0, 4, 8]) == 1
    assert overlap([0, 1, 4, 8]) == 2
    assert overlap([*range(20)]) == 4


def test_a_model_without_a_backtest_is_not_judged(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours,
) -> None:  # fmt: skip
    outcomes(store, settings, a_model(metrics={}), a_forecast, hours, [False] * 100)

    record = track_record("BTCUSDT", now=at(102), settings=settings)

    assert {one.verdict for one in record.windows} == {"no_promise"}
    assert not record.needs_retraining


def test_a_model_older_than_a_month_asks_for_retraining(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast
) -> None:
    store.add([(a_model(), a_forecast(0))])

    def kinds(day: int) -> list[str]:
        record = track_record("BTCUSDT", now=at(24 * day), settings=settings)
        return [reason.kind for reason in record.reasons]

    assert (kinds(30), kinds(31)) == ([], ["age"])


@pytest.mark.parametrize(("trend", "kinds"), [(0.0, ["regime"]), (0.002, [])])
def test_a_market_that_training_never_saw_asks_for_retraining(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours, trend: float, kinds: list[str],
) -> None:  # fmt: skip
    model = a_model(trained_from=a_forecast(-1000).origin)
    store.add([(model, a_forecast(hour, regime="Bull")) for hour in range(24)])
    noise = np.random.default_rng(0).normal(trend, 0.004, 1000)
    keep_candles(settings, hours([*(100 * np.exp(np.cumsum(noise - noise.mean() + trend)))], -1000))

    record = track_record("BTCUSDT", now=at(24), settings=settings)

    assert record.training_regimes is not None
    assert sum(record.training_regimes.values()) == pytest.approx(1000 / 24)
    assert [reason.kind for reason in record.reasons] == kinds


def test_without_its_training_candles_a_models_regimes_are_not_known(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast
) -> None:
    store.add([(a_model(), a_forecast(0, regime="Bull"))])

    assert track_record("BTCUSDT", now=at(5), settings=settings).training_regimes is None


def test_the_model_of_the_latest_forecast_is_judged_beside_those_before_it(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast
) -> None:
    later = a_model(version="1.0.1", weights_sha256="b" * 64)
    store.add([(a_model(), a_forecast(0)), (a_model(), a_forecast(1)), (later, a_forecast(2))])

    def judged(hour: float, version: str | None = None) -> tuple[str, int]:
        record = track_record("BTCUSDT", version=version, now=at(hour), settings=settings)
        assert record.model is not None
        return record.model.version, len(record.forecasts)

    assert judged(5) == ("1.0.1", 3)
    assert judged(2.5) == ("1.0.0", 2)
    assert judged(5, "1.0.0") == ("1.0.0", 2)


def test_a_slot_that_never_forecast_has_an_empty_record(settings: Settings) -> None:
    record = mw.track_record("BTCUSDT", "HYBRID", settings=settings)

    assert (record.model, record.windows, len(record.forecasts)) == (None, (), 0)
    assert not record.needs_retraining


@pytest.mark.parametrize("now", ["0001-01-01", "1970-01-01", "9999-12-31"])
def test_any_date_is_a_time_to_ask_about_and_none_is_in_the_future(
    store: RecordStore, settings: Settings, a_model: MakeModel, a_forecast: MakeForecast, now: str
) -> None:
    store.add([(a_model(), a_forecast(0))])

    record = track_record("BTCUSDT", now=now, settings=settings)

    assert len(record.forecasts) == (now > "2025")
    assert record.now <= pd.Timestamp.now("UTC")


def test_what_is_no_model_type_is_refused(settings: Settings) -> None:
    with pytest.raises(SpecError, match="use one of LSTM, HYBRID"):
        track_record("BTCUSDT", "GRU", settings=settings)


Story = tuple[list[int], list[float]]
stories = st.tuples(
    st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True),
    st.lists(st.floats(80, 120), min_size=64, max_size=64),
)


@hypothesis(max_examples=8)
@given(story=stories, now=st.integers(1, 62), data=st.data())
def test_nothing_after_now_is_ever_read(
    tmp_path_factory: pytest.TempPathFactory, a_model: MakeModel, a_forecast: MakeForecast,
    hours: Hours, story: Story, now: int, data: st.DataObject,
) -> None:  # fmt: skip
    origins, closes = story
    models = [a_model(), a_model(version="1.0.1", horizon="4h", weights_sha256="b" * 64)]
    made = [
        (models[number % 2], a_forecast(hour, steps=(1, 4)[number % 2]))
        for number, hour in enumerate(sorted(origins))
    ]
    candles = hours(closes)
    moment = at(now)
    then = pd.Timestamp(moment).value // 1_000_000

    def seen(made: list[tuple[RecordedModel, RecordedForecast]], *, later: bool) -> TrackRecord:
        settings = Settings(home=tmp_path_factory.mktemp("home"))
        store = RecordStore(settings.study_url)
        store.add(made)
        store.close()
        known = candles if later else candles.loc[candles.index <= moment - pd.Timedelta("1h")]
        keep_candles(settings, known)
        if later:
            track_record("BTCUSDT", now=at(data.draw(st.integers(now, 900))), settings=settings)
        return track_record("BTCUSDT", now=moment, settings=settings)

    blind = seen([one for one in made if one[1].made_at <= then], later=False)
    knowing = seen(made, later=True)

    pd.testing.assert_frame_equal(blind.forecasts, knowing.forecasts)
    assert (blind.windows, blind.reasons) == (knowing.windows, knowing.reasons)
    assert blind.training_regimes == knowing.training_regimes
    assert blind.model == knowing.model

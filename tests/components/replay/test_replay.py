"""A market that is played from the past: its clock, its candles, and the strip that moves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest

from mlwidgets.components.choice import Choice
from mlwidgets.components.market.series import Series
from mlwidgets.components.market.state import MarketState
from mlwidgets.components.market.words import chip_words
from mlwidgets.components.replay.bar import ReplayBar
from mlwidgets.components.replay.record import ReplayRecord, ReplayScore
from mlwidgets.components.replay.records import ReplayRecords
from mlwidgets.components.replay.sources import Given
from mlwidgets.components.replay.state import ReplayState
from mlwidgets.components.texts import language
from mlwidgets.errors import SpecError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.market.candles import label_candles
from mlwidgets.market.simulator import simulate_market
from mlwidgets.settings import get_settings

Run = Callable[..., Any]

TRAINED = 700
"""Candles that the model was trained on."""

HOUR = pd.Timedelta(hours=1)


def press(bar: ReplayBar, event: str, data: Any = None) -> None:
    """Send what a page sends."""
    bar._handle_event(bar, {"event": event, "data": data}, [])


async def settled() -> None:
    """Wait until all that was set going has ended."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)


def closed_at(replay: ReplayState) -> pd.Timestamp | None:
    assert replay.series is not None
    return replay.series.closed_at


def test_it_has_every_trait_of_the_market_that_it_stands_in_for(candles: pd.DataFrame) -> None:
    assert {*MarketState.class_trait_names()} <= {*ReplayState.class_trait_names()}


def test_a_step_goes_to_where_the_candle_under_way_closes_and_back_again(
    candles: pd.DataFrame, run: Run
) -> None:
    replay, where = ReplayState.over(candles), candles.index[100]

    run(replay.begin(where + HOUR / 2), replay.step())
    assert (replay.clock.now(), closed_at(replay)) == (where + HOUR, where + HOUR)

    run(replay.step(-1), replay.step(-1))
    assert (replay.clock.now(), closed_at(replay)) == (where - HOUR, where - HOUR)


def test_now_stays_between_the_first_and_the_last_close(candles: pd.DataFrame, run: Run) -> None:
    replay = ReplayState.over(candles)

    run(replay.begin(candles.index[0] - 100 * HOUR))
    assert replay.clock.now() == candles.index[0] + HOUR

    run(replay.jump(candles.index[-1] + 100 * HOUR), replay.step())
    assert replay.clock.now() == candles.index[-1] + HOUR


def test_a_replay_starts_where_the_training_data_end(
    candles: pd.DataFrame, model: TrainedModel, run: Run
) -> None:
    replay = ReplayState.over(candles, model)

    run(replay.begin())

    assert replay.clock.now() == candles.index[TRAINED]
    assert not replay.trained_on
    assert replay.score.made == 1


def test_on_candles_of_the_training_it_warns_and_the_model_is_not_asked(
    candles: pd.DataFrame, model: TrainedModel, run: Run
) -> None:
    replay = ReplayState.over(candles, model)
    bar = ReplayBar(replay)

    run(replay.begin(candles.index[TRAINED] - HOUR))
    assert "was trained on these candles" in bar.warning
    assert replay.score == ReplayScore()

    run(replay.step())
    assert (bar.warning, replay.score.made) == ("", 1)


def test_a_score_counts_directions_that_were_called_and_prices_in_the_interval(
    candles: pd.DataFrame, model: TrainedModel
) -> None:
    forecast = model.forecast(candles)
    record, ends = ReplayRecord(), {}
    for hours, price, end in ((0, 101, 102), (1, 99, 101), (2, 100, 103), (3, 101, 111)):
        origin = forecast.origin + hours * HOUR
        made = {"close": 100.0, "lower": 90.0, "upper": 110.0, "origin": origin, "price": price}
        record.add(forecast.replace(**made, target_time=origin + 2 * HOUR))
        ends[int((origin + 2 * HOUR).timestamp() * 1000)] = float(end)

    score = record.score(ends.get)

    # Right, wrong, no direction, right but beyond the interval.
    assert (score.scored, score.called, score.hits, score.inside) == (4, 3, 2, 3)
    assert (score.accuracy, score.coverage) == (2 / 3, 3 / 4)


def test_forecasts_are_scored_when_their_target_has_closed(
    candles: pd.DataFrame, model: TrainedModel, run: Run
) -> None:
    replay = ReplayState.over(candles, model)
    bar = ReplayBar(replay)

    run(replay.begin(), replay.pass_time(HOUR.value // 10**6 * 2 - 1))
    assert (replay.score.made, replay.score.scored) == (2, 0)

    run(replay.pass_time(1))
    made, actual = replay.record.forecasts[0], candles.close.iloc[TRAINED + 1]
    assert (replay.score.made, replay.score.scored) == (3, 1)
    assert replay.score.inside == int(made.lower <= actual <= made.upper)
    assert bar.score["count"] == "3 made, 1 scored"


def test_its_record_is_judged_as_the_live_one_is(
    candles: pd.DataFrame, model: TrainedModel, run: Run, home: Path
) -> None:
    replay, live = ReplayState.over(candles, model), Mock(settings=get_settings())
    records = ReplayRecords(replay, live)

    run(replay.begin(), replay.pass_time(30 * 3_600_000))
    record = records.read("BTCUSDT", "LSTM", replay.series)

    rows = record.forecasts
    assert record.now == replay.clock.now()
    assert (len(rows), rows["hit"].sum()) == (replay.score.made, replay.score.hits)
    assert rows["actual"].count() == replay.score.scored
    assert record.model is not None
    assert record.model.weights_sha256 == model.meta.weights_sha256
    assert [(one.name, one.scored) for one in record.windows][-1] == ("all", replay.score.scored)
    assert record.training_regimes is not None
    assert sum(record.training_regimes.values()) == pytest.approx(TRAINED / 24, rel=0.01)

    run(replay.jump(candles.index[TRAINED]))
    assert len(records.read("BTCUSDT", "LSTM", replay.series).forecasts) == 1
    assert records.read("BTCUSDT", "HYBRID", replay.series).model is None


def test_a_market_without_stored_candles_says_so_and_has_no_record(
    candles: pd.DataFrame, model: TrainedModel, run: Run
) -> None:
    choice = Choice(symbol="BTCUSDT")
    replay = ReplayState(choice, Given(candles, model))

    async def choose_another() -> None:
        await replay.begin()
        choice.symbol = "ETHUSDT"
        await settled()

    run(choose_another())

    assert (replay.symbol, replay.series) == ("ETHUSDT", None)
    assert "no stored candles of ETHUSDT" in replay.problem
    assert replay.score == ReplayScore()

    replay.leave()
    assert replay.problem == ""


def test_what_one_market_lacks_is_not_said_of_the_next(candles: pd.DataFrame, run: Run) -> None:
    choice = Choice(symbol="ETHUSDT")
    replay = ReplayState(choice, Given(candles))
    run(replay.begin())
    assert "no stored candles of ETHUSDT" in replay.problem

    choice.symbol = "BTCUSDT"

    assert replay.problem == ""


class Markets:
    """Candles and models by symbol."""

    def __init__(self, given: dict[str, Given]) -> None:
        self.given, self.id = given, "file"
        self.market = self.models = self

    def stored(self, symbol: str, timeframe: str) -> pd.DataFrame:
        given = self.given.get(f"{symbol} {timeframe}") or self.given[symbol]
        return given.stored(symbol, timeframe)

    def get_meta(self, symbol: str, model_type: str, version: str | None = None) -> ModelMeta:
        return self.given[symbol].get_meta(symbol, model_type)

    def load(
        self, symbol: str, model_type: str, version: str | None = None, *, recorded: bool = False
    ) -> TrainedModel:
        return self.given[symbol].load(symbol, model_type)


def another(model: TrainedModel, **facts: Any) -> TrainedModel:
    """The same model under another name."""
    return replace(model, meta=model.meta.replace(**facts))


def test_steps_that_wait_do_not_count_for_the_market_that_is_chosen_meanwhile(
    candles: pd.DataFrame, model: TrainedModel
) -> None:
    ether = label_candles(candles.copy(), symbol="ETHUSDT", timeframe="1h", source="file")
    choice = Choice(symbol="BTCUSDT")
    sources: Any = Markets({
        "BTCUSDT": Given(candles, model),
        "ETHUSDT": Given(ether, another(model, symbol="ETHUSDT")),
    })  # fmt: skip
    replay = ReplayState(choice, sources)

    async def hold_the_key_and_choose() -> None:
        await replay.begin(candles.index[TRAINED + 1])
        steps = [asyncio.create_task(replay.step()) for _ in range(4)]
        await asyncio.sleep(0)
        choice.symbol = "ETHUSDT"
        await asyncio.gather(*steps)
        await settled()

    asyncio.run(hold_the_key_and_choose())

    assert replay.symbol == "ETHUSDT"
    assert [made.symbol for made in replay.record.forecasts] == ["ETHUSDT"]
    assert replay.score.made == 1


def test_a_newer_model_does_not_inherit_what_the_older_one_forecast(
    candles: pd.DataFrame, model: TrainedModel
) -> None:
    fours = simulate_market("4h", periods=190, start=candles.index[0].floor("4h")).candles
    fours = label_candles(fours, symbol="BTCUSDT", timeframe="4h", source="file")
    choice = Choice(symbol="BTCUSDT")
    given = {"BTCUSDT": Given(candles, model), "BTCUSDT 4h": Given(fours)}
    sources: Any = Markets(given)
    replay = ReplayState(choice, sources)

    async def choose(timeframe: str) -> None:
        choice.timeframe = timeframe
        await settled()

    async def retrain_meanwhile() -> None:
        await replay.begin(candles.index[TRAINED + 1])
        await replay.pass_time(3 * 3_600_000)
        await choose("4h")
        assert len(replay.record) == 4  # the same model on other candles
        given["BTCUSDT"] = Given(candles, another(model, version="1.0.1"))
        await choose("1h")

    asyncio.run(retrain_meanwhile())

    assert [made.model_version for made in replay.record.forecasts] == ["1.0.1"]


def test_it_tells_when_what_was_known_before_is_no_longer(
    candles: pd.DataFrame, model: TrainedModel
) -> None:
    replay = ReplayState.over(candles, model)
    told: list[int] = []

    async def move() -> None:
        await replay.begin(candles.index[TRAINED + 10])
        replay.observe(lambda _: told.append(replay.now), "forgotten")
        await replay.step()
        await replay.jump(candles.index[TRAINED + 20])
        assert told == []

        await replay.step(-1)
        assert len(told) == 1
        await replay.jump(candles.index[TRAINED + 5])
        assert len(told) == 2

    asyncio.run(move())


def test_a_walk_that_was_cut_short_leaves_no_forecast_from_later_than_now(
    candles: pd.DataFrame, model: TrainedModel
) -> None:
    replay = ReplayState.over(candles, model)

    async def jump_while_it_walks() -> None:
        await replay.begin(candles.index[TRAINED + 1])
        walk = asyncio.create_task(replay.pass_time(20 * 3_600_000))
        while len(replay.record) < 4:
            await asyncio.sleep(0)
        await replay.jump(candles.index[TRAINED + 2])
        await walk

    asyncio.run(jump_while_it_walks())

    assert replay.played is not None
    origins = [pd.Timestamp(made.origin) for made in replay.played.forecasts]
    assert max(origins) + HOUR <= replay.clock.now()


def test_it_plays_by_the_clock_at_the_chosen_speed_and_stops_at_the_end(
    candles: pd.DataFrame, run: Run
) -> None:
    ticks = iter(range(10_000))
    replay = ReplayState(Choice(symbol="BTCUSDT"), Given(candles), lambda: next(ticks) / 2)
    passed: list[float] = []

    async def play() -> None:
        await replay.begin(candles.index[-1] + HOUR / 2)
        replay.observe(lambda change: passed.append(change.new - change.old), "updated")
        replay.speed = 1000
        replay.play()
        await settled()

    run(play())

    assert passed == [500_000.0] * 3 + [300_000.0]
    assert not replay.playing
    assert replay.clock.now() == candles.index[-1] + HOUR


def test_a_paused_market_stands_still_and_its_record_with_it(
    candles: pd.DataFrame, model: TrainedModel
) -> None:
    ticks = iter(range(10_000))
    replay = ReplayState(
        Choice(symbol="BTCUSDT"), Given(candles, model), lambda: float(next(ticks))
    )

    async def play_and_pause() -> None:
        await replay.begin()
        replay.observe(lambda _: replay.pause(), "series")
        replay.speed = 1000
        replay.play()
        await settled()

    asyncio.run(play_and_pause())

    assert not replay.playing
    assert replay.score.made == len(replay.record)
    assert replay.record.forecasts[-1].origin == candles.index[TRAINED]
    assert closed_at(replay) == candles.index[TRAINED] + HOUR


def test_the_strip_begins_steps_jumps_and_leaves(candles: pd.DataFrame, run: Run) -> None:
    replay = ReplayState.over(candles)
    bar = ReplayBar(replay)

    async def by_hand() -> None:
        press(bar, "begin")
        await settled()
        press(bar, "jump", candles.index[50].timestamp() * 1000)
        await settled()
        press(bar, "step", 1)
        await settled()
        press(bar, "hasten", 300)

    run(by_hand())
    assert (bar.active, bar.now, bar.speed) == (
        True, candles.index[51].timestamp() * 1000, 300
    )  # fmt: skip

    press(bar, "leave")
    assert (bar.active, replay.active, bar.time) == (False, False, "")


def test_the_strip_speaks_the_page_language(candles: pd.DataFrame) -> None:
    bar = ReplayBar(ReplayState.over(candles))

    language.code = "ru"

    assert bar.words["record"] == "Повтор, не записывается"


def test_a_replay_of_the_simulated_market_is_called_a_replay(
    candles: pd.DataFrame, run: Run
) -> None:
    replay = ReplayState.over(candles)
    run(replay.begin())
    assert replay.series is not None

    replay.series = Series(replay.series.candles, "simulated")

    said = chip_words(replay)
    assert (said["kind"], said["text"]) == ("replay", "Replay")
    assert said["title"].startswith("This market is simulated")


def test_candles_without_a_label_are_refused(candles: pd.DataFrame) -> None:
    bare = candles.copy()
    bare.attrs.clear()

    with pytest.raises(SpecError, match="carry no label"):
        ReplayState.over(bare)

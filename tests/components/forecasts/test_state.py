"""When a model is asked again, and what is shown while it cannot answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from mlwidgets.components.forecasts.grounds import Grounds, Reading
from mlwidgets.components.forecasts.state import ASK_AGAIN, ForecastState
from mlwidgets.components.market.series import Series
from mlwidgets.components.texts import language
from mlwidgets.components.trouble import trouble
from mlwidgets.errors import ExchangeUnavailable, ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.simulator import simulate_market

NOON = pd.Timestamp("2025-06-01 12:00", tz="UTC")
HOUR, MINUTE = pd.Timedelta(hours=1), pd.Timedelta(minutes=1)
Make = Callable[..., Forecast]
MakeMeta = Callable[..., ModelMeta]


class Folder:
    """One production model."""

    def __init__(self, meta: ModelMeta) -> None:
        self.meta = meta

    def get_meta(self, symbol: str, model_type: str, version: str | None = None) -> ModelMeta:
        if model_type != self.meta.model_type:
            raise ModelNotFound("none")
        return self.meta


class Maker:
    """Says what it is given, and remembers when it was asked."""

    def __init__(self, answer: Forecast | Exception) -> None:
        self.answer = answer
        self.asked: list[pd.Timestamp] = []

    def read(self, meta: ModelMeta, series: Series, now: pd.Timestamp) -> Reading:
        self.asked.append(now)
        if isinstance(self.answer, Exception):
            raise self.answer
        return Reading(self.answer, Grounds())


class Page:
    """A page whose times are set by hand."""

    def __init__(self, meta: ModelMeta, answer: Forecast | Exception) -> None:
        self.maker, self.seconds = Maker(answer), 0.0
        self.state = ForecastState(
            Folder(meta), self.maker, symbol=meta.symbol, clock=lambda: self.seconds
        )

    def look(self, series: Series, now: pd.Timestamp) -> int:
        """How often the model has been asked by then."""
        asyncio.run(self.state.look_ahead(series, now))
        return len(self.maker.asked)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    yield
    language.code, trouble.text = "en", ""


def candles(timeframe: str, symbol: str = "BTCUSDT") -> Series:
    frame = simulate_market(timeframe, periods=30, start="2025-05-01", symbol=symbol).candles
    return Series(frame, "exchange")


def test_a_model_of_shorter_candles_speaks_whenever_one_of_them_has_closed(
    a_forecast: Make, a_meta: MakeMeta
) -> None:
    page, days = Page(a_meta(), a_forecast(origin=NOON)), candles("1d")

    assert page.look(days, NOON + HOUR) == 1
    assert page.look(days, NOON + 2 * HOUR - MINUTE) == 1
    assert page.look(days, NOON + 2 * HOUR) == 2
    assert page.look(days, NOON) == 3  # a replay has gone back
    assert page.maker.asked == [NOON + HOUR, NOON + 2 * HOUR, NOON]


def test_a_model_of_longer_candles_is_not_asked_at_every_close_of_the_chart(
    a_forecast: Make, a_meta: MakeMeta
) -> None:
    page = Page(a_meta(), a_forecast(origin=NOON))

    assert page.look(candles("1m"), NOON + HOUR) == 1
    assert page.look(candles("1m"), NOON + HOUR + MINUTE) == 1


def test_a_candle_that_has_closed_and_is_not_there_yet_is_asked_for_now_and_then(
    a_forecast: Make, a_meta: MakeMeta
) -> None:
    page, days = Page(a_meta(), a_forecast(origin=NOON)), candles("1d")
    now = NOON + 2 * HOUR
    page.look(days, now)

    page.seconds += ASK_AGAIN - 1
    assert page.look(days, now) == 1
    page.seconds += 1
    page.maker.answer = a_forecast(origin=NOON + HOUR)
    assert page.look(days, now) == 2

    page.seconds += ASK_AGAIN
    assert page.look(days, now) == 2


def test_the_candles_of_the_chart_are_read_once(a_forecast: Make, a_meta: MakeMeta) -> None:
    page, hours = Page(a_meta(), a_forecast(origin=NOON - 100 * HOUR)), candles("1h")
    page.look(hours, NOON)

    page.seconds += ASK_AGAIN
    assert page.look(hours, NOON + HOUR) == 1
    assert page.look(candles("1h"), NOON + HOUR) == 2


@pytest.mark.parametrize("timeframe", ["1h", "1d"])
def test_what_could_not_be_read_is_said_and_read_again_later(
    timeframe: str, a_forecast: Make, a_meta: MakeMeta
) -> None:
    page, series = Page(a_meta(), ExchangeUnavailable("Nobody answers.")), candles(timeframe)

    assert page.look(series, NOON) == 1
    assert page.state.problem == "Nobody answers."
    assert page.look(series, NOON) == 1

    page.seconds += ASK_AGAIN
    page.maker.answer = a_forecast()
    assert page.look(series, NOON) == 2
    assert (page.state.forecast, page.state.problem) == (page.maker.answer, "")


def test_an_error_that_nobody_expected_takes_the_old_forecast_away(
    a_forecast: Make, a_meta: MakeMeta
) -> None:
    page = Page(a_meta(), a_forecast())
    page.look(candles("1h"), NOON)
    assert page.state.forecast is not None

    page.maker.answer = ZeroDivisionError("float division by zero")
    page.look(candles("1h"), NOON)

    assert page.state.forecast is None
    assert "float division by zero" in page.state.problem


def test_no_forecast_of_one_simulated_market_is_made_for_another(
    a_forecast: Make, a_meta: MakeMeta
) -> None:
    page = Page(a_meta(symbol="SIMUSDT"), a_forecast(symbol="SIMUSDT"))
    page.look(candles("1h", "SIMUSDT"), NOON)
    assert page.state.forecast is not None

    assert page.look(candles("4h", "SIMUSDT"), NOON) == 1
    assert page.state.forecast is None
    assert "Choose the timeframe 1h." in page.state.problem

    language.code = "ru"
    page.look(candles("4h", "SIMUSDT"), NOON)
    assert "Выберите таймфрейм 1h." in page.state.problem

    page.look(candles("1h", "SIMUSDT"), NOON)
    assert (page.state.forecast, page.state.problem) == (page.maker.answer, "")

"""The ML tab: numbers of a forecast that is trusted, reasons where it is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from mlwidgets.components.chart.forecast import ForecastOverlay
from mlwidgets.components.chart.price_chart import PriceChart
from mlwidgets.components.forecasts.grounds import Grounds, Reading
from mlwidgets.components.forecasts.panel import ForecastPanel
from mlwidgets.components.forecasts.sidebar import TradingSidebar
from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.market.series import Series
from mlwidgets.components.record.state import RecordState
from mlwidgets.components.texts import language
from mlwidgets.errors import ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.simulator import simulate_market
from mlwidgets.record.track_record import TrackRecord

NOW = pd.Timestamp("2025-06-01 12:20", tz="UTC")
SINCE = pd.Timestamp("2025-05-29 12:20", tz="UTC")
Make = Callable[..., Forecast]
MakeMeta = Callable[..., ModelMeta]


class Folder:
    """Production models by type."""

    def __init__(self, *metas: ModelMeta) -> None:
        self._metas = {meta.model_type: meta for meta in metas}

    def get_meta(self, symbol: str, model_type: str, version: str | None = None) -> ModelMeta:
        try:
            return self._metas[model_type]
        except KeyError:
            raise ModelNotFound("none") from None


class Said:
    """A maker of one forecast."""

    def __init__(self, forecast: Forecast) -> None:
        self.reading = Reading(forecast, Grounds(SINCE))

    def read(self, meta: ModelMeta, series: Series) -> Reading:
        return self.reading


class Records:
    """A record that is known."""

    def __init__(self, record: TrackRecord) -> None:
        self.record = record

    def read(self, symbol: str, model_type: str, series: Series | None) -> TrackRecord:
        return self.record

    def backtest(self, meta: ModelMeta) -> pd.DataFrame | None:
        return None


class Time:
    """The page's clock, to be set."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> pd.Timestamp:
        return self.at


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    language.code = "en"


@pytest.fixture
def state(a_forecast: Make, a_meta: MakeMeta) -> ForecastState:
    """A model that has said something of BTCUSDT."""
    forecast = a_forecast()
    state = ForecastState(Folder(a_meta()), Said(forecast), symbol="BTCUSDT")
    state.grounds, state.forecast = Grounds(SINCE), forecast
    return state


def test_a_trusted_forecast_is_said_with_all_that_belongs_to_it(state: ForecastState) -> None:
    overlay = ForecastOverlay()
    panel = ForecastPanel(state, overlay, now=Time().now)

    said = panel.forecast
    assert (said["price"], said["move"], said["way"]) == ("$102.00", "+2.00 %", "up")
    assert (said["lower"], said["upper"], said["coverage"]) == (
        "$95.00",
        "$108.00",
        "90 % of prices",
    )
    assert (said["confidence"], said["side"]) == ("56.0 %", "that the price ends higher")
    assert (said["regime_word"], said["regime_share"]) == ("Bull", "70 %")
    assert said["regime_since"].endswith("(3 d ago)")
    assert panel.model["version"] == "1.0.0"
    assert panel.model["trained_age"] == "2 d ago"
    assert panel.model["nudge"] == ""
    assert panel.doubts == []
    assert panel.worth == "How reliable it is has not been measured yet."
    assert overlay.trusted


def test_a_forecast_that_is_not_trusted_shows_reasons_and_no_confidence(
    state: ForecastState,
) -> None:
    overlay, clock = ForecastOverlay(), Time()
    panel = ForecastPanel(state, overlay, now=clock.now)

    clock.at = NOW + pd.Timedelta(hours=5)
    panel.say()

    assert not overlay.trusted
    assert (panel.forecast["confidence"], panel.forecast["direction"]) == ("–", "flat")
    assert panel.forecast["side"] == "the forecast is not trusted"
    [doubt] = panel.doubts
    assert doubt["grave"]
    assert doubt["text"].startswith("The last candle closed 5 h ago")


def test_the_page_counts_down_by_its_own_clock_but_in_a_replay(state: ForecastState) -> None:
    clock = Time()
    panel = ForecastPanel(state, ForecastOverlay(), now=clock.now)
    target = epoch_ms(pd.Timestamp("2025-06-01 16:00", tz="UTC"))
    assert (panel.now, panel.forecast["target_at"]) == (None, target)

    clock.at = NOW - pd.Timedelta(hours=2)
    panel.replay = True
    assert panel.now == epoch_ms(clock.at)

    panel.replay = False
    assert panel.now is None


def test_each_look_says_a_forecast_as_of_then(
    state: ForecastState, a_record: Callable[..., TrackRecord]
) -> None:
    records, clock = RecordState(state, Records(a_record())), Time()
    sidebar = TradingSidebar(state, records, ForecastOverlay(), now=clock.now)
    sidebar.replay = True
    asyncio.run(sidebar.look(None))
    assert sidebar.forecast.forecast["confidence"] == "56.0 %"

    clock.at = pd.Timestamp(state.forecast.target_time) + pd.Timedelta(hours=1)
    asyncio.run(sidebar.look(None))

    assert sidebar.forecast.forecast["confidence"] == "–"
    assert sidebar.forecast.now == epoch_ms(clock.at)


def test_a_model_older_than_a_week_is_a_reason_to_train_again(
    a_forecast: Make, a_meta: MakeMeta
) -> None:
    old = a_meta(trained_at=epoch_ms(NOW - pd.Timedelta(days=8)))
    panel = ForecastPanel(
        ForecastState(Folder(old), Said(a_forecast()), symbol="BTCUSDT"), ForecastOverlay(),
        now=Time().now,
    )  # fmt: skip

    assert panel.model["nudge"] == "Older than a week."


def test_a_model_is_trained_again_as_it_was_whatever_the_page_shows(
    a_forecast: Make, a_meta: MakeMeta, a_record: Callable[..., TrackRecord]
) -> None:
    meta = a_meta(timeframe="4h", horizon="12h")
    state = ForecastState(Folder(meta), Said(a_forecast()), symbol="BTCUSDT")
    sidebar = TradingSidebar(
        state, RecordState(state, Records(a_record())), ForecastOverlay(), now=Time().now
    )

    sidebar.query = "symbol=BTCUSDT&timeframe=1h&model=LSTM"

    as_it_was = "symbol=BTCUSDT&timeframe=4h&model=LSTM&horizon=12h"
    assert sidebar.forecast.model["query"] == sidebar.record.query == as_it_was
    assert sidebar.forecast.query == "symbol=BTCUSDT&timeframe=1h&model=LSTM"


def test_a_model_has_no_age_before_it_was_trained(state: ForecastState) -> None:
    clock = Time()
    clock.at = NOW - pd.Timedelta(days=3)

    panel = ForecastPanel(state, ForecastOverlay(), now=clock.now)

    assert panel.model["trained"]
    assert panel.model["trained_age"] == ""


def test_no_confidence_is_shown_before_the_record_is_known(
    state: ForecastState, a_record: Callable[..., TrackRecord]
) -> None:
    records = RecordState(state, Records(a_record()))
    panel = ForecastPanel(state, ForecastOverlay(), records, now=Time().now)
    assert (panel.forecast["confidence"], panel.forecast["side"]) == ("–", "checking the record")
    assert panel.worth == ""

    records.record = a_record()

    assert panel.forecast["confidence"] == "56.0 %"


def test_a_record_that_cannot_be_read_is_a_doubt_and_takes_the_confidence(
    state: ForecastState, a_record: Callable[..., TrackRecord]
) -> None:
    overlay = ForecastOverlay()
    records = RecordState(state, Records(a_record()))
    panel = ForecastPanel(state, overlay, records, now=Time().now)

    records.problem = "The database is out of reach."

    assert panel.doubts == [
        {
            "text": "Its recent quality cannot be checked: The database is out of reach.",
            "grave": False,
        }
    ]
    assert (panel.forecast["confidence"], panel.forecast["side"]) == (
        "–",
        "its record cannot be read",
    )
    assert overlay.trusted


def test_the_sidebar_puts_the_record_under_the_forecast_and_on_the_chart(
    state: ForecastState,
    a_record: Callable[..., TrackRecord],
    outcomes: Callable[..., pd.DataFrame],
) -> None:
    candles = simulate_market("1h", periods=50, start="2025-05-30").candles
    record = a_record(forecasts=outcomes(60, 100))
    records, overlay = RecordState(state, Records(record)), ForecastOverlay()
    PriceChart(candles, overlays=[overlay])
    sidebar = TradingSidebar(state, records, overlay, now=Time().now)
    records.record = record

    assert [tab["title"] for tab in sidebar.titles] == ["ML", "Record"]
    assert overlay.past is record.forecasts
    assert sidebar.forecast.dotted
    assert "60 % were right" in sidebar.forecast.worth


@pytest.mark.parametrize(("replay", "later"), [(False, "48h"), (True, "1ms")])
def test_a_record_from_after_the_pages_time_is_not_used(
    state: ForecastState,
    a_record: Callable[..., TrackRecord],
    outcomes: Callable[..., pd.DataFrame],
    replay: bool,
    later: str,
) -> None:
    record = a_record(forecasts=outcomes(60, 100))
    records, clock = RecordState(state, Records(record)), Time()
    records.record = record
    panel = ForecastPanel(state, ForecastOverlay(), records, now=clock.now)
    panel.replay = replay
    assert "60 % were right" in panel.worth

    clock.at = NOW - pd.Timedelta(later)
    panel.say()

    assert panel.worth == ""
    assert panel.forecast["side"] == "checking the record"


def test_everything_is_said_again_in_another_language(state: ForecastState) -> None:
    panel = ForecastPanel(state, ForecastOverlay(), now=Time().now)

    language.code = "ru"

    assert panel.forecast["regime_word"] == "Бычий"
    assert panel.words["price"] == "Прогноз цены"

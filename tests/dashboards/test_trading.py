"""The page /trading shows what candles there are, says where they are from, and the forecast."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlwidgets.dashboards.sources import Sources
from mlwidgets.dashboards.trading import TradingDashboard
from mlwidgets.errors import StorageError
from mlwidgets.market.dates import epoch_ms, from_epoch_ms
from mlwidgets.market.loopback import LoopbackExchange
from mlwidgets.market.store import CandleStore
from mlwidgets.registry import ModelRegistry
from mlwidgets.settings import get_settings

Beat = Callable[..., None]
Keep = Callable[..., None]
Save = Callable[[], str]

NOBODY = "http://127.0.0.1:9"
"""An address where no exchange answers."""


@pytest.fixture
def offline(home: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    """A home whose exchange must not be asked."""
    monkeypatch.setenv("MLWIDGETS_OFFLINE", "1")
    return Sources(get_settings())


def press(widget: Any, event: str, data: Any) -> None:
    """Send what a page sends."""
    widget._handle_event(widget, {"event": event, "data": data}, [])


def test_stored_candles_are_there_before_anybody_is_asked(
    sources: Sources, keep_candles: Keep, candles: pd.DataFrame
) -> None:
    keep_candles()

    page = TradingDashboard(sources=sources)

    assert len(page.chart.state.history) == len(candles)
    assert page.market["text"] == "Binance: connecting"
    assert page.notices == []


def test_an_exchange_out_of_reach_leaves_the_stored_candles_and_their_age(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    keep_candles: Keep,
    candles: pd.DataFrame,
    beat: Beat,
) -> None:
    monkeypatch.setenv("MLWIDGETS_EXCHANGE_URL", NOBODY)
    keep_candles(candles[:-72])
    page = TradingDashboard()

    beat(page)

    assert page.market["kind"] == "unreachable"
    [notice] = page.notices
    assert "cannot be reached" in notice["text"]
    assert "3 d ago" in notice["text"]
    assert len(page.chart.state.history) == len(candles) - 72


def test_where_there_is_nothing_the_market_is_simulated_and_says_so(
    offline: Sources, save: Save, beat: Beat
) -> None:
    save()
    page = TradingDashboard(sources=offline)

    beat(page)

    assert page.chart.state.symbol == "SIMUSDT"
    assert page.market["text"] == "Simulated market"
    assert "simulated market" in page.notices[0]["text"]
    assert page.panel.forecast == {}
    assert page.panel.problem == "There are no candles of BTCUSDT to forecast from."


def test_the_exchange_brings_what_the_store_lacks_and_the_view_stays(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    keep_candles: Keep,
    candles: pd.DataFrame,
    beat: Beat,
) -> None:
    keep_candles(candles[:-10])
    with LoopbackExchange({("BTCUSDT", "1h"): candles}) as exchange:
        monkeypatch.setenv("MLWIDGETS_EXCHANGE_URL", exchange.url)
        page = TradingDashboard()
        state = page.chart.state
        state.show(state.start - 300 * state.base, state.end - 300 * state.base)
        view = (state.start, state.end)

        beat(page)

    assert (page.market["kind"], page.notices) == ("exchange", [])
    assert len(state.history) >= len(candles)
    assert (state.start, state.end) == view


def test_a_symbol_that_the_exchange_does_not_list_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, candles: pd.DataFrame, beat: Beat
) -> None:
    with LoopbackExchange({("BTCUSDT", "1h"): candles}) as exchange:
        monkeypatch.setenv("MLWIDGETS_EXCHANGE_URL", exchange.url)
        page = TradingDashboard(symbol="BTCUSDC")

        beat(page)

    assert page.market["kind"] == "exchange"
    assert "BTCUSDC" in page.notices[0]["text"]
    assert len(page.chart.state.history) == 0


def test_models_that_cannot_be_listed_leave_the_market_and_the_forecast(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    keep_candles: Keep,
    candles: pd.DataFrame,
    save: Save,
) -> None:
    def refuse(_: ModelRegistry) -> str:
        raise StorageError("The models folder cannot be listed.")

    keep_candles(candles[:-10])
    save()
    with LoopbackExchange({("BTCUSDT", "1h"): candles}) as exchange:
        monkeypatch.setenv("MLWIDGETS_EXCHANGE_URL", exchange.url)
        page = TradingDashboard()
        monkeypatch.setattr(ModelRegistry, "fingerprint", refuse)

        with pytest.raises(StorageError):  # which a page says, see `Attention`
            asyncio.run(page.beat())

    assert page.market["kind"] == "exchange"
    assert len(page.chart.state.history) >= len(candles)
    assert page.overlay.forecast is not None


def test_what_trades_can_be_chosen_once_the_exchange_has_said_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, keep_candles: Keep, candles: pd.DataFrame
) -> None:
    async def look() -> None:
        await page.beat()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)

    keep_candles()
    markets = {("BTCUSDT", "1h"): candles, ("XRPUSDT", "1h"): candles}
    with LoopbackExchange(markets) as exchange:
        monkeypatch.setenv("MLWIDGETS_EXCHANGE_URL", exchange.url)
        page = TradingDashboard()
        assert page.symbols == ["BTCUSDT"]

        asyncio.run(look())

    assert page.symbols == ["BTCUSDT", "XRPUSDT"]
    assert page.market["kind"] == "exchange"


def test_a_replay_of_days_forecasts_from_the_hours_that_had_closed_by_then(
    offline: Sources, home: Path, keep_candles: Keep, candles: pd.DataFrame, save: Save
) -> None:
    columns = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    days = candles.resample("1D").agg(columns).iloc[1:-1]
    CandleStore(home / "data" / "candles").write("binance", "BTCUSDT", "1d", days)
    keep_candles()
    save()
    page = TradingDashboard(timeframe="1d", sources=offline)
    now = days.index[-1] + pd.Timedelta(hours=18, minutes=30)

    async def look_back() -> None:
        await page.replay.begin(now)
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
        await page.beat()

    asyncio.run(look_back())

    assert page.chart.state.last_time == days.index[-2].timestamp() * 1000
    assert page.forecasts.forecast is not None
    assert page.forecasts.forecast.origin == days.index[-1] + pd.Timedelta(hours=17)


def test_the_production_model_speaks_on_the_chart_and_beside_it(
    offline: Sources, keep_candles: Keep, candles: pd.DataFrame, save: Save, beat: Beat
) -> None:
    keep_candles(candles[-400:])  # none of its training: no regime can be called unknown to it
    version = save()
    page = TradingDashboard(sources=offline)

    beat(page)

    said = page.panel.forecast
    assert page.overlay.forecast is page.forecasts.forecast
    assert page.forecasts.forecast is not None
    assert page.forecasts.forecast.origin == candles.index[-1]
    assert page.overlay.line.visible
    assert said["price"].startswith("$")
    assert said["confidence"].endswith(" %") is said["trusted"]
    assert said["coverage"] == "90 % of prices"
    assert page.panel.model["version"] == version
    assert page.facts == ["1h ahead, 1h candles"]


def test_a_model_that_another_process_saves_is_picked_up(
    offline: Sources, keep_candles: Keep, save: Save, beat: Beat
) -> None:
    keep_candles()
    page = TradingDashboard(sources=offline)
    beat(page)
    assert page.panel.words["empty"] == "No LSTM model of BTCUSDT yet."
    assert page.overlay.forecast is None

    versions = [save(), save()]
    beat(page)

    assert page.panel.model["version"] == versions[1]
    assert page.overlay.forecast is not None
    assert page.overlay.forecast.model_version == versions[1]


def test_a_model_that_is_archived_takes_its_forecast_along(
    offline: Sources, keep_candles: Keep, save: Save, home: Path, beat: Beat
) -> None:
    keep_candles()
    save()
    page = TradingDashboard(sources=offline)
    beat(page)

    ModelRegistry(home / "models").archive("BTCUSDT", "LSTM")
    beat(page)

    assert page.panel.model == page.panel.forecast == {}
    assert not page.overlay.line.visible


def test_a_forecast_from_old_candles_claims_no_confidence(
    offline: Sources, keep_candles: Keep, candles: pd.DataFrame, save: Save, beat: Beat
) -> None:
    keep_candles(candles[:-24])
    save()
    page = TradingDashboard(sources=offline)

    beat(page)

    assert "1 d ago" in page.panel.doubts[0]["text"]
    assert page.panel.forecast["confidence"] == "–"
    assert page.panel.forecast["target_at"] < epoch_ms(page.shown.clock.now())


def test_a_forecast_that_passed_out_of_sight_claims_no_confidence_when_it_comes_back(
    offline: Sources, keep_candles: Keep, candles: pd.DataFrame, save: Save, beat: Beat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    keep_candles(candles[-400:])
    save()
    page = TradingDashboard(sources=offline)
    beat(page)
    passed = page.panel.forecast["target_at"]
    monkeypatch.setattr(page.panel, "_now", lambda: from_epoch_ms(passed + 10_000))

    async def come_back() -> None:
        press(page, "look", {"view": "a", "visible": True})
        page.close()

    asyncio.run(come_back())

    assert page.panel.forecast["confidence"] == "–"
    assert page.panel.doubts[0]["text"].startswith("The target time has passed")


def test_candles_older_than_the_model_give_a_reason_and_no_number(
    offline: Sources, keep_candles: Keep, candles: pd.DataFrame, save: Save, beat: Beat
) -> None:
    keep_candles(candles[:-900])
    save()
    page = TradingDashboard(sources=offline)

    beat(page)

    assert "before the model's training data" in page.panel.problem
    assert page.panel.forecast == {}


def test_show_ml_on_chart_hides_and_shows_the_overlay(
    offline: Sources, keep_candles: Keep, save: Save, beat: Beat
) -> None:
    keep_candles()
    save()
    page = TradingDashboard(sources=offline)
    beat(page)

    page.panel.set_state({"shown": False})
    assert not page.overlay.line.visible
    assert not page.overlay.cone.visible

    page.panel.set_state({"shown": True})
    assert page.overlay.line.visible


def test_only_model_types_that_exist_can_be_chosen(
    offline: Sources, keep_candles: Keep, save: Save
) -> None:
    keep_candles()
    save()
    page = TradingDashboard(sources=offline)

    press(page.panel, "choose", "HYBRID")

    assert page.forecasts.model_type == "LSTM"
    assert [kind["exists"] for kind in page.panel.types] == [True, False]
    assert page.panel.types[1]["title"] == "There is no HYBRID model of this symbol yet"


def test_a_link_to_the_other_page_carries_the_choice(sources: Sources) -> None:
    page = TradingDashboard(symbol="ETHUSDT", timeframe="4h", model_type="HYBRID", sources=sources)

    press(page, "choose", {"timeframe": "1d"})

    assert page.query == page.panel.query == "symbol=ETHUSDT&timeframe=1d&model=HYBRID"
    assert page.chart.state.timeframe == "1d"


def test_times_are_said_in_the_zone_of_the_browser(
    offline: Sources, keep_candles: Keep, candles: pd.DataFrame
) -> None:
    keep_candles()
    page = TradingDashboard(sources=offline)
    closed = (candles.index[-1] + pd.Timedelta(hours=1)).tz_convert("Asia/Tokyo")

    press(page, "locate", "Asia/Tokyo")

    assert f"closed {closed:%Y-%m-%d %H:%M} JST" in page.market["title"]
    assert page.broken == ""


def test_the_simulated_market_can_be_chosen(offline: Sources, beat: Beat) -> None:
    page = TradingDashboard(symbol="SIMUSDT", timeframe="4h", sources=offline)

    beat(page)

    assert page.chart.state.last_time > pd.Timestamp.now("UTC").timestamp() * 1000 - 2 * (
        page.chart.state.base
    )
    assert page.notices[0]["text"].startswith("This market is simulated")

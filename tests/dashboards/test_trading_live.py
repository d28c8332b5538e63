"""The trading page on a live market: `mlwidgets serve`, a browser, an exchange, two models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pages import visiting
from serving import serving
from waiting import wait_until

from mlwidgets.evaluation.backtest import backtest
from mlwidgets.forecast.artifact import ModelArtifact
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.loopback import LoopbackExchange, ServerError
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore
from mlwidgets.registry import ModelRegistry

SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT")
MINUTE = pd.Timedelta(minutes=1)
PAST, FUTURE = 15_000, 3000
CONFIG = ModelConfig(hidden_size=2, sequence_length=6, epochs=1)
TIMES = """() => [...document.querySelectorAll('.mlw-chart .axis .tick')]
    .filter(tick => /^\\d\\d:\\d\\d$/.test(tick.textContent))
    .map(tick => tick.textContent + tick.getAttribute('transform')).join()"""
DASHED = """() => [...document.querySelectorAll('.mlw-chart .svg-figure path.line')]
    .filter(line => !line.closest('[style*="display: none"]'))
    .map(line => getComputedStyle(line))
    .filter(style => style.strokeDasharray === '5px, 4px')
    .map(style => style.stroke)"""
UP, DOWN = "rgb(8, 153, 129)", "rgb(242, 54, 69)"


@pytest.fixture(scope="module")
def markets() -> dict[tuple[str, str], pd.DataFrame]:
    """Candles of a minute around now, the same ones whenever it is; the last are still to come."""
    start = pd.Timestamp.now("UTC").floor("min") - PAST * MINUTE
    found = {}
    for seed, symbol in enumerate(SYMBOLS):
        frame = simulate_market("1m", periods=PAST + FUTURE, seed=seed).candles
        frame.index = (frame.index + (start - frame.index[0])).as_unit("ms")
        frame.attrs.clear()
        found[symbol, "1m"] = frame
    return found


@pytest.fixture(scope="module")
def exchange(markets: dict[tuple[str, str], pd.DataFrame]) -> Iterator[LoopbackExchange]:
    """An exchange where a minute takes three seconds."""
    with LoopbackExchange(markets, now=pd.Timestamp.now("UTC"), speed=20) as running:
        yield running


def leaning(model: Any, by: float, age: pd.Timedelta) -> ModelArtifact:
    """The model made to say the same each time: so many standard deviations up or down."""
    artifact = model.to_artifact()
    tensors = dict(artifact.tensors)
    for name, value in (("network.output.weight", 0.0), ("network.output.bias", by)):
        tensors[name] = np.full_like(tensors[name], value)
    trained_at = int((pd.Timestamp.now("UTC") - age).timestamp() * 1000)
    return ModelArtifact(artifact.meta.replace(trained_at=trained_at), tensors)


@pytest.fixture(scope="module")
def page(
    tmp_path_factory: pytest.TempPathFactory,
    markets: dict[tuple[str, str], pd.DataFrame],
    exchange: LoopbackExchange,
) -> Iterator[Any]:
    """The page of a market whose model sees it rise; that of another sees it fall."""
    home, made = tmp_path_factory.mktemp("live"), {}
    for symbol, by, days in (("BTCUSDT", 2.0, 0), ("ETHUSDT", -2.0, 0), ("SOLUSDT", 2.0, 120)):
        spec = ModelSpec(
            symbol=symbol, model_type="LSTM", timeframe="1m", horizon="5m", config=CONFIG
        )
        past = markets[symbol, "1m"][: PAST - 60]
        model = backtest(spec, past, start=past.index[-1000]).model
        made[symbol] = leaning(model, by, pd.Timedelta(days=days))
        ModelRegistry(home / "models").save(made[symbol])
    with (
        serving(home, warm_kernels=0, offline=0, exchange_url=exchange.url) as server,
        visiting(server) as site,
    ):
        page = site.open("trading?symbol=BTCUSDT&timeframe=1m&model=LSTM")
        page.store = CandleStore(home / "data" / "candles")
        page.registry, page.made = ModelRegistry(home / "models"), made
        yield page


def choose(page: Any, symbol: str) -> None:
    field = page.locator(".mlw-page__symbol input")
    field.click()
    page.keyboard.press("Control+A")
    page.keyboard.type(symbol, delay=20)
    page.keyboard.press("Enter")
    page.locator(".v-overlay--active").wait_for(state="detached")
    page.locator(".mlw-chart__name").get_by_text(symbol).wait_for()


def chip(page: Any, words: str | re.Pattern[str]) -> None:
    """Wait until the chip says this."""
    page.locator(".mlw-chip").filter(has_text=words).wait_for()


def has_line(page: Any, colour: str) -> None:
    page.wait_for_function(f"colour => ({DASHED})().join() === colour", arg=colour)


def test_ticks_move_the_price_and_closed_candles_the_chart(page: Any) -> None:
    chip(page, "Binance: live")
    chip(page, "s ago")
    tag = page.locator(".mlw-chart__price .mlw-chart__tag")
    price, times = tag.inner_text(), page.evaluate(TIMES)

    page.wait_for_function(
        "was => document.querySelector('.mlw-chart__price span').innerText !== was", arg=price
    )
    page.wait_for_function(f"was => ({TIMES})() !== was", arg=times)  # the view follows


def test_the_forecast_is_a_dashed_line_that_can_be_hidden(page: Any) -> None:
    label = page.locator(".mlw-chart .svg-figure text.label")
    label.filter(has_text="ML: $").wait_for()
    has_line(page, UP)

    page.get_by_label("Show ML on Chart").uncheck(force=True)
    label.filter(has_text="ML: $").wait_for(state="hidden")
    has_line(page, "")
    page.get_by_label("Show ML on Chart").check(force=True)
    has_line(page, UP)


def test_another_symbol_comes_without_a_reload_with_its_own_forecast(page: Any) -> None:
    page.evaluate("window.stayed = true")

    choose(page, "ETHUSDT")

    has_line(page, DOWN)
    chip(page, "Binance: live")
    assert page.evaluate("window.stayed")
    page.wait_for_function("location.search.includes('symbol=ETHUSDT')")


def test_a_lost_connection_is_said_and_made_good(
    page: Any, exchange: LoopbackExchange, markets: dict[tuple[str, str], pd.DataFrame]
) -> None:
    exchange.misbehave(ServerError(), times=2, on="stream")
    exchange.drop_streams()
    chip(page, re.compile("Binance: reconnecting.*attempt", re.DOTALL))
    chip(page, "Binance: live")

    for endpoint in ("stream", "time", "klines"):
        exchange.misbehave(ServerError(), times=1000, on=endpoint)
    exchange.drop_streams()
    chip(page, re.compile("Binance: unreachable.*attempt", re.DOTALL))
    page.locator(".mlw-page__notice").get_by_text("cannot be reached").wait_for()
    missed = exchange.clock.now() + 2 * MINUTE
    wait_until(lambda: exchange.clock.now() > missed)
    exchange.behave()
    chip(page, "Binance: live")

    def stored() -> pd.DataFrame:
        return page.store.read("binance", "ETHUSDT", "1m")

    wait_until(lambda: stored().index[-1] > missed)
    kept = stored()
    truth = markets["ETHUSDT", "1m"][kept.index[0] : kept.index[-1]]
    pd.testing.assert_frame_equal(kept, truth, check_exact=True, check_freq=False)


def test_a_replay_plays_what_was_and_is_no_part_of_the_live_record(page: Any) -> None:
    page.get_by_role("button", name="Replay", exact=True).click()
    page.get_by_text("Replay: the market as it was.").wait_for()
    chip(page, re.compile("replay", re.IGNORECASE))
    has_line(page, DOWN)
    strip = page.locator(".mlw-replay")
    before = strip.locator(".mlw-replay__time").inner_text()

    strip.get_by_role("button", name="300×").click()
    strip.get_by_role("button", name="Play").click()
    strip.get_by_text(re.compile(r"\d+ made, [1-9]\d* scored")).wait_for()
    strip.get_by_role("button", name="Pause").click()
    assert strip.locator(".mlw-replay__time").inner_text() > before
    page.get_by_role("tab", name="Record").click()
    record = page.locator(".mlw-record")
    record.get_by_text("Replay, not recorded").wait_for()
    record.get_by_text("Forecasts scored").wait_for()
    page.locator(".mlw-chart .svg-figure path.dot").first.wait_for(state="attached")

    strip.get_by_role("button", name="Back to live").click()
    chip(page, "Binance: live")
    record.get_by_text("Replay, not recorded").wait_for(state="detached")
    page.get_by_role("tab", name="ML").click()
    has_line(page, DOWN)


def test_a_symbol_without_a_model_leads_to_its_training_and_shows_it_once_it_is_saved(
    page: Any,
) -> None:
    choose(page, "XRPUSDT")

    page.get_by_text("No LSTM model of XRPUSDT yet.").wait_for()
    page.locator(".mlw-panel a[href*='ml?symbol=XRPUSDT']").first.wait_for()
    has_line(page, "")

    made = page.made["BTCUSDT"]  # saved from this process, which is not the page's
    page.registry.save(ModelArtifact(made.meta.replace(symbol="XRPUSDT"), made.tensors))
    page.locator(".mlw-chart text.label").filter(has_text="ML:").wait_for()
    page.locator(".mlw-panel").get_by_text("1.0.0").wait_for()


def test_a_model_of_long_ago_is_said_to_be_old(page: Any) -> None:
    choose(page, "SOLUSDT")

    page.locator(".mlw-panel").get_by_text("The model was trained 4 mo ago").wait_for()
    page.locator(".mlw-chart text.label").filter(has_text="ML: not trusted").wait_for()

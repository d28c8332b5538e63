"""From a candle that closes to the forecast on the chart, on the page /trading in Chromium.

A loopback exchange streams candles over Binance's websocket protocol, a minute in three seconds;
the page has a history of 15,000. From the moment the kernel has read a closed candle until the new
forecast is on the screen (store, chart, forecast, regime, overlay, message, drawing), and from the
moment the forecast is made on, which is what the budget is for.

Run: python benchmarks/forecast_overlay.py [candles]
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

import pandas as pd
from parts.browser import chromium, leave, voila

import mlwidgets as mw
from mlwidgets.market.loopback import LoopbackExchange

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 40
BUDGET = 60.0
MINUTE = pd.Timedelta(minutes=1)
PAST, FUTURE = 15_000, 5000
CELL = Path(__file__).parent / "parts" / "trading_page.py"
LABEL = ".mlw-chart .svg-figure text.label"
WATCH = """selector => {
    window.painted = [];
    const words = () => document.querySelector(selector)?.textContent;
    let before = words();
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.painted.push(Date.now());
    new MutationObserver(() => {
        if (words() === before) return;
        before = words();
        requestAnimationFrame(() => channel.port2.postMessage(0));
    }).observe(document.querySelector('.mlw-chart .svg-figure'),
        {subtree: true, childList: true, characterData: true});
}"""


def main() -> None:
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores", flush=True)
    start = pd.Timestamp.now("UTC").floor("min") - PAST * MINUTE
    candles = mw.simulate_market("1m", periods=PAST + FUTURE, seed=0, start=start).candles
    candles.attrs.clear()
    spec = mw.ModelSpec(symbol="BTCUSDT", model_type="LSTM", timeframe="1m", horizon="5m")
    model = mw.train_model(spec, candles[: PAST - 1500])
    markets, now = {("BTCUSDT", "1m"): candles}, pd.Timestamp.now("UTC")
    with (
        tempfile.TemporaryDirectory() as home,
        LoopbackExchange(markets, now=now, speed=20) as exchange,
        chromium() as browser,
    ):
        os.environ |= {"MLWIDGETS_HOME": home, "MLWIDGETS_EXCHANGE_URL": exchange.url}
        mw.ModelRegistry(Path(home, "models")).save(model)
        with voila(CELL) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(address)
            page.locator(LABEL).filter(has_text="ML: $").wait_for(timeout=120_000)
            page.locator(".mlw-chip").filter(has_text="live").wait_for(timeout=120_000)
            page.wait_for_timeout(10_000)
            page.evaluate(WATCH, LABEL)
            page.wait_for_timeout(COUNT * 3000)
            page.locator(".say").click()
            page.locator(".said").filter(has_text="closed").wait_for()
            noted = json.loads(page.locator(".said").inner_text())
            painted: list[float] = page.evaluate("() => window.painted")
            leave(page)
    tell("a candle has closed", noted["closed"], painted)
    tell("its forecast is made", noted["made"], painted, BUDGET)


def tell(since: str, moments: list[float], painted: list[float], budget: float = 0.0) -> None:
    """How long after some moments the next picture was there."""
    inside = [moment for moment in moments if painted[0] - 1000 < moment < painted[-1]]
    later = [min(at for at in painted if at >= moment) - moment for moment in inside]
    times = [each for each in later if each < 1000]  # a price that is the same shows nothing new
    said = f"median {median(times):4.0f} ms, p95 {quantiles(times, n=20)[-1]:4.0f} ms"
    verdict = f": {'kept' if median(times) <= budget else 'missed'}" if budget else ""
    print(f"on the screen since {since:24}{said}, {len(times)} times{verdict}")


if __name__ == "__main__":
    main()

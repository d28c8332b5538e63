"""The price chart with 100,000 candles behind it, in Chromium without a graphics card.

Measures, against bqplot's own candles and against TradingView's lightweight-charts (from npm): the
first draw from a click on, frames while the mouse drags and while the wheel zooms, near (90
candles) and over the whole history; a change of the candles' length; a live tick from the kernel
to the screen, and its bytes; the browser's memory. lightweight-charts has its candles in the page
already, and its ticks come from the page itself.

Run: python benchmarks/chart.py [candles that bqplot draws]   (bqplot needs minutes for 100,000)
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from parts.browser import chromium, leave, voila

import mlwidgets as mw

PARTS = Path(__file__).parent / "parts"
PEER = "lightweight-charts@5.2.1"
PLAIN = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
SECONDS = 3.0
VIEWPORT = {"width": 1440, "height": 760}

# From a click until nothing in the chart has changed for a second: when the last change was on
# the screen. A canvas changes nothing in the page: there the second frame from the click on.
FIRST_DRAW = """async ([selector, canvas]) => {
    const frame = () => new Promise(next => requestAnimationFrame(() => setTimeout(next)));
    const began = performance.now();
    let drawn = 0, changed = false;
    const look = new MutationObserver(() => { changed = true; });
    look.observe(document.body, {subtree: true, childList: true, attributes: true});
    document.querySelector('.make').click();
    if (canvas) {
        await frame(); await frame();
        return performance.now() - began;
    }
    while (!drawn || performance.now() - drawn < 1000) {
        await frame();
        if (changed && document.querySelector(selector)) drawn = performance.now();
        changed = false;
    }
    return drawn - began;
}"""
WATCH_FRAMES = """() => {
    window.frames_ = [];
    let last = performance.now();
    window.watching = true;
    const frame = () => {
        const now = performance.now();
        window.frames_.push(now - last);
        last = now;
        if (window.watching) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
}"""
STOP_FRAMES = "() => { window.watching = false; return window.frames_.slice(2); }"
# A turn of the wheel until candles of another length are on the screen.
LEVEL_CHANGE = """async (turn) => {
    const chart = document.querySelector('.mlw-chart');
    const plot = chart.querySelector('.mlw-chart__plot'), place = plot.getBoundingClientRect();
    const level = () => chart.querySelector('.mlw-chart__level')?.textContent ?? '';
    const before = level();
    for (let turns = 0; turns < 40; turns++) {
        const began = performance.now();
        let drawn = false;
        const look = new MutationObserver(() => { drawn = true; });
        plot.dispatchEvent(new WheelEvent('wheel', {deltaY: turn, bubbles: true, cancelable: true,
            clientX: place.x + 900, clientY: place.y + 200}));
        await new Promise(next => setTimeout(next));
        look.observe(chart.querySelector('.svg-figure'),
            {subtree: true, attributes: true, attributeFilter: ['d']});
        while (performance.now() - began < 600) {
            await new Promise(next => requestAnimationFrame(() => setTimeout(next)));
            if (level() !== before && drawn) return performance.now() - began;
        }
    }
    return null;
}"""
WATCH_TICKS = """selector => {
    window.painted = [];
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.painted.push(Date.now());
    let asked = false;
    new MutationObserver(() => {
        if (asked) return;
        asked = true;
        requestAnimationFrame(() => { asked = false; channel.port2.postMessage(0); });
    }).observe(document.querySelector(selector),
        {subtree: true, attributes: true, childList: true, characterData: true});
}"""
HEAP = "() => { gc(); gc(); return performance.memory.usedJSHeapSize / 1e6; }"


def tell(what: str, milliseconds: list[float], budget: str = "") -> None:
    p95 = quantiles(milliseconds, n=20)[-1] if len(milliseconds) > 1 else milliseconds[0]
    said = f"median {median(milliseconds):7.1f} ms, p95 {p95:7.1f} ms, {len(milliseconds)} times"
    print(f"  {what:32}{said}{f'   (budget {budget})' if budget else ''}", flush=True)


def frames(page: Any, act: Callable[[float], None]) -> list[float]:
    page.wait_for_timeout(800)
    page.evaluate(WATCH_FRAMES)
    began = time.monotonic()
    while (at := time.monotonic() - began) < SECONDS:
        act(at)
        time.sleep(0.012)
    found: list[float] = page.evaluate(STOP_FRAMES)
    return found


def move(page: Any, plot: str, what: str, *, budget: str = "") -> None:
    box = page.locator(plot).first.bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    drag = frames(page, lambda at: page.mouse.move(x + 100 * at, y))
    page.mouse.up()
    tell(f"drag, {what}", drag, budget)
    zoom = frames(page, lambda at: page.mouse.wheel(0, -20 if at < SECONDS / 2 else 20))
    tell(f"wheel, {what}", zoom)


def measure(page: Any, chart: str, *, rounds: int = 5, own: bool = False) -> None:
    canvas = chart.endswith("canvas")
    before = page.evaluate(HEAP)
    first = [page.evaluate(FIRST_DRAW, [chart, canvas]) for _ in range(rounds)]
    tell("first draw", first, "300" if own else "")
    page.wait_for_timeout(1000)
    print(f"  {'memory of the page':32}{page.evaluate(HEAP) - before:.1f} MB more", flush=True)
    page.locator(".near").click()
    move(page, chart, "90 candles", budget="17 and 36" if own else "")
    if own:
        page.wait_for_timeout(1000)
        times = [page.evaluate(LEVEL_CHANGE, 240) for _ in range(8)]
        tell("another length of candles", [each for each in times if each], "150")
    page.locator(".whole").click()
    page.wait_for_timeout(1500)
    move(page, chart, "the whole history", budget="17 and 36" if own else "")
    page.wait_for_timeout(1000)
    page.locator(".near").click()
    page.wait_for_timeout(1500)


def measure_ticks(page: Any, chart: str, received: list[int], budget: str = "") -> None:
    received.clear()
    page.evaluate(WATCH_TICKS, chart)
    page.locator(".live").click()
    page.wait_for_function("() => document.querySelector('.sent').textContent.trim()")
    sent = [float(each) for each in page.locator(".sent").inner_text().split()]
    painted: list[float] = page.evaluate("() => window.painted")
    later = [[at for at in painted if at >= moment] for moment in sent]
    tell(
        "tick, kernel to screen",
        [at[0] - was for was, at in zip(sent, later, strict=True) if at],
        budget,
    )
    said = f"median {median(received):,.0f}, in all {sum(received):,} for {len(sent)} ticks"
    print(f"  {'bytes a message':32}{said}", flush=True)


@contextmanager
def visit(browser: Any, cell: Path, ready: str = ".make") -> Iterator[tuple[Any, list[int]]]:
    received: list[int] = []
    with voila(cell) as address:
        page = browser.new_page(viewport=VIEWPORT)
        page.set_default_timeout(300_000)
        page.on("websocket", lambda socket: socket.on(
            "framereceived", lambda frame: received.append(len(frame))))  # fmt: skip
        page.goto(address)
        page.locator(ready).wait_for()
        page.wait_for_timeout(2000)
        yield page, received
        leave(page)


@contextmanager
def peer_pages() -> Iterator[str]:
    """A folder with the peer's page, its library and its candles, served; its address."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PEER], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        [package] = Path(folder).glob("*.tgz")
        with tarfile.open(package) as archive:
            inside = "package/dist/lightweight-charts.standalone.production.js"
            script = archive.extractfile(inside)
            assert script is not None
            Path(folder, "lightweight-charts.js").write_bytes(script.read())
        shutil.copy(PARTS / "chart_peer.html", Path(folder, "index.html"))
        candles = mw.simulate_market("1h", periods=100_000, seed=1).candles
        seconds = (candles.index.as_unit("ms").asi8 // 1000).tolist()
        values = candles[["open", "high", "low", "close", "volume"]].to_numpy().tolist()
        rows = [[at, *row] for at, row in zip(seconds, values, strict=True)]
        Path(folder, "candles.json").write_text(json.dumps(rows))
        handler = functools.partial(_Quiet, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def measure_peer(browser: Any) -> None:
    with peer_pages() as address:
        page = browser.new_page(viewport=VIEWPORT)
        page.goto(address)
        page.evaluate("() => window.ready")
        page.wait_for_timeout(1000)
        measure(page, ".place canvas")
        page.locator(".live").click()
        page.wait_for_function("() => window.ticked", timeout=60_000)
        tell("tick, in the page", page.evaluate("() => window.latencies"))
        page.close()


def main() -> None:
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores", flush=True)
    os.environ["CANDLES"] = str(PLAIN)
    with chromium("--js-flags=--expose-gc", "--enable-precise-memory-info") as browser:
        print("mlwidgets, 100,000 candles")
        with visit(browser, PARTS / "chart_own.py") as (page, received):
            measure(page, ".mlw-chart__plot", own=True)
            measure_ticks(page, ".mlw-chart__plot .svg-figure", received, "60")
        print("lightweight-charts, 100,000 candles")
        measure_peer(browser)
        print(f"bqplot, drawn plainly, {PLAIN:,} candles")
        with visit(browser, PARTS / "chart_bqplot.py") as (page, received):
            measure(page, ".bqplot .svg-figure", rounds=2)
            measure_ticks(page, ".bqplot .svg-figure", received)


if __name__ == "__main__":
    main()

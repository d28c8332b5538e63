"""From a click to the kernel's answer on the page, while a search runs and while nothing does.

On the page /ml of `mlwidgets serve` in Chromium: another tab is opened, a field's new value is
checked, the trials are sorted. Each waits for what only the kernel can have put there. Prints the
median and the 95th percentile in milliseconds; the budget is 100 ms.

Run: python benchmarks/click_latency.py [clicks of each kind]
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from typing import Any

from parts.browser import chromium

from mlwidgets.cluster import stop_cluster

CLICKS = int(sys.argv[1]) if len(sys.argv) > 1 else 40
BUDGET = 100.0
PAUSE = 150
"""Milliseconds between two clicks: those of a hurried person."""

# It clicks and waits in the page itself: the way from here to the page would count otherwise.
MEASURE = """async ([act, argument]) => {
    const one = (selector) => document.querySelector(selector);
    const acts = {
        tab: () => {
            one(`[role=tab][id$=${argument}]`).click();
            return () => location.search.includes('tab=compare') === (argument === 'compare');
        },
        type: () => {
            const field = one('.mlw-backtest input[name=hidden_size]');
            field.value = argument;
            field.dispatchEvent(new Event('input'));
            return () => field.getAttribute('aria-invalid') === String(argument === '0');
        },
        sort: () => {
            const head = one('.mlw-trials th'), before = head.getAttribute('aria-sort');
            head.querySelector('button').click();
            return () => head.getAttribute('aria-sort') !== before;
        },
    };
    const started = performance.now(), answered = acts[act]();
    while (!answered()) await new Promise((next) => setTimeout(next));
    return performance.now() - started;
}"""
ACTS = {
    "another tab": ("Train (HPO)", "tab", ["compare", "train"]),
    "a field is checked": ("Evaluate", "type", ["0", "8"]),
    "trials are sorted": ("Train (HPO)", "sort", [""]),
}


@contextmanager
def served() -> Iterator[str]:
    """`mlwidgets serve` over an empty home; the address of its page at a simulated market."""
    command = [sys.executable, "-m", "mlwidgets", "serve", "--json", "--no-browser", "--offline",
               "--port", "0"]  # fmt: skip
    server = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert server.stdout is not None
    try:
        document = json.loads("".join(iter(server.stdout.readline, "}\n")) + "}")
        yield document["ml"] + "&symbol=SIMUSDT&model=LSTM"
    finally:
        server.terminate()
        server.wait()


def measure(page: Any, when: str) -> None:
    for name, (tab, act, arguments) in ACTS.items():
        page.get_by_role("tab", name=tab).click()
        page.get_by_role("tabpanel", name=tab).wait_for()
        times = []
        for at in range(CLICKS + 2):
            page.wait_for_timeout(PAUSE)
            times.append(page.evaluate(MEASURE, [act, arguments[at % len(arguments)]]))
        tell(name, when, times[2:])  # the first two make what the others find


def tell(name: str, when: str, times: list[float]) -> None:
    p95 = quantiles(times, n=20)[-1]
    verdict = "kept" if p95 <= BUDGET else "missed"
    said = f"median {median(times):4.0f} ms, p95 {p95:4.0f} ms: {verdict}"
    print(f"{name:20}{when:24}{said}", flush=True)


def main() -> None:
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as home, chromium() as browser:
        os.environ |= {"MLWIDGETS_HOME": home, "MLWIDGETS_CLUSTER_DIR": f"{home}/cluster"}
        with served() as address:
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            page.goto(address)
            page.get_by_label("Trials", exact=True).fill("2000")
            page.get_by_role("button", name="Start Optimization").click()
            page.locator(".mlw-trials tbody tr").nth(3).wait_for(timeout=300_000)
            measure(page, "while a search runs")
            page.get_by_role("button", name="Stop").click()
            page.get_by_text("Stopped before its end").wait_for(timeout=60_000)
            measure(page, "while nothing runs")
        stop_cluster()


if __name__ == "__main__":
    main()

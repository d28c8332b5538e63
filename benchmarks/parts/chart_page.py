"""The page of a chart that the benchmark drives, whoever draws it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import ipywidgets

import mlwidgets as mw

TICKS, PAUSE = 40, 0.125

candles = mw.simulate_market("1h", periods=100_000, seed=1).candles


def page(
    make: Callable[[], ipywidgets.Widget],
    whole: Callable[[], None],
    near: Callable[[], None],
    tick: Callable[[float, float], None],
) -> ipywidgets.Widget:
    """Buttons that make a chart, move it and let it live; when each tick was sent is said.

    Args:
        make: makes a chart.
        whole: shows the whole history.
        near: shows the last 90 candles.
        tick: tells a candle under way that opened and now stands at two prices.
    """
    place, sent = ipywidgets.VBox(), ipywidgets.HTML()
    sent.add_class("sent")

    def show() -> None:
        place.children = [make()]

    async def live() -> None:
        opened, times = float(candles["close"].iloc[-1]), []
        for at in range(TICKS):
            await asyncio.sleep(PAUSE)
            times.append(time.time() * 1000)
            tick(opened, opened * (1 + 0.0001 * (at + 1)))
        await asyncio.sleep(0.5)
        sent.value = " ".join(f"{moment:.1f}" for moment in times)

    def start() -> None:
        asyncio.get_running_loop().create_task(live())

    actions = {"make": show, "whole": whole, "near": near, "live": start}
    buttons = [_button(name, action) for name, action in actions.items()]
    return ipywidgets.VBox([ipywidgets.HBox(buttons), place, sent])


def _button(name: str, action: Callable[[], None]) -> ipywidgets.Button:
    made = ipywidgets.Button(description=name)
    made.add_class(name)
    made.on_click(lambda _: action())
    return made

"""A page that makes price charts on demand and lets the last of them live."""

import asyncio
import time

import ipywidgets

import mlwidgets as mw
from mlwidgets.components.theme import apply_to_vuetify

apply_to_vuetify()
candles = mw.simulate_market("1h", periods=100_000, seed=1).candles
charts = []
place = ipywidgets.VBox()
sent = ipywidgets.HTML()


def make(_):
    charts.append(mw.PriceChart(candles))
    place.children = [charts[-1]]


def whole(_):
    charts[-1].state.show_all()


def near(_):
    charts[-1].state.show_last(90 * 3_600_000)


async def live():
    opened = int(candles.index[-1].value // 1_000_000) + 3_600_000
    start, times = float(candles["close"].iloc[-1]), []
    for at in range(40):
        await asyncio.sleep(0.125)
        close = start * (1 + 0.0001 * (at + 1))
        times.append(time.time() * 1000)
        charts[-1].state.tick(opened, (start, close, start, close), 10.0 + at)
    await asyncio.sleep(0.5)
    sent.value = " ".join(f"{moment:.1f}" for moment in times)


def button(name, action):
    made = ipywidgets.Button(description=name)
    made.add_class(name)
    made.on_click(action)
    return made


def tick(_):
    asyncio.get_running_loop().create_task(live())


sent.add_class("sent")
actions = {"make": make, "whole": whole, "near": near, "live": tick}
ipywidgets.VBox([ipywidgets.HBox([button(*each) for each in actions.items()]), place, sent])

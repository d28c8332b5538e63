"""The same page with bqplot's own candles, drawn as its documentation does."""

import asyncio
import os
import time

import bqplot
import ipywidgets
import numpy as np

import mlwidgets as mw

COUNT = int(os.environ["CANDLES"])
candles = mw.simulate_market("1h", periods=100_000, seed=1).candles[-COUNT:]
dates = candles.index.tz_localize(None).to_numpy()
prices = candles[["open", "high", "low", "close"]].to_numpy()
charts = []
place = ipywidgets.VBox()
sent = ipywidgets.HTML()


def make(_):
    x, y = bqplot.DateScale(), bqplot.LinearScale()
    mark = bqplot.OHLC(
        x=dates, y=prices, format="ohlc", marker="candle", scales={"x": x, "y": y},
        stroke_width=0.5,
    )  # fmt: skip
    axes = [bqplot.Axis(scale=x), bqplot.Axis(scale=y, orientation="vertical", side="right")]
    pan = bqplot.PanZoom(scales={"x": [x]})
    layout = {"height": "480px", "width": "100%"}
    charts.append((bqplot.Figure(marks=[mark], axes=axes, interaction=pan, layout=layout), mark))
    place.children = [charts[-1][0]]


def show(first):
    x = charts[-1][1].scales["x"]
    x.min, x.max = dates[first], dates[-1]


async def live():
    mark, times = charts[-1][1], []
    start = float(prices[-1, 0])
    for at in range(40):
        await asyncio.sleep(0.125)
        close = start * (1 + 0.0001 * (at + 1))
        moved = np.array(mark.y)
        moved[-1] = (start, close, start, close)
        times.append(time.time() * 1000)
        mark.y = moved
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
actions = {
    "make": make, "whole": lambda _: show(0), "near": lambda _: show(-90), "live": tick,
}  # fmt: skip
ipywidgets.VBox([ipywidgets.HBox([button(*each) for each in actions.items()]), place, sent])

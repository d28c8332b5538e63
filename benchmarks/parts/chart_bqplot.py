"""The same page with bqplot's own candles, drawn as its documentation does."""

import os

import bqplot
import numpy as np
from chart_page import candles, page

shown = candles[-int(os.environ["CANDLES"]) :]
dates = shown.index.tz_localize(None).to_numpy()
prices = shown[["open", "high", "low", "close"]].to_numpy()
charts = []


def make():
    x, y = bqplot.DateScale(), bqplot.LinearScale()
    mark = bqplot.OHLC(
        x=dates, y=prices, format="ohlc", marker="candle", scales={"x": x, "y": y},
        stroke_width=0.5,
    )  # fmt: skip
    axes = [bqplot.Axis(scale=x), bqplot.Axis(scale=y, orientation="vertical", side="right")]
    pan = bqplot.PanZoom(scales={"x": [x]})
    layout = {"height": "480px", "width": "100%"}
    charts.append(mark)
    return bqplot.Figure(marks=[mark], axes=axes, interaction=pan, layout=layout)


def show(first):
    x = charts[-1].scales["x"]
    x.min, x.max = dates[first], dates[-1]


def tick(opened, close):
    moved = np.array(charts[-1].y)
    moved[-1] = (opened, close, opened, close)
    charts[-1].y = moved


page(make, whole=lambda: show(0), near=lambda: show(-90), tick=tick)

"""A page that makes price charts on demand and lets the last of them live."""

from chart_page import candles, page

import mlwidgets as mw
from mlwidgets.components.theme import apply_to_vuetify

HOUR = 3_600_000
apply_to_vuetify()
charts = []


def make():
    charts.append(mw.PriceChart(candles))
    return charts[-1]


def tick(opened, close):
    time = int(candles.index[-1].value // 1_000_000) + HOUR
    charts[-1].state.tick(time, (opened, close, opened, close), 10.0)


page(
    make,
    whole=lambda: charts[-1].state.show_all(),
    near=lambda: charts[-1].state.show_last(90 * HOUR),
    tick=tick,
)

"""The page /trading, which notes when a candle has closed and when a forecast was made of it."""

import json
import time

import ipywidgets

import mlwidgets as mw
from mlwidgets.components.market.access import MarketAccess
from mlwidgets.dashboards.sources import Sources
from mlwidgets.settings import get_settings

closed, made = [], []


class Noting(MarketAccess):
    def feed(self, *chosen, on_closed, **others):
        def noted(candles):
            closed.append(time.time() * 1000)
            on_closed(candles)

        return super().feed(*chosen, on_closed=noted, **others)


def say(_):
    said.value = json.dumps({"closed": closed, "made": made})


sources = Sources()
sources.market = Noting(get_settings())
button, said = ipywidgets.Button(description="say"), ipywidgets.HTML()
button.on_click(say)
button.add_class("say")
said.add_class("said")
page = mw.TradingDashboard(symbol="BTCUSDT", model_type="LSTM", timeframe="1m", sources=sources)
page.forecasts.observe(lambda _: made.append(time.time() * 1000), "forecast")
ipywidgets.VBox([page, ipywidgets.HBox([button, said])])

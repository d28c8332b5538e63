"""A chart that follows a market: what it draws is what is known, also when that becomes less."""

from __future__ import annotations

import pandas as pd

from mlwidgets.components.chart.price_chart import PriceChart
from mlwidgets.components.market.series import Series
from mlwidgets.dashboards.market_view import MarketView
from mlwidgets.market.live import Bar
from mlwidgets.market.simulator import simulate_market

CANDLES = simulate_market("1h", periods=400, seed=3).candles
HOUR = 3_600_000


def under_way(candles: pd.DataFrame) -> Bar:
    opened = int(candles.index[-1].timestamp() * 1000) + HOUR
    return Bar(opened, 10.0, 12.0, 9.0, 11.0, 3.0)


def test_without_a_candle_under_way_none_is_drawn() -> None:
    chart, series = PriceChart(CANDLES), Series(CANDLES, "store")
    view = MarketView(chart)
    view.tick(under_way(CANDLES), series)
    assert chart.live

    view.tick(None, series)

    assert chart.live == []
    assert chart.last == CANDLES.index[-1].timestamp() * 1000


def test_a_step_back_keeps_the_width_of_the_view() -> None:
    chart = PriceChart(CANDLES)
    chart.state.show_last(200.0 * HOUR)
    start, end = chart.state.start, chart.state.end

    MarketView(chart).draw(Series(CANDLES[:-3], "store"), "SIMUSDT", "1h")

    assert len(chart.state.history) == len(CANDLES) - 3
    assert (chart.state.start, chart.state.end) == (start - 3 * HOUR, end - 3 * HOUR)

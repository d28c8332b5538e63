"""A market on a price chart: its closed candles and the one under way, never of two markets."""

from __future__ import annotations

import pandas as pd

from mlwidgets.components.chart.price_chart import PriceChart
from mlwidgets.components.chart.state import EMPTY, ChartState
from mlwidgets.components.market.series import Series
from mlwidgets.market.bars import frame_of
from mlwidgets.market.candles import label_candles
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.live import Bar


def no_candles(symbol: str, timeframe: str) -> pd.DataFrame:
    """An empty frame with the label of a market."""
    return label_candles(frame_of(EMPTY), symbol=symbol, timeframe=timeframe, source="store")


class MarketView:
    """Draws on a chart; where it shows the same market already, the view stays.

    Args:
        chart: what to draw on.
    """

    def __init__(self, chart: PriceChart) -> None:
        self._state: ChartState = chart.state

    def draw(self, series: Series | None, symbol: str, timeframe: str) -> None:
        """Draw closed candles; of the chosen market none, where there are none.

        Args:
            series: the candles.
            symbol: the chosen one.
            timeframe: the chosen one.
        """
        if series is None:
            self._state.replace(no_candles(symbol, timeframe), symbol, timeframe)
        elif self._goes_on(series):
            self._state.append(series.candles)
        else:
            self._state.replace(series.candles, series.symbol, series.timeframe)

    def tick(self, bar: Bar | None, series: Series | None) -> None:
        """Draw the candle under way behind its series, or none where there is none."""
        if series is None or not self._shows(series):
            return
        if bar is None:
            self._state.forget_tick()
        else:
            prices = (bar.open, bar.high, bar.low, bar.close)
            self._state.tick(bar.opened, prices, bar.volume)

    def _shows(self, series: Series) -> bool:
        return (series.symbol, series.timeframe) == (self._state.symbol, self._state.timeframe)

    def _goes_on(self, series: Series) -> bool:
        """Whether these candles add to those that are drawn; in a replay they may be fewer."""
        known = self._state.history.times
        if not self._shows(series) or not len(known) or series.candles.empty:
            return False
        return epoch_ms(series.candles.index[-1]) >= int(known[-1])

"""English texts of the chart."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "chart.all": "All",
    "chart.averages": "Averages",
    "chart.candles": "{step} candles",
    "chart.close": "C",
    "chart.empty": "No candles for {symbol} {timeframe} yet.",
    "chart.empty_next": "Choose another symbol or load its history.",
    "chart.help": "Arrow keys move, + and - zoom, End goes to the latest candle.",
    "chart.high": "H",
    "chart.label": "Price chart of {symbol}, {timeframe}",
    "chart.latest": "Go to the latest candle",
    "chart.low": "L",
    "chart.open": "O",
    "chart.range": "Show the last {span}",
    "chart.sessions": "Sessions",
    "chart.sessions.help": "Midnight UTC as lines, weekends shaded",
    "chart.volume": "Vol",
    "span.1d": "1D",
    "span.1m": "1M",
    "span.1w": "1W",
    "span.1y": "1Y",
    "span.3m": "3M",
}

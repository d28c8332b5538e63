"""What a price chart says."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.texts import text

_DAY = 86_400_000
_UNITS = ((10_080, "unit.week"), (1440, "unit.day"), (60, "unit.hour"), (1, "unit.minute"))


def chart_words(symbol: str, timeframe: str) -> dict[str, str]:
    """The chart's texts by the names that the page uses."""
    return {
        "averages": text("chart.averages"),
        "close": text("chart.close"),
        "empty": text("chart.empty", symbol=symbol, timeframe=timeframe),
        "empty_next": text("chart.empty_next"),
        "help": text("chart.help"),
        "high": text("chart.high"),
        "label": text("chart.label", symbol=symbol, timeframe=timeframe),
        "latest": text("chart.latest"),
        "low": text("chart.low"),
        "open": text("chart.open"),
        "sessions": text("chart.sessions"),
        "sessions_help": text("chart.sessions.help"),
        "volume": text("chart.volume"),
    }


def spans() -> list[dict[str, Any]]:
    """The range buttons: name, length in milliseconds (0: all), what a screen reader says."""
    lengths = {
        text("span.1d"): _DAY, text("span.1w"): 7 * _DAY, text("span.1m"): 30 * _DAY,
        text("span.3m"): 91 * _DAY, text("span.1y"): 365 * _DAY, text("chart.all"): 0,
    }  # fmt: skip
    return [
        {
            "name": name,
            "length": length,
            "label": text("chart.range", span=name) if length else name,
        }
        for name, length in lengths.items()
    ]


def step_name(step: int, base: int) -> str:
    """Says how long the drawn candles are where they are longer than the stored ones.

    >>> step_name(3_600_000, 3_600_000), step_name(14_400_000, 3_600_000)
    ('', '4 h candles')
    """
    if step == base:
        return ""
    minutes = step // 60_000
    size, unit = next((size, unit) for size, unit in _UNITS if minutes % size == 0)
    return text("chart.candles", step=text(unit, count=minutes // size))

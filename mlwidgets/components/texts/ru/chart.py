"""Russian texts of the chart."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "chart.all": "Всё",
    "chart.averages": "Средние",
    "chart.candles": "свечи {step}",
    "chart.close": "Закр",
    "chart.empty": "Свечей {symbol} {timeframe} пока нет.",
    "chart.empty_next": "Выберите другой символ или загрузите его историю.",
    "chart.help": "Стрелки двигают график, + и - меняют масштаб, End ведёт к последней свече.",
    "chart.high": "Макс",
    "chart.label": "График цены {symbol}, {timeframe}",
    "chart.latest": "К последней свече",
    "chart.low": "Мин",
    "chart.open": "Откр",
    "chart.range": "Показать последние {span}",
    "chart.sessions": "Сессии",
    "chart.sessions.help": "Линии в полночь UTC, выходные затенены",
    "chart.volume": "Объём",
    "span.1d": "1Д",
    "span.1m": "1М",
    "span.1w": "1Н",
    "span.1y": "1Г",
    "span.3m": "3М",
}

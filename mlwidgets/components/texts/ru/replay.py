"""Russian texts of the replay."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "replay.accuracy": "Точность направления",
    "replay.back": "На свечу назад",
    "replay.banner": "Повтор: рынок, каким он был. Ничего не записывается.",
    "replay.begin": "Повтор",
    "replay.begin.help": "Вернуться к прошлому часу и проиграть рынок с него",
    "replay.coverage": "В интервале",
    "replay.end": "Сохранённые свечи здесь кончаются.",
    "replay.fair": "Перейти к {time}",
    "replay.forecasts": "Прогнозы",
    "replay.help": "Пробел: пуск и пауза; стрелки влево и вправо: шаг на одну свечу.",
    "replay.jump": "Перейти к",
    "replay.label": "Повтор {symbol}, {timeframe}",
    "replay.leave": "К живому рынку",
    "replay.none": "пока нет",
    "replay.nothing": (
        "Сохранённых свечей {symbol} нет, повторять нечего; сначала загрузите их на графике."
    ),
    "replay.own_hours": "Без вердикта: эти часы мог измерить сам бэктест",
    "replay.pause": "Пауза",
    "replay.play": "Пуск",
    "replay.promised": "обещано {share}",
    "replay.reading": "Читаем свечи…",
    "replay.record": "Повтор, не записывается",
    "replay.scored": "сделано {made}, проверено {scored}",
    "replay.shares": "{hits} из {count}",
    "replay.speed": "Скорость: секунд рынка за секунду",
    "replay.speed.name": "{speed}×",
    "replay.step": "На свечу вперёд",
    "replay.trained": (
        "На этих свечах, до {time}, модель обучалась: её слова здесь ничего не доказывают, "
        "поэтому её не спрашивают."
    ),
}

"""Russian texts of the market."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "market.asking": "{exchange}: подключение",
    "market.attempt": "попытка {attempt} через {duration}",
    "market.delayed": "{exchange}: с задержкой",
    "market.exchange": "{exchange}: подключено",
    "market.last": "Последняя свеча закрылась {time} ({age}).",
    "market.live": "{exchange}: вживую",
    "market.offline": "Офлайн",
    "market.offline.reason": "Офлайн: биржа не опрашивается.",
    "market.polling": "{exchange}: опрос",
    "market.reconnecting": "{exchange}: переподключение",
    "market.replay": "Повтор",
    "market.simulated": "Симулированный рынок",
    "market.simulated.chosen": "Этот рынок симулирован: его цены даёт генератор случайных чисел.",
    "market.simulated.instead": (
        "Сохранённых свечей {symbol} тоже нет, поэтому на графике симулированный рынок SIMUSDT."
    ),
    "market.stored": "На графике сохранённые свечи; последняя закрылась {time} ({age}).",
    "market.unreachable": "{exchange}: недоступна",
    "market.unreachable.reason": "{exchange}: биржа недоступна, попытки повторяются.",
}

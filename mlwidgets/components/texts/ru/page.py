"""Russian texts of the frame of a page."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "page.broke": (
        "Страницу не удалось обновить: {error}. Попытки продолжаются; перезагрузите её, если это "
        "не пройдёт."
    ),
    "page.context": "Рынок и модель",
    "page.dark": "Тёмная тема",
    "page.dismiss": "Закрыть",
    "page.horizon": "Горизонт",
    "page.jobs": "Задачи",
    "page.jobs.close": "Закрыть задачи",
    "page.jobs.running": "Задачи, в работе: {count}",
    "page.language": "English",
    "page.light": "Светлая тема",
    "page.ml": "Модели",
    "page.model_type": "Тип модели",
    "page.no_symbol": "Введите символ и нажмите Enter",
    "page.notices": "Уведомления",
    "page.notify": "Уведомлять о завершении задач",
    "page.notify.denied": (
        "Браузер запретил этой странице уведомления: разрешить их можно рядом с её адресом."
    ),
    "page.notify.on": "Браузер уведомит о завершении задач",
    "page.pages": "Страницы",
    "page.symbol": "Символ",
    "page.tab.compare": "Compare",
    "page.tab.evaluate": "Evaluate",
    "page.tab.models": "Models",
    "page.tab.train": "Train (HPO)",
    "page.tabs": "Рабочий процесс",
    "page.timeframe": "Таймфрейм",
    "page.trading": "Торговля",
    "page.trouble": "Не получилось: {error}. Попробуйте ещё раз; подробности в журнале ядра.",
}

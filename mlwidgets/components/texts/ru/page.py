"""Russian texts of the frame of a page."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "next.copied": "Скопировано",
    "next.copy": "Копировать",
    "next.evaluate": (
        "Бэктест одной конфигурации {symbol} {model_type}; сам он ничего не сохраняет:"
    ),
    "next.label": "Следующий шаг",
    "next.production": "Обучите {symbol} {model_type}: лучшая модель сама попадёт в работу:",
    "next.save": "Бэктест ждёт сохранения. Чтобы пустить в работу именно эту модель:",
    "next.save_again": (
        "Бэктест из скрипта ждёт сохранения: сохраните модель отчёта там же или запустите "
        "бэктест задачей."
    ),
    "next.to_trading": "Открыть торговлю",
    "next.train": "Подберите гиперпараметры {symbol} {model_type}; лучшая модель сохранится сама:",
    "next.train_again": "Повторите поиск, когда рынок изменится; лучшая модель заменит эту:",
    "next.use": "Модель {symbol} {model_type} даёт прогнозы на странице торговли.",
    "page.broke": (
        "Страницу не удалось обновить: {error}. Попытки продолжаются; перезагрузите её, "
        "если это не пройдёт."
    ),
    "page.context": "О чём эта страница",
    "page.dark": "Тёмная тема",
    "page.language": "English",
    "page.light": "Светлая тема",
    "page.ml": "Модели",
    "page.model_type": "Тип модели",
    "page.no_symbol": "Введите символ и нажмите Enter",
    "page.pages": "Страницы",
    "page.symbol": "Символ",
    "page.timeframe": "Таймфрейм",
    "page.trading": "Торговля",
}

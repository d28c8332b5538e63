"""Russian texts of comparisons."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "compare.blocked.busy": "Секунду: выполняется предыдущее действие.",
    "compare.blocked.config": "Сначала исправьте отмеченные гиперпараметры.",
    "compare.blocked.running": "Сравнение идёт; в конце обе модели сохранятся.",
    "compare.blocked.window": "Сначала исправьте даты.",
    "compare.cancelled": "Ничего не сохранено. «Продолжить» начнёт заново.",
    "compare.difference.chance": (
        "Ошибки {model_type} меньше, но это может быть случайностью ({p})."
    ),
    "compare.difference.real": "Ошибки {model_type} меньше, и это вряд ли случайность ({p}).",
    "compare.difference.unknown": (
        "Различие ошибок нельзя проверить на столь малом числе прогнозов."
    ),
    "compare.empty": "Этот рынок ещё не сравнивали.",
    "compare.empty.next": "Сравнение обучает обе модели одновременно и проверяет их на одном окне.",
    "compare.end": "Последний день (UTC)",
    "compare.failed": "Ничего не сохранено. Устраните указанную причину или продолжите.",
    "compare.from.comparison": "из последнего сравнения",
    "compare.from.defaults": "по умолчанию: рабочей модели нет",
    "compare.from.production": "из рабочей версии {version}",
    "compare.gone": (
        "Результаты вытеснены более новыми. Запустите сравнение снова, чтобы их увидеть."
    ),
    "compare.heading": "Сравнить LSTM и HYBRID",
    "compare.interrupted": (
        "Его больше никто не выполняет. «Продолжить» обучит то, что не успело обучиться; ничего "
        "не сохранено."
    ),
    "compare.job": "Сравнение",
    "compare.loading": "Читаем результаты…",
    "compare.not_saved": "Не сохранена",
    "compare.progress": "Ход сравнения",
    "compare.promise": (
        "В конце обе модели {symbol} сохранятся автоматически, что бы они ни показали:"
    ),
    "compare.promise.damaged": "{model_type} заменит рабочую модель, файлы которой повреждены.",
    "compare.promise.first": "{model_type} станет первой рабочей моделью.",
    "compare.promise.replaces": "{model_type} заменит {version}, та уйдёт в архив.",
    "compare.refit": "Переобучать каждые",
    "compare.refit.hint": "например 7d; пусто: обучить один раз",
    "compare.reset": "Вернуть параметры рабочих моделей",
    "compare.result": "Сравнение",
    "compare.resume": "Продолжить",
    "compare.run": "Начать сравнение",
    "compare.saved": "Сохранена как {version}, в работе",
    "compare.start": "Первый день (UTC)",
    "compare.stop": "Остановить",
    "compare.unsaved": "Сохранится позже, в своей установке",
    "compare.utc": "2025-08-20",
    "compare.window": "Тестовое окно",
}

"""Russian texts of track records."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "record.accuracy": "Точность направления",
    "record.backtest": "Бэктест",
    "record.chart": "Точность направления, вживую",
    "record.chart.live": "Вживую",
    "record.chart.note": "Каждая точка: последние {count} прогнозов. Половина: монета.",
    "record.chart.replay": "Точность направления, в этом повторе",
    "record.chart.replayed": "Повтор",
    "record.chart.too_few": "Линия начнётся с {count} проверенных прогнозов.",
    "record.coverage": "Покрытие интервала",
    "record.empty": "Записанных прогнозов ещё нет.",
    "record.empty.next": (
        "Каждый прогноз рабочей модели записывается, когда он сделан, и проверяется, когда "
        "закрывается его цель."
    ),
    "record.empty.next.replay": (
        "Прогноз модели проверяется здесь, когда закрывается его цель. Ничего не записывается."
    ),
    "record.empty.replay": "В этом повторе прогнозов ещё нет.",
    "record.heading": "Итоги прогнозов",
    "record.mae": "Средняя абсолютная ошибка",
    "record.reading": "Читаем записи.",
    "record.reason.regime": "Рынок сменил режим: {regime}. В обучении его было {days}.",
    "record.retrain": "Переобучить",
    "record.scored": "Проверено прогнозов",
    "record.simulated": "симуляция",
    "record.tab": "Итоги",
    "record.verdict.as_promised": "Как обещано",
    "record.verdict.no_promise": "Бэктест эту модель не измерял",
    "record.verdict.no_promise.replay": "Здесь сравнить не с чем",
    "record.verdict.too_few": "Мало данных: {count} из {needed}",
    "record.verdict.too_short": "Мало данных: короток сам бэктест",
    "record.verdict.worse": "Хуже, чем обещано",
    "record.verdicts": "Проверка против бэктеста",
    "record.why": "Пора обучить заново",
    "record.window.day": "день",
    "record.window.month": "месяц",
    "record.window.week": "неделя",
}

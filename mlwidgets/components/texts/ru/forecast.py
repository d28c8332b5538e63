"""Russian texts of forecasts and regimes."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "forecast.checking": "проверяем записи прогнозов",
    "forecast.confidence": "Уверенность",
    "forecast.confidence.help": (
        "Калиброванная вероятность того, что цена окажется на предсказанной стороне."
    ),
    "forecast.confidence.more": "Что означает уверенность",
    "forecast.coverage": "{share} цен",
    "forecast.dots": "Прежние прогнозы:",
    "forecast.dots.right": "верно",
    "forecast.dots.wrong": "неверно",
    "forecast.doubt.accuracy": (
        "За период «{window}» верны {live} направлений; бэктест обещал {promised}."
    ),
    "forecast.doubt.age": "Модель обучена {age}: рынок меняется.",
    "forecast.doubt.coverage": (
        "За период «{window}» в интервал попали {live} цен; бэктест обещал {promised}."
    ),
    "forecast.doubt.features": (
        "Таких свечей в обучении не было: необычны {share} входных данных модели ({features})."
    ),
    "forecast.doubt.passed": "Время цели прошло: о том, что будет дальше, прогноз не говорит.",
    "forecast.doubt.regime": (
        "Режим рынка: {regime}; в обучении его было {days}, а длится он обычно {usual}."
    ),
    "forecast.doubt.regimes": ("Режим рынка: {regime}; какие режимы были в обучении, неизвестно."),
    "forecast.doubt.unchecked": "Недавнее качество модели проверить нельзя: {problem}",
    "forecast.down": "вниз",
    "forecast.ends_higher": "что цена окажется выше",
    "forecast.ends_lower": "что цена окажется ниже",
    "forecast.flat": "без движения",
    "forecast.from": "от {price} на последнем закрытии",
    "forecast.heading": "ML-прогноз",
    "forecast.in": "через {duration}",
    "forecast.interval": "Доверительный интервал",
    "forecast.label": "ML: {price}",
    "forecast.label.not_trusted": "ML: нет доверия",
    "forecast.no_call": "модель не называет направления",
    "forecast.no_candles": "Нет свечей {symbol}, по которым можно сделать прогноз.",
    "forecast.no_confidence": "прогнозу нельзя доверять",
    "forecast.no_model": "Модели {model_type} для этого символа ещё нет",
    "forecast.none": "Модели {symbol} {model_type} ещё нет.",
    "forecast.none.next": "Обучите её, и прогноз появится здесь сам.",
    "forecast.not_trusted": "Сейчас доверять нельзя",
    "forecast.other_simulation": (
        "Эта модель обучена на симулированном рынке {timeframe}, а на графике другой: у каждого "
        "таймфрейма симуляции свой рынок. Выберите таймфрейм {timeframe}."
    ),
    "forecast.passed": "уже прошло",
    "forecast.price": "Прогноз цены",
    "forecast.regime": "Режим рынка",
    "forecast.regime.since": "с {time} ({age})",
    "forecast.show": "Показать ML на графике",
    "forecast.stale": (
        "Последняя свеча закрылась {age}: рынок с тех пор изменился, и прогноз об этом не знает."
    ),
    "forecast.tab": "ML",
    "forecast.target": "Время цели",
    "forecast.to_ml": "Обучить модель",
    "forecast.train_again": "Обучить заново",
    "forecast.trained": "Дата обучения",
    "forecast.types": "Тип модели",
    "forecast.unchecked": "записи прогнозов недоступны",
    "forecast.up": "вверх",
    "forecast.version": "Версия модели",
    "forecast.waiting": "Ждём свечей.",
    "forecast.worth.backtest": (
        "В бэктесте из {count} прогнозов с уверенностью от {low} до {high} верны {right}."
    ),
    "forecast.worth.error": "В бэктесте уверенность и исход расходились в среднем на {error} п. п.",
    "forecast.worth.record": (
        "Вживую из {count} прогнозов с уверенностью от {low} до {high} верны {right}."
    ),
    "forecast.worth.replay": (
        "В этом повторе из {count} прогнозов с уверенностью от {low} до {high} верны {right}."
    ),
    "forecast.worth.unknown": "Насколько она надёжна, ещё не измерено.",
    "regime.bear": "Медвежий",
    "regime.bull": "Бычий",
    "regime.sideways": "Боковой",
}

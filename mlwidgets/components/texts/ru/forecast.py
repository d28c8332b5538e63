"""Russian texts of forecasts and regimes."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "forecast.confidence": "Уверенность",
    "forecast.confidence.help": (
        "Калиброванная вероятность того, что цена окажется на предсказанной стороне."
    ),
    "forecast.coverage": "{share} цен",
    "forecast.ends_higher": "что цена окажется выше",
    "forecast.ends_lower": "что цена окажется ниже",
    "forecast.from": "от {price} на последнем закрытии",
    "forecast.heading": "ML-прогноз",
    "forecast.in": "через {duration}",
    "forecast.interval": "Доверительный интервал",
    "forecast.label": "ML: {price}",
    "forecast.measured": "В бэктесте верны {share} направлений.",
    "forecast.no_call": "модель не называет направления",
    "forecast.no_candles": "Нет свечей {symbol}, по которым можно сделать прогноз.",
    "forecast.no_confidence": "не по таким старым свечам",
    "forecast.no_model": "Модели {model_type} для этого символа ещё нет",
    "forecast.none": "Модели {symbol} {model_type} ещё нет.",
    "forecast.none.next": "Обучите её, и прогноз появится здесь сам.",
    "forecast.passed": "уже прошло",
    "forecast.price": "Прогноз цены",
    "forecast.regime": "Режим рынка",
    "forecast.show": "Показать ML на графике",
    "forecast.stale": (
        "Последняя свеча закрылась {age}: рынок с тех пор изменился, и прогноз об этом не знает."
    ),
    "forecast.target": "Время цели",
    "forecast.to_ml": "Обучить модель",
    "forecast.train_again": "Обучить заново",
    "forecast.trained": "Дата обучения",
    "forecast.types": "Тип модели",
    "forecast.version": "Версия модели",
    "forecast.waiting": "Ждём свечей.",
    "regime.bear": "Медвежий",
    "regime.bull": "Бычий",
    "regime.sideways": "Боковой",
}

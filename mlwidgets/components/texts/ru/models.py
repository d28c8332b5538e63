"""Russian texts of the table of models."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "models.accuracy": "Точность",
    "models.actions": "Действия",
    "models.ahead": "Горизонт",
    "models.ahead.value": "{horizon}, свечи {timeframe}",
    "models.all": "Все",
    "models.any_status": "Любой статус",
    "models.archived": "В архиве",
    "models.bytes": "{count} байт",
    "models.cancel": "Отмена",
    "models.clear": "Показать все модели",
    "models.close": "Закрыть",
    "models.coverage": "Покрытие",
    "models.damaged": "Повреждена",
    "models.data_fingerprint": "Отпечаток данных",
    "models.data_points": "Свечей",
    "models.delete": "Удалить…",
    "models.delete.archived": "Версия {version} модели {slot} будет удалена навсегда.",
    "models.delete.label": "Удалить {name}",
    "models.delete.name_first": "Сначала введите имя модели.",
    "models.delete.nobody": "ничего: рабочей модели не будет",
    "models.delete.production": (
        "Версия {version} модели {slot} в работе. Она будет удалена навсегда, и прогноза по ней "
        "на странице торговли больше не будет."
    ),
    "models.delete.successor": "В работу вместо неё",
    "models.delete.sure": "Удалить навсегда",
    "models.delete.type": "Введите {name} для подтверждения",
    "models.details": "Подробнее",
    "models.dismiss": "OK",
    "models.done.deleted": "Модель {name} удалена.",
    "models.done.restored": "Модель {name} снова в работе.",
    "models.done.uploaded": "Модель {name} в работе.",
    "models.download": "Скачать оба файла",
    "models.epochs": "Пройдено эпох",
    "models.epochs.best": "лучшая – {epoch}",
    "models.features_fingerprint": "Отпечаток признаков",
    "models.files": "Файлы",
    "models.from": "Первая свеча",
    "models.heading": "Модели",
    "models.interval": "95 % доверительный интервал",
    "models.libraries": "Библиотеки",
    "models.loading": "Читаем модели…",
    "models.metrics": "Бэктест",
    "models.next": "Далее",
    "models.none": "Пока не сохранено ни одной модели.",
    "models.none.next": (
        "Начните оптимизацию на вкладке Train (HPO) или загрузите два файла модели."
    ),
    "models.none_fit": "Под эти фильтры не подходит ни одна модель.",
    "models.old.month": (
        "Старше месяца: рынок меняется. Начните оптимизацию заново на вкладке Train (HPO)."
    ),
    "models.old.month.short": "обучите заново",
    "models.old.week": "Старше недели: запустите бэктест на вкладке Evaluate, чтобы проверить её.",
    "models.old.week.short": "запустите бэктест",
    "models.only": "Только {symbol}",
    "models.open": "Подробнее о {name}",
    "models.origin": "Происхождение",
    "models.pages": "Страницы моделей",
    "models.previous": "Назад",
    "models.problem": "{file}: {what}. Что делать: {remedy}.",
    "models.problems": "В папке моделей требуют внимания:",
    "models.production": "В работе",
    "models.restore": "Восстановить",
    "models.restore.first": "{version} станет рабочей.",
    "models.restore.note": "{version} станет рабочей; {current} уйдёт в архив.",
    "models.search": "Поиск моделей",
    "models.seed": "Seed",
    "models.sha": "SHA-256 весов",
    "models.shown": "{first}–{last} из {count}",
    "models.status": "Статус",
    "models.summary": "всего {count}, в работе {production}",
    "models.symbol": "Модель",
    "models.types": "Тип модели",
    "models.until": "Последняя свеча",
    "models.upload": "Загрузить модель…",
    "models.upload.accept": "Поставить в работу",
    "models.upload.brings": "Читаем файлы…",
    "models.upload.facts": (
        "обучена {age}, прогноз на {horizon} по свечам {timeframe}, точность направления {accuracy}"
    ),
    "models.upload.first": "Она станет рабочей моделью {slot}; заменять нечего.",
    "models.upload.hint": "Выберите оба файла, ИМЯ.json и ИМЯ.meta.json, или перетащите их сюда.",
    "models.upload.replaces": (
        "Она станет рабочей моделью {slot} под следующей версией; {version} уйдёт в архив."
    ),
    "models.upload.too_large": "Файлы больше 32 МБ, таких моделей не бывает.",
    "models.upload.two_files": (
        "Модель – это два файла, ИМЯ.json и ИМЯ.meta.json: выберите оба сразу."
    ),
    "models.use": "В торговлю",
    "models.version": "Версия",
}

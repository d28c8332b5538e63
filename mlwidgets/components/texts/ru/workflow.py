"""Russian texts of the workflow."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "step.done": "Выполнено",
    "step.evaluate": "Evaluate",
    "step.evaluate.done": "Бэктест сохранён как {version}",
    "step.evaluate.hint": "Проверка и сохранение (вручную)",
    "step.evaluate.running": "Бэктест выполняется",
    "step.evaluate.todo": "Бэктеста ещё не было",
    "step.evaluate.waiting": "Нажмите «Сохранить модель»",
    "step.production": "Production",
    "step.production.damaged": "Файлы модели повреждены",
    "step.production.done": "Модель {version} в работе",
    "step.production.hint": "Использование на /trading",
    "step.production.todo": "Модели ещё нет",
    "step.to_trading": "Открыть торговлю",
    "step.todo": "Не выполнено",
    "step.train": "Train",
    "step.train.done": "Обучена и сохранена",
    "step.train.hint": "HPO (автосохранение)",
    "step.train.running": "Идёт оптимизация",
    "step.train.todo": "Ещё не обучалась",
    "step.waiting": "Ждёт сохранения",
    "stepper.label": "Этапы {symbol} {model_type}",
}

"""Russian texts, a module for each part of the pages."""

from __future__ import annotations

from mlwidgets.components.texts.ru import (
    chart,
    compare,
    evaluate,
    forecast,
    job,
    market,
    model,
    models,
    page,
    record,
    replay,
    train,
    units,
    workflow,
)

TEXTS: dict[str, str] = {
    **chart.TEXTS,
    **compare.TEXTS,
    **evaluate.TEXTS,
    **forecast.TEXTS,
    **job.TEXTS,
    **market.TEXTS,
    **model.TEXTS,
    **models.TEXTS,
    **page.TEXTS,
    **record.TEXTS,
    **replay.TEXTS,
    **train.TEXTS,
    **units.TEXTS,
    **workflow.TEXTS,
}

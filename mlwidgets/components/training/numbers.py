"""Numbers as people type them, within the limits of the models that take them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from mlwidgets.components.texts import text

_BOUNDS = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))


class BadNumber(ValueError):
    """What was typed is not permitted; the message says why, in the page's language."""


def read_number(typed: str, model: type[BaseModel], field: str) -> int | float:
    """A number that a field of a model permits.

    Args:
        typed: as it was typed; spaces between digits and a decimal comma are understood.
        model: whose field it is.
        field: its name.

    Raises:
        BadNumber: it is none, or beyond the field's limits.

    >>> from mlwidgets.forecast.spec import ModelConfig
    >>> read_number("0,001", ModelConfig, "learning_rate"), read_number("1 000", ModelConfig,
    ... "epochs")
    (0.001, 1000)
    """
    plain = re.sub(r"\s", "", typed).replace(",", ".")
    if not plain:
        raise BadNumber(text("train.problem.empty"))
    whole = is_whole(model, field)
    try:
        number = int(plain) if whole else float(plain)
    except ValueError:
        said = text("train.problem.whole") if whole else text("train.problem.number")
        raise BadNumber(said) from None
    try:
        _adapter(model, field).validate_python(number)
    except ValidationError:
        raise BadNumber(text("train.problem.limits", limits=limit_words(model, field))) from None
    return number


def is_whole(model: type[BaseModel], field: str) -> bool:
    """Whether a field takes whole numbers."""
    return model.model_fields[field].annotation is int


def limit_words(model: type[BaseModel], field: str) -> str:
    """What a field permits.

    >>> from mlwidgets.forecast.spec import ModelConfig
    >>> limit_words(ModelConfig, "learning_rate")
    '> 0, ≤ 1,000'
    """
    limits = []
    for rule in model.model_fields[field].metadata:
        for name, sign in _BOUNDS:
            if hasattr(rule, name):
                limits.append(f"{sign} {getattr(rule, name):,}")
    return ", ".join(limits)


def _adapter(model: type[BaseModel], field: str) -> TypeAdapter[Any]:
    info = model.model_fields[field]
    permitted: Any = Annotated[(info.annotation, *info.metadata)]
    return TypeAdapter(permitted)

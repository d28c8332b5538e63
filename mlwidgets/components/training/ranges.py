"""The range of a hyper-parameter as it is typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from mlwidgets.components.texts import text
from mlwidgets.components.training.numbers import BadNumber, is_whole, read_number
from mlwidgets.errors import SpecError
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.search.ranges import Choice, Fixed, FloatRange, IntRange
from mlwidgets.search.space import Range

Kind = Literal["range", "choice", "fixed"]


@dataclass(frozen=True, slots=True)
class RangeDraft:
    """What is typed for a hyper-parameter; of another kind it keeps what was typed before.

    Attributes:
        kind: an interval, a list of options, or one value.
        low: of an interval.
        high: of an interval.
        log: whether an interval is drawn from on a logarithmic scale.
        options: of a list, separated by commas or spaces.
        value: the one value.
        step: of an interval of whole numbers.
    """

    kind: Kind
    low: str
    high: str
    log: bool
    options: str
    value: str
    step: int = 1


def draft_of(name: str, chosen: Range) -> RangeDraft:
    """A range as it would be typed.

    >>> draft_of("epochs", Fixed(20)).value
    '20'
    """
    values = chosen.values()
    fixed = chosen.value if isinstance(chosen, Fixed) else getattr(ModelConfig(), name)
    return RangeDraft(
        kind=_kind(chosen),
        low=f"{min(values):g}", high=f"{max(values):g}",
        log=isinstance(chosen, IntRange | FloatRange) and chosen.log,
        options=", ".join(f"{value:g}" for value in dict.fromkeys(values)),
        value=f"{fixed:g}",
        step=chosen.step if isinstance(chosen, IntRange) else 1,
    )  # fmt: skip


def read_range(name: str, draft: RangeDraft) -> Range:
    """The range that a draft means.

    Raises:
        BadNumber: why it means none.

    >>> read_range("batch_size", RangeDraft("choice", "", "", False, "64, 128", ""))
    Choice(kind='choice', options=(64, 128))
    """
    try:
        if draft.kind == "fixed":
            return Fixed(read_number(draft.value, ModelConfig, name))
        if draft.kind == "choice":
            return _choice(name, draft)
        return _interval(name, draft)
    except SpecError as error:
        raise BadNumber(error.message) from None


def _kind(chosen: Range) -> Kind:
    if isinstance(chosen, Fixed):
        return "fixed"
    return "choice" if isinstance(chosen, Choice) else "range"


def _choice(name: str, draft: RangeDraft) -> Choice:
    typed = [part for part in re.split(r"[,;\s]+", draft.options) if part]
    if not typed:
        raise BadNumber(text("train.problem.options"))
    options = [read_number(part, ModelConfig, name) for part in typed]
    if len(set(options)) < len(options):
        raise BadNumber(text("train.problem.twice"))
    return Choice(options)


def _interval(name: str, draft: RangeDraft) -> IntRange | FloatRange:
    low, high = (read_number(end, ModelConfig, name) for end in (draft.low, draft.high))
    if low > high:
        raise BadNumber(text("train.problem.order"))
    if draft.log and low <= 0:
        raise BadNumber(text("train.problem.log"))
    extra: dict[str, Any] = {"log": draft.log}
    if not is_whole(ModelConfig, name):
        return FloatRange(low, high, **extra)
    return IntRange(int(low), int(high), **extra, step=1 if draft.log else draft.step)

"""Whether a model should be trained again, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import pandas as pd

from mlwidgets.forecast.spec import Value
from mlwidgets.record.regimes import unseen_regime
from mlwidgets.record.values import RecordedModel
from mlwidgets.record.windows import DAY_MS, Window

ALPHA = 0.01
"""Level of all tests together that ask for a training: somebody looks every day, so it is low."""

OLDEST_DAYS = 30
"""Age from which a model is trained again whatever it shows: markets change."""

_JUDGED = ("week", "month")
"""A day is too short to ask for an hour of training."""

ReasonKind = Literal["accuracy", "coverage", "regime", "age"]


class Reason(Value):
    """Why a model should be trained again."""

    kind: ReasonKind
    text: str


def reasons(
    model: RecordedModel,
    windows: Sequence[Window],
    recent: pd.Series,
    trained: dict[str, float] | None,
    now: int,
) -> Iterator[Reason]:
    """Every reason there is.

    A fall counts where its p-value is below 1 % shared among the tests of week and month
    (Bonferroni).

    Args:
        model: the model.
        windows: its live quality.
        recent: regime of each forecast of the last week.
        trained: days of its training by regime; None where that is not known.
        now: epoch milliseconds.
    """
    yield from _falls([window for window in windows if window.name in _JUDGED])
    if regime := unseen_regime(recent, trained, model):
        days = (trained or {}).get(regime, 0.0)
        yield Reason(
            kind="regime",
            text=f"The market is {regime}; training held {days:.1f} days of that, less than "
            "such a market usually lasts",
        )
    age = (now - model.trained_at) / DAY_MS
    if age > OLDEST_DAYS:
        yield Reason(kind="age", text=f"Trained {age:.0f} days ago, more than {OLDEST_DAYS}")


def _falls(judged: Sequence[Window]) -> Iterator[Reason]:
    alpha = ALPHA / (2 * len(_JUDGED))
    kinds: tuple[Literal["accuracy", "coverage"], ...] = ("accuracy", "coverage")
    for kind in kinds:
        for window in reversed(judged):  # the longer one knows better how far it fell
            p_value = getattr(window, f"{kind}_p_value")
            if p_value is not None and p_value < alpha:
                yield Reason(kind=kind, text=_fell(kind, window))
                break


def _fell(kind: str, window: Window) -> str:
    live = window.directional_accuracy if kind == "accuracy" else window.coverage
    promised = window.promised_accuracy if kind == "accuracy" else window.promised_coverage
    what = "Directional accuracy" if kind == "accuracy" else "Coverage"
    return (
        f"{what} over the last {window.name} is {100 * (live or 0):.1f} %, the backtest "
        f"promised {100 * (promised or 0):.1f} %"
    )

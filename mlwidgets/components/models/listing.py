"""Which models a page shows, in which order, a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mlwidgets.components.models.folder import ModelEntry
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.market.timeframes import horizon_steps, timeframe_minutes
from mlwidgets.registry.names import version_number

PAGE = 20
"""Models on a page."""

Column = Literal[
    "symbol", "version", "status", "trained", "ahead", "data_points", "accuracy", "coverage"
]

_STATUSES = ("production", "damaged", "archived")


def _ahead(meta: ModelMeta) -> int:
    return horizon_steps(meta.horizon, meta.timeframe) * timeframe_minutes(meta.timeframe)


_FACTS: dict[Column, Callable[[ModelMeta], Any]] = {
    "trained": lambda meta: meta.trained_at,
    "ahead": lambda meta: (_ahead(meta), meta.timeframe),
    "data_points": lambda meta: meta.data_points,
    "accuracy": lambda meta: meta.accuracy,
    "coverage": lambda meta: meta.metrics.get("coverage"),
}
_KEYS: dict[Column, Callable[[ModelEntry], Any]] = {
    "symbol": lambda entry: (str(entry.key.slot), -version_number(entry.key.version)),
    "version": lambda entry: version_number(entry.key.version),
    "status": lambda entry: _STATUSES.index(entry.status),
}
COLUMNS: tuple[Column, ...] = (
    "symbol", "version", "status", "trained", "ahead", "data_points", "accuracy", "coverage",
)  # fmt: skip
"""What models can be sorted by."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which models to show; empty values let all pass.

    Attributes:
        text: parts of symbol, model type, version, timeframe or horizon, with spaces between.
        status: production, archived or damaged.
        model_type: `LSTM` or `HYBRID`.
        symbol: of one market only.
    """

    text: str = ""
    status: str = ""
    model_type: str = ""
    symbol: str = ""

    def fits(self, entry: ModelEntry) -> bool:
        """Whether a model is to be shown."""
        slot = entry.key.slot
        said = [slot.symbol, slot.model_type, entry.key.version, entry.status]
        if entry.meta:
            said += [entry.meta.timeframe, entry.meta.horizon]
        searched = " ".join(said).lower()
        return (
            self.status in ("", entry.status)
            and self.model_type in ("", slot.model_type)
            and self.symbol in ("", slot.symbol)
            and all(part in searched for part in self.text.lower().split())
        )


def ordered(
    entries: Sequence[ModelEntry], column: Column, *, descending: bool = False
) -> list[ModelEntry]:
    """Models by a column; those that have nothing in it come last, whatever the direction."""
    by_slot = sorted(entries, key=_KEYS["symbol"])
    known = [entry for entry in by_slot if _value(entry, column) is not None]
    unknown = [entry for entry in by_slot if _value(entry, column) is None]
    known.sort(key=lambda entry: _value(entry, column), reverse=descending)
    return [*known, *unknown]


def _value(entry: ModelEntry, column: Column) -> Any:
    if column in _KEYS:
        return _KEYS[column](entry)
    return _FACTS[column](entry.meta) if entry.meta else None

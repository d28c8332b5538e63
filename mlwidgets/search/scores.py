"""What a fold of a trial came to."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from mlwidgets.errors import TrainingError


@dataclass(frozen=True, slots=True)
class FoldScore:
    """The outcome of training on one fold and measuring on its validation part.

    Attributes:
        loss: what the search minimises; finite.
        metrics: further numbers by name.
        epochs: passes over the training windows.
        seconds: wall time of the fold on its worker.

    >>> FoldScore(loss=0.25).loss
    0.25
    """

    loss: float
    metrics: dict[str, float] = field(default_factory=dict)
    epochs: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.loss):
            raise TrainingError(f"The validation loss is {self.loss}, which is no finite number.")

    def to_json(self) -> dict[str, Any]:
        """The score as JSON-serialisable data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FoldFailure:
    """Why a fold has no score."""

    reason: str


FoldOutcome = FoldScore | FoldFailure

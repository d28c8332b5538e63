"""Counts what a search has done and estimates what is left."""

from __future__ import annotations

import time

from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.search.events import SearchProgress


class ProgressMeter:
    """Progress of one run of a study.

    Args:
        n_trials: finished trials wanted in all.
        n_folds: folds of each.

    >>> meter = ProgressMeter(50, 5)
    >>> meter.offer(0, 0.25, ModelConfig())
    >>> meter.progress().best_value, meter.progress().eta_seconds
    (0.25, None)
    """

    def __init__(self, n_trials: int, n_folds: int) -> None:
        self._n_trials, self._n_folds = n_trials, n_folds
        self._began = time.monotonic()
        self._trials = self._scored = self._earlier_folds = 0
        self._open: dict[int, int] = {}
        self._best: tuple[float, int, ModelConfig] | None = None

    @property
    def trials_done(self) -> int:
        """Finished trials, those of earlier runs included."""
        return self._trials

    def count_earlier(self) -> None:
        """A trial was finished by an earlier run."""
        self._trials += 1
        self._earlier_folds += self._n_folds

    def resume(self, number: int, folds: int) -> None:
        """A trial was left open by an earlier run, with some folds scored."""
        self._open[number] = folds
        self._earlier_folds += folds

    def count_fold(self, number: int) -> None:
        """A fold of a trial got its score."""
        self._open[number] = self._open.get(number, 0) + 1
        self._scored += 1

    def count_trial(self, number: int) -> None:
        """A trial was finished, perhaps before all its folds were."""
        self._open.pop(number, None)
        self._trials += 1

    def offer(self, number: int, value: float, config: ModelConfig) -> None:
        """A trial is complete and may be the best; of equal ones the older is."""
        if self._best is None or (value, number) < self._best[:2]:
            self._best = (value, number, config)

    def progress(self) -> SearchProgress:
        """Where the search stands."""
        value, number, config = self._best or (None, None, None)
        elapsed = time.monotonic() - self._began
        settled = self._trials * self._n_folds + sum(self._open.values())
        wanted = max(self._n_trials * self._n_folds, settled)
        here = settled - self._earlier_folds
        return SearchProgress(
            trials_done=self._trials,
            n_trials=self._n_trials,
            folds_done=self._scored,
            folds_settled=settled,
            n_folds=wanted,
            best_number=number,
            best_value=value,
            best_config=config,
            elapsed_seconds=elapsed,
            eta_seconds=elapsed / here * (wanted - settled) if here else None,
        )

"""Counts what a search has done and estimates what is left."""

from __future__ import annotations

import time

from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.search.events import SearchProgress


class ProgressMeter:
    """Progress of one run of a study.

    Args:
        n_trials: finished trials wanted in all.

    >>> meter = ProgressMeter(50)
    >>> meter.offer(0, 0.25, ModelConfig())
    >>> meter.progress().best_value, meter.progress().eta_seconds
    (0.25, None)
    """

    def __init__(self, n_trials: int) -> None:
        self._n_trials = n_trials
        self._began = time.monotonic()
        self._earlier = self._trials = self._folds = 0
        self._best: tuple[float, int, ModelConfig] | None = None

    @property
    def trials_done(self) -> int:
        """Finished trials, those of earlier runs included."""
        return self._earlier + self._trials

    def count_earlier(self) -> None:
        """A trial was finished by an earlier run."""
        self._earlier += 1

    def count_fold(self) -> None:
        """A fold got its score."""
        self._folds += 1

    def count_trial(self) -> None:
        """A trial was finished."""
        self._trials += 1

    def offer(self, number: int, value: float, config: ModelConfig) -> None:
        """A trial is complete and may be the best; of equal ones the older is."""
        if self._best is None or (value, number) < self._best[:2]:
            self._best = (value, number, config)

    def progress(self) -> SearchProgress:
        """Where the search stands."""
        value, number, config = self._best or (None, None, None)
        elapsed = time.monotonic() - self._began
        left = max(0, self._n_trials - self.trials_done)
        return SearchProgress(
            trials_done=self.trials_done,
            n_trials=self._n_trials,
            folds_done=self._folds,
            best_number=number,
            best_value=value,
            best_config=config,
            elapsed_seconds=elapsed,
            eta_seconds=elapsed / self._trials * left if self._trials else None,
        )

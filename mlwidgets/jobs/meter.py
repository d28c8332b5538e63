"""How far a whole job has come: a share for a progress bar, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.records import JobProgress, Stage
from mlwidgets.jobs.requests import JobRequest, TrainRequest

_FINAL_FOLDS = 2.0
"""Folds that take as long as training the best configuration on all candles."""

Fact = int | float | ModelConfig | None


class JobMeter:
    """Adds stages of different length up to one progress bar.

    Args:
        lengths: the job's stages in their order, with how long each takes beside the others.
        clock: seconds, for tests.

    >>> seconds = iter([0.0, 0.0, 10.0])
    >>> meter = JobMeter({"search": 80, "training": 20}, clock=lambda: next(seconds))
    >>> meter.enter("search")
    >>> meter.advance(0.5, trials_done=25)
    >>> progress = meter.progress()
    >>> progress.fraction, progress.elapsed_seconds, progress.eta_seconds, progress.trials_done
    (0.4, 10.0, 15.0, 25)
    """

    def __init__(
        self, lengths: Mapping[Stage, float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lengths, self._clock = dict(lengths), clock
        self._stage: Stage = "queued"
        self._fraction = self._fraction_before = 0.0
        self._began = self._since = clock()
        self._facts: dict[str, Fact] = {}

    def enter(self, stage: Stage) -> None:
        """A stage begins; those before it are over, even if they were skipped."""
        self._stage = stage
        self._facts.pop("epoch", None)
        self._facts.pop("epochs", None)
        self._rise(0.0)
        self._measure_from_here()

    def take_up(self, share: float) -> None:
        """A share of the stage was done by an earlier attempt: it tells nothing of the pace."""
        self._rise(share)
        self._measure_from_here()

    def advance(self, share: float, **facts: Fact) -> None:
        """A share of the stage is done, 0 to 1.

        Args:
            share: of the stage.
            **facts: fields of `JobProgress`; they stay until they are given again.
        """
        self._rise(share)
        self._facts.update(facts)

    def progress(self) -> JobProgress:
        """Where the job stands."""
        now = self._clock()
        done = self._fraction - self._fraction_before
        left = (now - self._since) / done * (1 - self._fraction) if done > 0 else None
        return JobProgress(
            stage=self._stage, fraction=round(self._fraction, 4), eta_seconds=left,
            elapsed_seconds=now - self._began, **self._facts,
        )  # fmt: skip

    def _rise(self, share: float) -> None:
        """Never falls: a bar that jumps back tells people nothing."""
        stages = list(self._lengths)
        if self._stage not in stages:
            self._fraction = 1.0 if self._stage == "done" else self._fraction
            return
        before = sum(self._lengths[stage] for stage in stages[: stages.index(self._stage)])
        reached = before + self._lengths[self._stage] * min(max(share, 0.0), 1.0)
        self._fraction = max(self._fraction, reached / sum(self._lengths.values()))

    def _measure_from_here(self) -> None:
        self._fraction_before, self._since = self._fraction, self._clock()


def stage_lengths(request: JobRequest, folds_at_once: int) -> dict[Stage, float]:
    """About how long each stage of a job takes beside the others; 1 is the training of a fold.

    >>> from mlwidgets.jobs.requests import TrainRequest
    >>> request = TrainRequest(symbol="BTCUSDT", model_type="LSTM", n_trials=50, n_folds=5)
    >>> stage_lengths(request, folds_at_once=2)["search"]
    125.0
    """
    lengths: dict[Stage, float] = {"candles": 0.1, "search": 0.0, "training": _FINAL_FOLDS}
    if isinstance(request, TrainRequest):
        lengths["search"] = request.n_trials * request.n_folds / folds_at_once
    return {**lengths, "measuring": 0.1, "saving": 0.05}

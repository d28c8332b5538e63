"""A train job: search hyper-parameters, then train and measure the best."""

from __future__ import annotations

import pandas as pd

from mlwidgets.jobs.attempt import Attempt, Measured
from mlwidgets.jobs.meter import Fact
from mlwidgets.jobs.reporting import Reporter
from mlwidgets.jobs.requests import TrainRequest
from mlwidgets.jobs.studies import study_name
from mlwidgets.jobs.words import config_words, fold_words, skill_words, trial_words
from mlwidgets.search.events import FoldScored, SearchEvent, SearchProgress, SearchStarted
from mlwidgets.search.optimize import optimize


def train(attempt: Attempt, request: TrainRequest, candles: pd.DataFrame) -> Measured:
    """Search until enough trials are finished, then measure the best.

    Raises:
        As `optimize`.
    """
    reporter = attempt.reporter
    reporter.enter(
        "search", f"Searching: {request.n_trials:,} trials, {request.n_folds} folds each."
    )
    telling = SearchTelling(reporter)
    result = optimize(
        request.spec(request.model_type), candles,
        n_trials=request.n_trials, n_folds=request.n_folds, space=request.space,
        test_start=request.test_start, test_end=request.test_end, seed=request.seed,
        coverage=request.coverage, device=request.device,
        client=attempt.client, owner=attempt.order.job_id,
        storage=attempt.order.database_url, study_name=study_name(attempt.order.job_id),
        on_event=telling.on_event, on_progress=reporter.on_epoch,
        should_stop=attempt.heart.should_stop,
    )  # fmt: skip
    return Measured(
        {request.model_type: result.report},
        study_name=result.study_name,
        best_value=result.best_value,
    )


class SearchTelling:
    """Turns what a search tells into a job's progress, events and log.

    Args:
        reporter: writes them.
    """

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._best: int | None = None
        self._searching = True

    def on_event(self, event: SearchEvent) -> None:
        """Take in what the search tells."""
        progress = event.progress
        share = progress.folds_settled / progress.n_folds
        self._reporter.advance(share, **_facts(progress))
        if isinstance(event, SearchStarted):
            self._started(progress, share)
        elif isinstance(event, FoldScored):
            self._reporter.tell("fold", fold_words(event), **event.to_json())
        else:
            self._reporter.tell("trial", trial_words(event), **event.to_json())
            self._praise(progress)
        self._end(progress)

    def _started(self, progress: SearchProgress, share: float) -> None:
        self._reporter.take_up(share)
        self._best = progress.best_number
        if progress.trials_done:
            self._reporter.log(
                f"{progress.trials_done} of {progress.n_trials} trials were finished before."
            )

    def _praise(self, progress: SearchProgress) -> None:
        number, value, config = progress.best_number, progress.best_value, progress.best_config
        if number == self._best or value is None or config is None:
            return
        self._best = number
        self._reporter.log(
            f"Best so far: trial {number}, {skill_words(value)}; {config_words(config)}."
        )

    def _end(self, progress: SearchProgress) -> None:
        done = progress.trials_done >= progress.n_trials and progress.best_config is not None
        if self._searching and done:
            self._searching = False
            self._reporter.enter(
                "training", "Training the best configuration on all candles before the test window."
            )


def _facts(progress: SearchProgress) -> dict[str, Fact]:
    return {
        "trials_done": progress.trials_done,
        "n_trials": progress.n_trials,
        "folds_done": progress.folds_settled,
        "n_folds": progress.n_folds,
        "best_number": progress.best_number,
        "best_value": progress.best_value,
        "best_config": progress.best_config,
    }

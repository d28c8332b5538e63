"""Runs a study: asks for trials, has their folds computed, prunes, records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import optuna
from dask.base import tokenize
from distributed import Client

from mlwidgets.errors import Cancelled, SpecError, TrainingError
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.search.events import FinalState, FoldScored, OnEvent, SearchStarted, TrialFinished
from mlwidgets.search.fold_tasks import FoldRunner, FoldTask, ScoreFold
from mlwidgets.search.ledger import (
    REASON_ATTR,
    StudyLedger,
    open_ledger,
    recorded_scores,
    trial_config,
)
from mlwidgets.search.progress import ProgressMeter
from mlwidgets.search.proposal import propose
from mlwidgets.search.pruning import running_means, should_prune
from mlwidgets.search.scores import FoldFailure, FoldScore
from mlwidgets.search.seeds import derived_seed
from mlwidgets.search.space import SearchSpace
from mlwidgets.search.trial_board import OpenTrial, folds_to_submit

_TICK_SECONDS = 0.2


def run_study(
    *,
    spec: ModelSpec,
    space: SearchSpace,
    folds: Sequence[Any],
    data: Any,
    score_fold: ScoreFold,
    n_trials: int,
    seed: int,
    client: Client,
    storage: str | None = None,
    study_name: str = "search",
    fingerprint: str | None = None,
    on_event: OnEvent | None = None,
    should_stop: Callable[[], bool] | None = None,
    in_flight: int | None = None,
    prune: bool = True,
    fold_limit: int | None = None,
    owner: str | None = None,
    device: str = "cpu",
) -> optuna.Study:
    """Search for the hyper-parameters with the lowest mean loss over the folds.

    The result depends on the arguments alone, bit for bit: not on timing, lost workers, nor on
    how often the search was interrupted. A trial that fails is recorded with its reason, and the
    search goes on. Called again with the same study name it continues until `n_trials` trials
    are finished, whatever their state.

    Args:
        spec: symbol, model type, timeframe and horizon; its config is replaced.
        space: ranges to search.
        folds: what `score_fold` gets one at a time; every trial runs them in this order.
        data: what `score_fold` needs; sent to each worker once.
        score_fold: pure function of (data, spec, fold, seed) that trains and measures, on a
            device, until it should stop.
        n_trials: finished trials wanted, those of earlier runs included.
        seed: seed of the search; a fold has the same training seed in every trial.
        client: Dask client to compute the folds on.
        storage: SQLAlchemy URL of the database; None keeps the study in memory.
        study_name: name of the study in the database.
        fingerprint: names data and folds, to refuse another study's; default: computed from them.
        on_event: is told of progress, in this thread.
        should_stop: asked several times a second; True cancels.
        in_flight: trials under way at the same time; results depend on it, so a study keeps the
            number it began with. Default: 4, or twice the folds at once if that is more.
        prune: whether to spare hopeless trials their remaining folds.
        fold_limit: most folds at once; None for as many as the workers take.
        owner: on whose behalf, e.g. a job's id; a run of the same owner, which may be cut off
            from here without being dead, is taken over at once.
        device: where networks are trained; `cuda` takes workers that hold a GPU.

    Returns:
        The study; `study.best_trial` is the best, its whole config in the user attribute `config`.

    Raises:
        SpecError: an argument makes no sense, or the study exists with other arguments.
        TrainingError: every trial failed.
        Cancelled: `should_stop` said so; what is finished is kept and the rest queued.
        ClusterUnavailable: the scheduler or all workers are gone for good, or none of them has
            the device.
        StorageError: the database cannot be used.
    """
    _check(n_trials=n_trials, folds=len(folds), in_flight=in_flight, fold_limit=fold_limit)
    identity = {
        "spec": spec.model_dump(mode="json", exclude={"config"}),
        "space": space.to_json(),
        "data": fingerprint or tokenize(data, tuple(folds)),
        "folds": len(folds),
        "seed": seed,
        "prune": prune,
        **({} if device == "cpu" else {"device": device}),
    }
    runner = FoldRunner(client, score_fold, data, folds, device=device, limit=fold_limit)
    with open_ledger(storage, study_name, identity, owner) as ledger:
        coordinator = _Coordinator(
            spec, space, ledger, runner,
            n_trials=n_trials, n_folds=len(folds), seed=seed, prune=prune,
            in_flight=ledger.agree_in_flight(in_flight, max(4, 2 * runner.slots)),
            on_event=on_event or (lambda event: None), should_stop=should_stop or (lambda: False),
        )  # fmt: skip
        coordinator.run()
        _require_a_result(ledger)
        return ledger.study


class _Coordinator:
    """One run of a study."""

    def __init__(
        self, spec: ModelSpec, space: SearchSpace, ledger: StudyLedger, runner: FoldRunner, *,
        n_trials: int, n_folds: int, seed: int, prune: bool, in_flight: int,
        on_event: OnEvent, should_stop: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._spec, self._space, self._ledger, self._runner = spec, space, ledger, runner
        self._n_trials, self._n_folds, self._seed, self._prune = n_trials, n_folds, seed, prune
        self._in_flight, self._on_event, self._should_stop = in_flight, on_event, should_stop
        self._begun = 0
        self._open: dict[int, OpenTrial] = {}
        self._complete: dict[int, list[float]] = {}
        self._meter = ProgressMeter(n_trials, n_folds)

    def run(self) -> None:
        """Run until enough trials are finished; leave everything resumable if that fails."""
        try:
            self._take_up()
            self._on_event(SearchStarted(self._meter.progress()))
            for trial in list(self._open.values()):
                self._advance(trial)
            while self._begin_trials():
                self._heed_the_world()
                self._submit_folds()
                self._collect()
        except BaseException:
            self._runner.cancel()
            if self._ledger.lease.held:
                for number in self._open:
                    self._ledger.queue(number)
            raise

    def _take_up(self) -> None:
        for trial in self._ledger.trials():
            self._begun += 1
            scores, config = recorded_scores(trial), trial_config(trial)
            if not trial.state.is_finished():
                if trial.number < self._n_trials:
                    self._ledger.take_up(trial)
                    self._open[trial.number] = OpenTrial.resumed(trial.number, config, scores)
                    self._meter.resume(trial.number, len(scores))
                continue
            self._meter.count_earlier()
            if trial.state == optuna.trial.TrialState.COMPLETE and trial.value is not None:
                self._complete[trial.number] = [score.loss for score in scores]
                self._meter.offer(trial.number, trial.value, config)

    def _begin_trials(self) -> bool:
        """Open as many trials as may be under way; False where there is nothing left to do."""
        while self._may_begin(self._begun):
            trial = propose(
                self._space, self._spec.model_type, self._ledger.trials(),
                seed=self._seed, in_flight=self._in_flight,
            )  # fmt: skip
            self._ledger.add(trial)
            self._open[self._begun] = OpenTrial(self._begun, trial_config(trial))
            self._begun += 1
        return bool(self._open)

    def _may_begin(self, number: int) -> bool:
        # A proposal knows results up to number - in_flight, so those must be there.
        oldest = min(self._open, default=number)
        return number < self._n_trials and oldest > number - self._in_flight

    def _heed_the_world(self) -> None:
        if self._should_stop():
            raise Cancelled(
                f"The search was cancelled after {self._meter.trials_done} of {self._n_trials} "
                "trials; run it again to go on."
            )
        self._ledger.lease.renew()

    def _submit_folds(self) -> None:
        trials = [self._open[number] for number in sorted(self._open)]
        for number, fold in folds_to_submit(trials, self._n_folds, self._runner.idle):
            trial = self._open[number]
            trial.submitted.add(fold)
            # The same seed for a fold in every trial: trials differ by their config alone.
            seed = derived_seed(self._seed, "fold", fold)
            spec = self._spec.replace(config=trial.config)
            self._runner.submit(FoldTask(number, fold, spec, seed))

    def _collect(self) -> None:
        for task, outcome in self._runner.collect(_TICK_SECONDS):
            trial = self._open.get(task.number)
            if trial is not None:
                trial.outcomes[task.fold] = outcome
                self._advance(trial)

    def _advance(self, trial: OpenTrial) -> None:
        """Judge the folds that have arrived, in their order."""
        while (fold := len(trial.scores)) in trial.outcomes:
            outcome = trial.outcomes[fold]
            if isinstance(outcome, FoldFailure):
                return self._finish(trial, "FAIL", outcome.reason)
            self._score(trial, fold, outcome)
            if fold + 1 == self._n_folds:
                return self._finish(trial, "COMPLETE")
            if self._prune and should_prune(self._rivals(trial.number), trial.losses):
                return self._finish(trial, "PRUNED")
        return None

    def _score(self, trial: OpenTrial, fold: int, score: FoldScore) -> None:
        trial.scores.append(score)
        if fold < trial.recorded:
            return
        self._ledger.record(trial.number, fold, score, running_means(trial.losses)[-1])
        self._meter.count_fold(trial.number)
        self._on_event(FoldScored(trial.number, fold, self._n_folds, score, self._meter.progress()))

    def _rivals(self, number: int) -> list[list[float]]:
        """Complete trials that were certainly finished when this one was proposed."""
        known = number - self._in_flight
        return [losses for other, losses in self._complete.items() if other <= known]

    def _finish(self, trial: OpenTrial, state: FinalState, reason: str = "") -> None:
        value = running_means(trial.losses)[-1] if state != "FAIL" else None
        if state == "COMPLETE" and value is not None:
            self._ledger.complete(trial.number, value)
            self._complete[trial.number] = trial.losses
            self._meter.offer(trial.number, value, trial.config)
        elif state == "PRUNED":
            self._ledger.prune(trial.number)
        else:
            self._ledger.fail(trial.number, reason)
        del self._open[trial.number]
        self._runner.cancel(trial.number)
        self._meter.count_trial(trial.number)
        self._on_event(
            TrialFinished(
                trial.number, state, value, trial.config, reason,
                sum(score.seconds for score in trial.scores), self._meter.progress(),
            )
        )  # fmt: skip


def _check(**numbers: int | None) -> None:
    for name, value in numbers.items():
        if value is not None and (not isinstance(value, int) or value is True or value < 1):
            raise SpecError(
                f"{name} must be a whole number of at least 1 (got {value!r}).",
                field=name, value=repr(value),
            )  # fmt: skip


def _require_a_result(ledger: StudyLedger) -> None:
    trials = [trial for trial in ledger.trials() if trial.state.is_finished()]
    if all(trial.state == optuna.trial.TrialState.FAIL for trial in trials):
        reason = trials[0].user_attrs.get(REASON_ATTR, "no reason was recorded")
        raise TrainingError(
            f"All {len(trials)} trials failed, the first because: {reason} "
            "Widen or move the search ranges, or look at the data.",
            trials=len(trials), reason=reason,
        )  # fmt: skip

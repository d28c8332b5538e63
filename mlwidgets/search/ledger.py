"""A study's record: what was tried, what came of it, and what is still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import optuna
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from mlwidgets.errors import SpecError
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.search.lease import StudyLease
from mlwidgets.search.proposal import CONFIG_ATTR, quiet_optuna
from mlwidgets.search.scores import FoldScore
from mlwidgets.search.storage import open_storage, storage_errors

REASON_ATTR = "reason"
"""User attribute of a failed trial: why it failed."""

_FOLD_ATTR = "fold"
_IDENTITY_ATTR = "identity"
_IN_FLIGHT_ATTR = "in_flight"


class StudyLedger:
    """A study in a database, written so that a coordinator may be killed between any two writes.

    A trial is added with all its parameters in one transaction. A trial that a killed or
    cancelled coordinator left open keeps its number, its parameters and the folds it has, and is
    gone on with; nothing is counted twice. A coordinator whose lease another one took writes
    nothing any more: what it finishes raises SpecError.

    Args:
        storage: where the study lies.
        study: the study.
        owner: on whose behalf the study is run, as `StudyLease` takes it.
    """

    def __init__(self, storage: BaseStorage, study: optuna.Study, owner: str | None = None) -> None:
        self._storage, self.study = storage, study
        self._study_id = storage.get_study_id_from_name(study.study_name)
        self.lease = StudyLease(storage, self._study_id, owner)

    def trials(self) -> list[FrozenTrial]:
        """Every trial by number."""
        return self.study.get_trials(deepcopy=False)

    def add(self, trial: FrozenTrial) -> None:
        """Add a proposed trial, which gets the next number."""
        self.lease.require()
        self.study.add_trial(trial)

    def record(self, number: int, fold: int, score: FoldScore, mean: float) -> None:
        """Keep a fold's score; `mean` is the trial's mean loss up to this fold."""
        self.lease.require()
        trial_id = self._trial_id(number)
        self._storage.set_trial_user_attr(trial_id, f"{_FOLD_ATTR} {fold}", score.to_json())
        self._storage.set_trial_intermediate_value(trial_id, fold, mean)

    def complete(self, number: int, value: float) -> None:
        """Finish a trial with its value."""
        self.lease.require()
        self.study.tell(number, value)

    def prune(self, number: int) -> None:
        """Finish a trial early; its value is the mean over the folds it has."""
        self.lease.require()
        self.study.tell(number, state=TrialState.PRUNED)

    def fail(self, number: int, reason: str) -> None:
        """Finish a trial without a value."""
        self.lease.require()
        self._storage.set_trial_user_attr(self._trial_id(number), REASON_ATTR, reason)
        self.study.tell(number, state=TrialState.FAIL)

    def agree_in_flight(self, wanted: int | None, default: int) -> int:
        """How many trials run at the same time: as this study began, because results depend on it.

        Raises:
            SpecError: `wanted` is given and the study began with another number.
        """
        stored = self.study.user_attrs.get(_IN_FLIGHT_ATTR)
        if stored is None:
            stored = default if wanted is None else wanted
            self.study.set_user_attr(_IN_FLIGHT_ATTR, stored)
        if wanted not in (None, stored):
            raise _foreign(self.study.study_name, f"was begun with in_flight={stored}")
        return int(stored)

    def queue(self, number: int) -> None:
        """Mark an open trial as waiting for a later run."""
        self._storage.set_trial_state_values(self._trial_id(number), TrialState.WAITING)

    def take_up(self, trial: FrozenTrial) -> None:
        """Mark a trial that an earlier run left open as running."""
        if trial.state == TrialState.WAITING:
            self._storage.set_trial_state_values(self._trial_id(trial.number), TrialState.RUNNING)

    def _trial_id(self, number: int) -> int:
        return self._storage.get_trial_id_from_study_id_trial_number(self._study_id, number)


@contextmanager
def open_ledger(
    url: str | None, study_name: str, identity: Mapping[str, Any], owner: str | None = None
) -> Iterator[StudyLedger]:
    """Open a study, or begin it, and hold its lease.

    Args:
        url: SQLAlchemy URL of the database, or None for memory.
        study_name: the study's name in the database.
        identity: JSON-serialisable facts that all runs of this study must share.
        owner: on whose behalf, as `StudyLease` takes it.

    Raises:
        SpecError: the study exists with another identity, or another process runs it.
        StorageError: the database cannot be used.
    """
    with storage_errors(url), quiet_optuna():
        storage = open_storage(url)
        study = optuna.create_study(
            storage=storage, study_name=study_name, direction="minimize", load_if_exists=True
        )
        _check_identity(study, identity)
        ledger = StudyLedger(storage, study, owner)
        ledger.lease.take(study_name)
        try:
            yield ledger
        finally:
            with suppress(SQLAlchemyError, optuna.exceptions.StorageInternalError):
                ledger.lease.release()


def recorded_scores(trial: FrozenTrial) -> list[FoldScore]:
    """The fold scores that a trial has, in fold order."""
    scores: list[FoldScore] = []
    while (stored := trial.user_attrs.get(f"{_FOLD_ATTR} {len(scores)}")) is not None:
        scores.append(FoldScore(**stored))
    return scores


def trial_config(trial: FrozenTrial) -> ModelConfig:
    """The whole config of a trial, fixed hyper-parameters included."""
    return ModelConfig(**trial.user_attrs[CONFIG_ATTR])


def _check_identity(study: optuna.Study, identity: Mapping[str, Any]) -> None:
    stored = study.user_attrs.get(_IDENTITY_ATTR)
    if stored is None:
        if study.get_trials(deepcopy=False):
            raise _foreign(study.study_name, "was not begun by mlwidgets")
        study.set_user_attr(_IDENTITY_ATTR, dict(identity))
        return
    names = sorted({*identity, *stored})
    differing = [name for name in names if stored.get(name) != identity.get(name)]
    if differing:
        raise _foreign(study.study_name, f"was begun with another {', '.join(differing)}")


def _foreign(study_name: str, how: str) -> SpecError:
    return SpecError(
        f"Study {study_name!r} {how}; choose another study name, or repeat the search as it was.",
        field="study_name", value=study_name,
    )  # fmt: skip

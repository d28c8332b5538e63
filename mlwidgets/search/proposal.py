"""The next trial's hyper-parameters, as a pure function of what is known."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import optuna
from optuna.trial import FrozenTrial, TrialState, create_trial

from mlwidgets.forecast.spec import ModelType
from mlwidgets.search.seeds import derived_seed
from mlwidgets.search.space import SearchSpace

CONFIG_ATTR = "config"
"""User attribute of a trial that holds its whole config, fixed values included."""


def propose(
    space: SearchSpace, model_type: ModelType, history: Sequence[FrozenTrial], *,
    seed: int, in_flight: int,
) -> FrozenTrial:  # fmt: skip
    """The trial that follows `history`, running and with all its parameters.

    Optuna's default sampler (multivariate TPE with constant liar, random for the first ten
    trials: Watanabe 2023, arXiv:2304.11127) draws from a study in memory that holds what trial k
    may know: results of trials up to k - in_flight, parameters of those after. Younger results
    count as unknown even where they are already there, so the draw does not depend on which
    worker was faster, nor on whether the search was interrupted in between.

    Args:
        space: ranges to draw from.
        model_type: LSTM or HYBRID.
        history: every trial so far, by number.
        seed: seed of the whole search.
        in_flight: most trials that run at the same time.

    Returns:
        A trial in state RUNNING, with its config in the user attribute `config`.
    """
    number = len(history)
    with quiet_optuna():
        sampler = optuna.samplers.TPESampler(seed=derived_seed(seed, "trial", number))
        draft = optuna.create_study(sampler=sampler)
        known = number - in_flight
        draft.add_trials([t if t.number <= known else _as_running(t) for t in history])
        trial = draft.ask()
        trial.set_user_attr(CONFIG_ATTR, space.suggest(trial, model_type).to_json())
        return draft.trials[number]


@contextmanager
def quiet_optuna() -> Iterator[None]:
    """Keep Optuna's notes on what it creates out of the user's output for a while."""
    logger = logging.getLogger("optuna")
    before = logger.level
    logger.setLevel(max(before, logging.WARNING))
    try:
        yield
    finally:
        logger.setLevel(before)


def _as_running(trial: FrozenTrial) -> FrozenTrial:
    return create_trial(
        state=TrialState.RUNNING,
        params=trial.params,
        distributions=trial.distributions,
        system_attrs=trial.system_attrs,
    )

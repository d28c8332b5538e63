import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState

from mlwidgets.search.proposal import propose
from mlwidgets.search.space import SearchSpace

IN_FLIGHT = 4


def finished(trial: FrozenTrial, value: float) -> FrozenTrial:
    return optuna.trial.create_trial(
        value=value,
        params=trial.params,
        distributions=trial.distributions,
        system_attrs=trial.system_attrs,
    )


def history(length: int, *, values: dict[int, float] | None = None) -> list[FrozenTrial]:
    trials: list[FrozenTrial] = []
    for number in range(length):
        trial = proposed(trials)
        done = finished(trial, (values or {}).get(number, trial.params["learning_rate"]))
        done.number = number
        trials.append(done)
    return trials


def proposed(trials: list[FrozenTrial], seed: int = 5) -> FrozenTrial:
    return propose(SearchSpace(), "LSTM", trials, seed=seed, in_flight=IN_FLIGHT)


def test_the_same_history_and_seed_propose_the_same_trial():
    trials = history(15)
    assert proposed(trials).params == proposed(trials).params
    assert proposed(trials).params != proposed(trials, seed=6).params


@pytest.mark.parametrize("length", [3, 14, 20])
def test_results_that_a_trial_may_not_know_do_not_move_its_proposal(length):
    young = dict.fromkeys(range(length - IN_FLIGHT + 1, length), -100.0)
    assert proposed(history(length)).params == proposed(history(length, values=young)).params


def test_results_that_a_trial_may_know_do_move_its_proposal():
    base, changed = history(20), history(20)
    changed[3] = finished(changed[3], 100.0)
    changed[3].number = 3
    changed[15] = finished(changed[15], -100.0)
    changed[15].number = 15
    assert proposed(base).params != proposed(changed).params


def test_a_proposal_is_a_running_trial_with_its_whole_config():
    trial = proposed(history(2))
    assert (trial.number, trial.state) == (2, TrialState.RUNNING)
    assert trial.user_attrs["config"]["epochs"] == 20
    assert trial.user_attrs["config"]["hiddenSize"] == trial.params["hidden_size"]


def test_proposals_leave_the_users_optuna_as_it_was(capfd):
    before = optuna.logging.get_verbosity()
    proposed(history(12))
    assert optuna.logging.get_verbosity() == before
    assert capfd.readouterr().err == ""

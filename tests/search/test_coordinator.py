import math
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import cloudpickle
import optuna
import pytest
from optuna.trial import TrialState

from mlwidgets.cluster import open_cluster, running_cluster
from mlwidgets.errors import (
    Cancelled,
    ClusterUnavailable,
    SpecError,
    StorageError,
    TrainingDiverged,
    TrainingError,
)
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.search.coordinator import run_study
from mlwidgets.search.events import FoldScored, SearchStarted, TrialFinished
from mlwidgets.search.ranges import FloatRange, IntRange
from mlwidgets.search.scores import FoldScore
from mlwidgets.search.space import SearchSpace

# The workers cannot import a test module, so its functions travel by value.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

SPEC = ModelSpec(symbol="BTCUSDT", model_type="LSTM")
SPACE = SearchSpace(hidden_size=IntRange(16, 64), learning_rate=FloatRange(1e-4, 1e-1, log=True))
FOLDS = (0.0, 0.3, -0.1)
TRIALS = 16


@pytest.fixture(scope="module")
def client():
    with open_cluster(workers=2) as client:
        yield client


def bowl(data, spec, fold, seed, **_):
    """A bowl with its bottom at learning rate 0.003 and hidden size 32, and noise a fold."""
    rate, width = math.log10(spec.config.learning_rate / 3e-3), (spec.config.hidden_size - 32) / 32
    noise = random.Random(f"{seed} {width}").uniform(-0.01, 0.01)
    return FoldScore(loss=rate**2 + width**2 + fold + noise, metrics={"width": width}, epochs=3)


def restless_bowl(data, spec, fold, seed, **_):
    """The bowl, after a while that differs from call to call."""
    until = time.perf_counter() + random.SystemRandom().uniform(0, 0.03)
    while time.perf_counter() < until:
        pass
    return bowl(data, spec, fold, seed)


def counted_bowl(data, spec, fold, seed, **_):
    """The bowl; every call leaves a byte in a file."""
    with Path(data["calls"]).open("ab", buffering=0) as calls:
        calls.write(b".")
    return bowl(data, spec, fold, seed)


def deadly_bowl(data, spec, fold, seed, **_):
    """The counted bowl; the tenth call kills its worker."""
    score = counted_bowl(data, spec, fold, seed)
    if Path(data["calls"]).stat().st_size >= 10 and not Path(data["killed"]).exists():
        Path(data["killed"]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return score


def slow_bowl(data, spec, fold, seed, **_):
    until = time.perf_counter() + 1.5
    while time.perf_counter() < until:
        pass
    return bowl(data, spec, fold, seed)


def lonely_bowl(data, spec, fold, seed, **_):
    """The bowl, where two folds at the same time get in each other's way."""
    Path(data["busy"]).mkdir()
    score = restless_bowl(data, spec, fold, seed)
    Path(data["busy"]).rmdir()
    return score


def doubtful_bowl(data, spec, fold, seed, **_):
    """The bowl; the first call believes that nobody wants it."""
    if not Path(data["doubted"]).exists():
        Path(data["doubted"]).touch()
        raise Cancelled("Nobody wants this fold.")
    return bowl(data, spec, fold, seed)


def patient_bowl(data, spec, fold, seed, *, should_stop, **_):
    """The bowl, after a minute or as soon as it is not wanted any more."""
    Path(data["begun"]).touch()
    until = time.monotonic() + 60
    while time.monotonic() < until and not should_stop():
        time.sleep(0.01)
    Path(data["stopped"]).touch()
    return bowl(data, spec, fold, seed)


def steep_bowl(data, spec, fold, seed, **_):
    """The bowl, where a high learning rate diverges and a very high one is a bug."""
    if spec.config.learning_rate > 3e-2:
        raise ZeroDivisionError("division by zero")
    if spec.config.learning_rate > 1e-2:
        raise TrainingDiverged("The loss became nan in epoch 2.", epoch=2)
    return bowl(data, spec, fold, seed)


def endless(data, spec, fold, seed, **_):
    return FoldScore(loss=math.nan)


def search(client, score_fold=bowl, **changes):
    arguments = {
        "spec": SPEC, "space": SPACE, "folds": FOLDS, "data": {"candles": b"\0" * 1000},
        "n_trials": TRIALS, "seed": 11, "in_flight": 4, "fingerprint": "simulated",
    }  # fmt: skip
    return run_study(client=client, score_fold=score_fold, **{**arguments, **changes})


def outcome(study: optuna.Study):
    return [
        (trial.number, trial.state, trial.value, trial.params, trial.intermediate_values)
        for trial in study.trials
    ]


@pytest.fixture(scope="module")
def undisturbed(client):
    return outcome(search(client))


@pytest.fixture
def database(tmp_path):
    return f"sqlite:///{tmp_path / 'studies' / 'mlwidgets.db'}"


def test_the_search_finds_the_bottom_of_the_bowl(client):
    best = search(client, n_trials=28).best_trial
    assert 1e-3 < best.params["learning_rate"] < 1e-2
    assert 24 <= best.params["hidden_size"] <= 44
    assert best.user_attrs["config"]["learningRate"] == best.params["learning_rate"]


def test_the_value_of_a_trial_is_the_mean_of_its_folds(client):
    study = search(client, n_trials=2)
    for trial in study.trials:
        losses = [trial.user_attrs[f"fold {fold}"]["loss"] for fold in range(len(FOLDS))]
        assert trial.value == pytest.approx(sum(losses) / len(FOLDS), rel=1e-12)
        assert trial.user_attrs["fold 0"]["epochs"] == 3


def test_results_do_not_depend_on_how_long_folds_take(client, undisturbed, database):
    assert outcome(search(client, restless_bowl)) == undisturbed
    assert outcome(search(client, restless_bowl, storage=database)) == undisturbed


def test_another_seed_searches_elsewhere(client, undisturbed):
    assert outcome(search(client, seed=12)) != undisturbed


def test_a_worker_killed_in_mid_fold_costs_one_fold_and_changes_nothing(
    client, undisturbed, tmp_path
):
    data = {"calls": str(tmp_path / "calls"), "killed": str(tmp_path / "killed")}
    events = []
    study = search(client, deadly_bowl, data=data, on_event=events.append)
    assert outcome(study) == undisturbed
    folds = sum(isinstance(event, FoldScored) for event in events)
    ahead = 2  # folds that idle workers began for a trial that was then pruned
    assert folds + 1 <= (tmp_path / "calls").stat().st_size <= folds + 1 + ahead


def test_data_that_died_with_all_workers_are_sent_again(client, undisturbed):
    pids = list(client.run(os.getpid).values())

    def kill_all_once(event):
        if isinstance(event, FoldScored):
            while pids:
                os.kill(pids.pop(), signal.SIGKILL)

    assert outcome(search(client, restless_bowl, on_event=kill_all_once)) == undisturbed


def test_a_fold_that_always_kills_its_worker_fails_its_trial(client):
    def fatal(data, spec, fold, seed, **_):
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(TrainingError, match="its worker died, 4 times in all; it may need more"):
        search(client, fatal, n_trials=1, folds=FOLDS[:1])


def test_a_fold_that_its_worker_gave_up_by_mistake_is_computed_again(client, undisturbed, tmp_path):
    study = search(client, doubtful_bowl, data={"doubted": str(tmp_path / "doubted")})
    assert outcome(study) == undisturbed


def test_no_more_folds_run_at_once_than_the_limit(client, undisturbed, tmp_path):
    study = search(client, lonely_bowl, data={"busy": str(tmp_path / "busy")}, fold_limit=1)
    assert outcome(study) == undisturbed


def test_folds_that_nobody_wants_any_more_stop(client, tmp_path):
    begun, stopped = tmp_path / "begun", tmp_path / "stopped"
    data = {"begun": str(begun), "stopped": str(stopped)}
    with pytest.raises(Cancelled):
        search(client, patient_bowl, data=data, should_stop=begun.exists)
    deadline = time.monotonic() + 20
    while not stopped.exists():
        assert time.monotonic() < deadline, "the fold goes on"
        time.sleep(0.02)


def test_a_device_that_no_worker_has_is_refused_before_anything_is_written(
    client, database, tmp_path
):
    with pytest.raises(ClusterUnavailable, match="none of the cluster's 2 workers holds a GPU"):
        search(client, storage=database, device="cuda")
    assert list(tmp_path.iterdir()) == []


def test_a_coordinator_that_was_killed_is_continued_as_if_nothing_had_happened(
    client, undisturbed, database
):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import test_coordinator as t\n"
        "from mlwidgets.cluster import open_cluster\n"
        "def score(*fold, by_value=t.restless_bowl, **options):\n"
        "    return by_value(*fold, **options)\n"
        "with open_cluster(workers=2) as client:\n"
        "    t.search(client, score, storage=sys.argv[2],\n"
        "             on_event=lambda event: print(type(event).__name__, flush=True))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(Path(__file__).parent), database],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    finished = 0
    while finished < 6:
        line = process.stdout.readline()
        assert line, "the coordinator ended early"
        finished += line.strip() == "TrialFinished"
    process.kill()
    process.wait()
    left = optuna.load_study(study_name="search", storage=database).trials
    assert TrialState.RUNNING in {trial.state for trial in left}
    assert finished <= sum(trial.state.is_finished() for trial in left) < TRIALS

    assert outcome(search(client, storage=database)) == undisturbed


def test_a_finished_study_is_returned_without_computing_anything(client, undisturbed, database):
    search(client, storage=database)
    events = []
    again = search(client, endless, storage=database, on_event=events.append)
    assert outcome(again) == undisturbed
    assert [type(event) for event in events] == [SearchStarted]
    assert events[0].progress.trials_done == TRIALS
    assert events[0].progress.best_value == again.best_value


def test_a_study_can_be_extended_and_equals_one_that_was_longer_from_the_start(
    client, undisturbed, database
):
    search(client, storage=database, n_trials=7)
    assert outcome(search(client, storage=database)) == undisturbed


def test_a_trial_that_diverges_fails_with_its_reason_and_the_search_goes_on(client):
    study = search(client, steep_bowl)
    failed = [trial for trial in study.trials if trial.state == TrialState.FAIL]
    reasons = {trial.user_attrs["reason"] for trial in failed}
    assert reasons == {
        "The loss became nan in epoch 2.",
        "ZeroDivisionError: division by zero",
    }
    assert len(study.trials) == TRIALS
    assert study.best_trial.params["learning_rate"] <= 1e-2


def test_a_loss_that_is_no_number_fails_every_trial_and_says_so(client):
    with pytest.raises(TrainingError, match=r"All 5 trials failed.*validation loss is nan"):
        search(client, endless, n_trials=5)


def test_pruning_spares_folds(client):
    def folds_of(prune):
        events = []
        study = search(client, n_trials=24, prune=prune, on_event=events.append)
        return study, sum(isinstance(event, FoldScored) for event in events)

    (pruned, few), (whole, all_of_them) = folds_of(True), folds_of(False)
    states = Counter(trial.state for trial in pruned.trials)
    assert states[TrialState.PRUNED] > 0
    assert few == all_of_them - states[TrialState.PRUNED]
    assert all(trial.state == TrialState.COMPLETE for trial in whole.trials)


def test_events_tell_how_far_the_search_is(client):
    events = []
    study = search(client, on_event=events.append)
    assert isinstance(events[0], SearchStarted)
    finished = [event for event in events if isinstance(event, TrialFinished)]
    assert [event.progress.trials_done for event in finished] == list(range(1, TRIALS + 1))
    last = finished[-1].progress
    assert (last.best_number, last.best_value) == (study.best_trial.number, study.best_value)
    assert last.best_config.hidden_size == study.best_params["hidden_size"]
    assert last.eta_seconds == 0
    assert finished[0].progress.eta_seconds > 0
    assert last.folds_settled == last.n_folds == TRIALS * len(FOLDS)
    assert finished[0].progress.folds_settled < last.n_folds
    for event in finished:
        assert study.trials[event.number].value == event.value
        assert study.trials[event.number].state.name == event.state


def test_a_cancelled_search_stops_within_a_second_and_can_be_continued(
    client, undisturbed, database
):
    asked = []

    def stop_after_a_while():
        asked.append(time.monotonic())
        return len(asked) > 3

    with pytest.raises(Cancelled, match="after 0 of 16 trials"):
        search(client, slow_bowl, storage=database, should_stop=stop_after_a_while)
    assert time.monotonic() - asked[-1] < 1.0
    assert max(b - a for a, b in pairwise(asked)) < 0.5
    waiting = optuna.load_study(study_name="search", storage=database).trials
    assert {trial.state for trial in waiting} == {TrialState.WAITING}

    assert outcome(search(client, storage=database)) == undisturbed


def test_an_error_in_a_callback_leaves_a_study_that_can_be_continued(client, undisturbed, database):
    def stumble(event):
        if isinstance(event, TrialFinished) and event.number == 2:
            raise OSError("the page was closed")

    with pytest.raises(OSError, match="the page was closed"):
        search(client, storage=database, on_event=stumble)
    assert outcome(search(client, storage=database)) == undisturbed


@pytest.mark.parametrize("owners", [(None, None), ("job 1", "job 2"), ("job 1", None)])
def test_a_study_is_run_by_one_coordinator_at_a_time(client, database, owners):
    def meddle(event):
        if isinstance(event, SearchStarted):
            search(client, storage=database, owner=owners[1])

    with pytest.raises(SpecError, match=f"is being run by process {os.getpid()}"):
        search(client, storage=database, on_event=meddle, owner=owners[0])


def test_a_coordinator_of_the_same_owner_takes_over_and_the_other_one_writes_nothing_more(
    client, undisturbed, database
):
    def begin_again(event):
        if isinstance(event, FoldScored) and event.number == 2:
            taken_over.append(outcome(search(client, storage=database, owner="job 1")))

    taken_over = []
    with pytest.raises(SpecError, match="took this study over"):
        search(client, storage=database, on_event=begin_again, owner="job 1")
    assert taken_over == [undisturbed]
    left = optuna.load_study(study_name="search", storage=database)
    assert outcome(left) == undisturbed


def test_the_database_can_be_read_while_it_is_written(client, database):
    search(client, storage=database, n_trials=1)
    path = Path(database.removeprefix("sqlite:///"))
    assert path.read_bytes()[18:20] == b"\x02\x02"  # SQLite's header: written and read as WAL


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"spec": SPEC.replace(horizon="4h")}, "spec"),
        ({"space": SearchSpace()}, "space"),
        ({"fingerprint": "real"}, "data"),
        ({"seed": 12}, "seed"),
        ({"folds": FOLDS[:2]}, "folds"),
        ({"prune": False}, "prune"),
        ({"in_flight": 5}, "in_flight=4"),
    ],
)
def test_a_study_of_the_same_name_but_of_something_else_is_refused(
    client, tmp_path_factory, changes, part
):
    database = f"sqlite:///{tmp_path_factory.getbasetemp() / 'shared.db'}"
    search(client, storage=database, n_trials=1)
    with pytest.raises(SpecError, match=f"'search' was begun with.*{part}"):
        search(client, storage=database, n_trials=1, **changes)


def test_without_a_fingerprint_data_and_folds_are_compared_themselves(client, database):
    search(client, storage=database, n_trials=1, fingerprint=None)
    search(client, storage=database, n_trials=1, fingerprint=None)
    with pytest.raises(SpecError, match="data"):
        search(client, storage=database, n_trials=1, fingerprint=None, data={"candles": b"\1"})


@pytest.mark.parametrize(
    "changes",
    [
        {"n_trials": 0},
        {"n_trials": -3},
        {"n_trials": 2.5},
        {"folds": ()},
        {"in_flight": 0},
        {"fold_limit": 0},
    ],
)
def test_senseless_numbers_are_refused_before_anything_is_written(
    client, database, tmp_path, changes
):
    with pytest.raises(SpecError, match=next(iter(changes))):
        search(client, storage=database, **changes)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["nonsense", "mystery://host/db"])
def test_a_malformed_database_url_is_refused(client, url):
    with pytest.raises(SpecError, match="Database URL"):
        search(client, storage=url)


def test_a_database_that_cannot_be_opened_is_a_storage_error(client, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match="Check that it exists"):
        search(client, storage=f"sqlite:///{tmp_path / 'file' / 'x.db'}")
    with pytest.raises(StorageError, match="not a database"):
        search(client, storage=f"sqlite:///{tmp_path / 'file'}")


def test_a_scheduler_that_is_lost_for_good_ends_the_search_and_keeps_what_is_finished(
    database, tmp_path, monkeypatch
):
    def pull_the_plug(event):
        if isinstance(event, TrialFinished):
            os.kill(running_cluster().pid, signal.SIGKILL)

    monkeypatch.setenv("MLWIDGETS_CLUSTER_DIR", str(tmp_path / "cluster"))
    with (
        open_cluster(workers=1) as own,
        pytest.raises(ClusterUnavailable, match="scheduler is gone"),
    ):
        search(own, storage=database, on_event=pull_the_plug, in_flight=4)
    states = Counter(
        trial.state for trial in optuna.load_study(study_name="search", storage=database).trials
    )
    assert states[TrialState.COMPLETE] >= 1
    assert states[TrialState.WAITING] == 4

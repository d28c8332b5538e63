"""kill -9 in the middle of a search: of each process there is, and of all at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import optuna
import psutil
import pytest
from waiting import wait_until

import mlwidgets as mw
from mlwidgets.cluster import close_clusters, open_cluster, running_cluster
from mlwidgets.cluster.resources import COORDINATOR, FOLD
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.store import JobStore
from mlwidgets.registry.registry import ModelRegistry

N_TRIALS, N_FOLDS = 12, 2
SECONDS = 150


@pytest.fixture
def small_cluster(own_cluster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster of the test's own with one worker for folds, beside that of coordinators."""
    monkeypatch.setenv("MLWIDGETS_WORKERS", "1")


SUBMIT = """
import sys
import mlwidgets as mw
from mlwidgets.jobs.requests import SimulatedCandles
spec = mw.ModelSpec(symbol="SIMUSDT", model_type="LSTM", timeframe="1h", horizon="1h")
space = mw.SearchSpace(
    hidden_size=mw.IntRange(8, 16), sequence_length=mw.IntRange(6, 12), epochs=int(sys.argv[3]),
)
job = mw.jobs.submit(
    "train", spec=spec, candles=SimulatedCandles(periods=1500),
    n_trials=int(sys.argv[1]), n_folds=int(sys.argv[2]), space=space,
)
print(job.id, flush=True)
if sys.argv[4:] == ["stay"]:
    mw.jobs.wait(job.id)
"""


def submit(*more: str) -> tuple[str, subprocess.Popen[str]]:
    """Start a search from a script of its own; returns the job's id and the script's process."""
    script = subprocess.Popen(
        [sys.executable, "-c", SUBMIT, str(N_TRIALS), str(N_FOLDS), "5", *more],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert script.stdout is not None
    job_id = script.stdout.readline().strip()
    assert job_id, "the script submitted no job"
    return job_id, script


def under_way(job_id: str, trials: int = 2) -> Callable[[], bool]:
    """Whether some trials of a job are finished, and it goes on."""

    def condition() -> bool:
        record = mw.jobs.get(job_id)
        assert not record.finished, record
        return (record.progress.trials_done or 0) >= trials

    return condition


def kill(*pids: int) -> None:
    processes = [psutil.Process(pid) for pid in pids]
    for process in processes:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(processes, timeout=SECONDS)


def workers_with(resource: str) -> list[int]:
    """Process ids of the workers that hold a resource."""
    with open_cluster() as client:
        workers = client.sync(client.scheduler.identity, n_workers=-1)["workers"]
        chosen = [address for address, facts in workers.items() if facts["resources"].get(resource)]
        return list(client.run(os.getpid, workers=chosen).values())


def assert_whole(record: JobRecord, n_trials: int = N_TRIALS) -> None:
    """Every trial finished once, every fold told once, and one model saved."""
    assert record.state == "completed", record
    store = JobStore()
    assert record.result is not None
    study = optuna.load_study(study_name=str(record.result.study_name), storage=store.url)
    trials = study.get_trials(deepcopy=False)
    assert [trial.number for trial in trials] == list(range(n_trials))
    assert all(trial.state.is_finished() for trial in trials)
    events = mw.jobs.events(record.id)
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    told = Counter(event.data["number"] for event in events if event.kind == "trial")
    assert max(told.values()) == 1
    registry = ModelRegistry()
    assert registry.list_versions("SIMUSDT", "LSTM") == ["1.0.0"]
    assert [meta.version for meta in record.result.saved] == ["1.0.0"]
    assert registry.load("SIMUSDT", "LSTM").meta == record.result.saved[0]


def test_a_script_starts_a_search_and_exits_and_another_process_finds_the_model(
    home: Path,
) -> None:
    script = subprocess.run(
        [sys.executable, "-c", SUBMIT, "50", "1", "1"], capture_output=True, text=True, check=True
    )
    job_id = script.stdout.strip()
    watcher = (
        "import sys, mlwidgets as mw\n"
        "kinds = [event.kind for event in mw.jobs.watch(sys.argv[1])]\n"
        "print(kinds.count('trial'))\n"
        "print(mw.ModelRegistry().load('SIMUSDT', 'LSTM').meta.version)"
    )
    told = subprocess.run(
        [sys.executable, "-c", watcher, job_id], capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == ["50", "1.0.0"]
    assert_whole(mw.jobs.get(job_id), 50)


def test_submitter_worker_and_coordinator_are_killed_and_it_goes_on_by_itself(
    home: Path, small_cluster: None
) -> None:
    job_id, script = submit("stay")
    wait_until(under_way(job_id, 1), SECONDS)
    kill(script.pid)
    wait_until(under_way(job_id), SECONDS)
    kill(workers_with(FOLD)[0])
    wait_until(under_way(job_id, 4), SECONDS)
    assert mw.jobs.get(job_id).attempt == 1

    kill(*workers_with(COORDINATOR))
    record = mw.jobs.wait(job_id, SECONDS)
    assert_whole(record)
    assert record.attempt == 2


def test_scheduler_and_then_everything_is_killed_and_one_call_or_command_resumes(
    home: Path, small_cluster: None
) -> None:
    job_id, script = submit("stay")
    wait_until(under_way(job_id), SECONDS)
    cluster = running_cluster()
    assert cluster is not None
    kill(cluster.pid)

    wait_until(lambda: mw.jobs.get(job_id).state == "interrupted")
    mw.jobs.resume(job_id)
    wait_until(under_way(job_id, 4), SECONDS)
    cluster = running_cluster()
    assert cluster is not None
    workers = psutil.Process(cluster.pid).children(recursive=True)
    kill(script.pid, cluster.pid, *(worker.pid for worker in workers))
    close_clusters()

    wait_until(lambda: mw.jobs.get(job_id).state == "interrupted")
    subprocess.run([sys.executable, "-m", "mlwidgets", "jobs", "resume", job_id], check=True)
    assert_whole(mw.jobs.wait(job_id, SECONDS))


def test_killed_while_it_saves_it_saves_one_model(home: Path) -> None:
    job_id, _ = submit()
    saved = home / "models" / "SIMUSDT_LSTM_1.0.0.json"
    wait_until(saved.exists, SECONDS)
    kill(*workers_with(COORDINATOR))

    assert_whole(mw.jobs.wait(job_id, SECONDS))

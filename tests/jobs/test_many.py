"""Twenty jobs at once, from several processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
from waiting import wait_until

import mlwidgets as mw
from mlwidgets.cluster import running_cluster
from mlwidgets.jobs.candidates import CandidateStore
from mlwidgets.registry.registry import ModelRegistry

SECONDS = 240

SUBMIT = """
import sys
import mlwidgets as mw
from mlwidgets.jobs.requests import SimulatedCandles
for number in range(5):
    config = mw.ModelConfig(hidden_size=4, sequence_length=4, epochs=2)
    spec = mw.ModelSpec(symbol="SIMUSDT", model_type="LSTM", config=config)
    candles = SimulatedCandles(periods=1500, seed=int(sys.argv[1]))
    space = mw.SearchSpace(hidden_size=4, sequence_length=[4, 5], epochs=2)
    search = {"n_trials": 3, "n_folds": 2, "space": space}
    kind, options = ("evaluate", {"seed": number}) if number else ("train", search)
    print(mw.jobs.submit(kind, spec=spec, candles=candles, **options).id, flush=True)
"""


def test_all_end_as_they_should_though_half_of_them_are_cancelled(
    home: Path, own_cluster: Path
) -> None:
    scripts = [
        subprocess.Popen(
            [sys.executable, "-c", SUBMIT, str(number)], stdout=subprocess.PIPE, text=True
        )
        for number in range(4)
    ]
    jobs = [line.split() for line in (script.communicate()[0] for script in scripts)]
    flat = [job_id for ids in jobs for job_id in ids]
    assert len(flat) == 20
    # In every script the search and one backtest go on, of all others every second one.
    chosen = [job_id for ids in jobs for job_id in ids[2:]][: len(flat) // 2]
    asked = {job_id for job_id in chosen if _cancelled(job_id)}
    most = 0

    def all_ended() -> bool:
        nonlocal most
        most = max(most, _memory())
        return all(mw.jobs.get(job_id).finished for job_id in flat)

    wait_until(all_ended, SECONDS)

    states = {job_id: mw.jobs.get(job_id).state for job_id in flat}
    assert {job_id for job_id, state in states.items() if state == "cancelled"} == asked
    assert set(states.values()) <= {"completed", "cancelled"}
    assert asked, "all were done before one could be cancelled"
    kept = {candidate.job_id for candidate in CandidateStore().list(limit=100)}
    assert kept == {job_id for job_id, state in states.items() if state == "completed"}
    assert len(ModelRegistry().list_versions("SIMUSDT", "LSTM")) == 4
    assert most < 3 << 30


def test_jobs_are_begun_in_the_order_in_which_they_came(home: Path) -> None:
    config = mw.ModelConfig(hidden_size=4, sequence_length=4, epochs=2)
    spec = mw.ModelSpec(symbol="SIMUSDT", model_type="LSTM", config=config)
    candles = mw.simulate_market("1h", periods=1500, seed=3).candles
    ids = [mw.jobs.submit("evaluate", spec=spec, candles=candles, seed=n).id for n in range(6)]
    begun = [mw.jobs.wait(job_id, SECONDS).started_at for job_id in ids]

    # Four coordinators begin at a time; within such a group the order is theirs.
    assert max(begun[:4]) <= min(begun[4:])


def _cancelled(job_id: str) -> bool:
    try:
        mw.jobs.cancel(job_id)
    except mw.errors.JobStateError:
        return False
    return True


def _memory() -> int:
    """Resident bytes of the cluster's processes."""
    cluster = running_cluster()
    if cluster is None:
        return 0
    host = psutil.Process(cluster.pid)
    return sum(process.memory_info().rss for process in [host, *host.children(recursive=True)])

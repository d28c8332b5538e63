import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest
from distributed import LocalCluster

from mlwidgets.cluster import connection as cluster
from mlwidgets.cluster import open_cluster, worker_threads
from mlwidgets.errors import ClusterUnavailable, SpecError

UNGUARDED = """
print("main runs")
import os
from mlwidgets.cluster import open_cluster
def double(x):
    return 2 * x
with open_cluster(workers=1) as client:
    print("result", client.submit(double, 21).result())
    print("workers", *client.run(os.getpid).values(), flush=True)
input()
"""


@pytest.fixture(scope="module")
def client():
    with open_cluster(workers=2) as client:
        yield client


def wait_until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_workers_are_single_threaded_processes_of_their_own(client):
    pids = set(client.run(os.getpid).values())
    assert len(pids) == worker_threads(client) == 2
    assert os.getpid() not in pids
    assert set(client.run(lambda: os.environ["OMP_NUM_THREADS"]).values()) == {"1"}


def test_a_cluster_is_kept_warm_for_the_next_caller(client):
    with open_cluster(workers=2) as again:
        assert again is client


def test_a_running_scheduler_is_joined_by_its_address(client, monkeypatch):
    address = client.scheduler.address
    with open_cluster(scheduler=address) as joined:
        assert joined.submit(sum, [1, 2]).result() == 3
    monkeypatch.setenv("MLWIDGETS_SCHEDULER", address)
    with open_cluster() as joined:
        assert joined.scheduler.address == address


def test_an_unguarded_script_runs_once_and_leaves_no_process_when_it_is_killed(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    process = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    told = [process.stdout.readline().split() for _ in range(3)]
    workers = [psutil.Process(int(pid)) for pid in told[2][1:]]
    assert told[:2] == [["main", "runs"], ["result", "42"]]
    process.send_signal(signal.SIGKILL)
    assert process.stdout.read() == ""
    process.wait()
    wait_until(lambda: not any(worker.is_running() for worker in workers))


def test_a_cluster_whose_host_was_killed_is_replaced():
    with open_cluster(workers=1) as first:
        pass
    host = cluster._warm[os.getpid(), 1].process
    host.kill()
    host.wait()
    with open_cluster(workers=1) as second:
        assert second is not first
        assert second.submit(sum, [1, 2]).result() == 3


def test_a_scheduler_that_does_not_answer_is_named_quickly(monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    began = time.monotonic()
    with pytest.raises(ClusterUnavailable, match=address), open_cluster(scheduler=address):
        pass
    assert time.monotonic() - began < 3


def test_a_scheduler_without_workers_says_how_to_start_some(monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.5)
    with (
        LocalCluster(n_workers=0, protocol="tcp", dashboard_address=":0") as empty,
        pytest.raises(ClusterUnavailable, match="dask worker tcp://"),
        open_cluster(scheduler=empty.scheduler_address),
    ):
        pass


@pytest.mark.parametrize("address", ["nowhere", "pigeon://1"])
def test_a_malformed_address_is_refused(address):
    with pytest.raises(SpecError, match=address), open_cluster(scheduler=address):
        pass


@pytest.mark.parametrize("workers", [0, -1, True, 1.5])
def test_a_senseless_number_of_workers_is_refused(workers):
    with pytest.raises(SpecError, match="workers must be"), open_cluster(workers=workers):
        pass

"""The life of this machine's cluster: who starts it, how long it stays, how it ends."""

import os
import signal
import socket
import time
from dataclasses import replace

import psutil
import pytest
from distributed import fire_and_forget
from filelock import Timeout
from waiting import wait_until

from mlwidgets.cluster import (
    close_clusters,
    cluster_label,
    label_is_dead,
    leave_cluster,
    open_cluster,
    running_cluster,
    stop_cluster,
)
from mlwidgets.cluster.address_file import ClusterInfo, write_address
from mlwidgets.cluster.connection import through_door
from mlwidgets.cluster.folder import door, ready_folder

USER = """
import sys
from mlwidgets.cluster import open_cluster, running_cluster
with open_cluster(workers=1) as client:
    print(running_cluster().id)
    sys.stdin.read()
"""

STARTER = """
import sys
from pathlib import Path
from mlwidgets.cluster.folder import door
with door(Path(sys.argv[1])):
    print("inside")
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _small(own_cluster, monkeypatch):
    monkeypatch.setenv("MLWIDGETS_WORKERS", "1")
    monkeypatch.setenv("MLWIDGETS_LINGER", "0.3")


def hosts(folder):
    """Processes that hold a cluster in a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
        except psutil.Error:
            continue
        if "mlwidgets.cluster.host" in line and str(folder) in line[-1]:
            found.append(process.pid)
    return found


def family(info):
    host = psutil.Process(info.pid)
    return [host, *host.children(recursive=True)]


def gone(processes):
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def test_processes_that_need_it_at_the_same_moment_start_one(start, own_cluster):
    users = [start(USER) for _ in range(3)]
    [told] = {user.stdout.readline().strip() for user in users}
    assert told == running_cluster().id
    assert hosts(own_cluster) == [running_cluster().pid]


def test_it_outlives_its_users_for_as_long_as_was_asked_and_leaves_nothing(start, own_cluster):
    first = start(USER)
    assert first.stdout.readline()
    info = running_cluster()
    processes = family(info)
    second = start(USER)
    assert second.stdout.readline().strip() == info.id

    os.killpg(first.pid, signal.SIGINT)  # Ctrl-C, for the first and its children
    first.wait()
    second.kill()

    wait_until(lambda: gone(processes))
    assert running_cluster() is None
    assert {file.name for file in own_cluster.iterdir()} == {
        "door.lock", "host.lock", "host.log", "name",
    }  # fmt: skip


def test_work_that_was_left_to_it_is_finished_first(tmp_path):
    done = tmp_path / "done"

    def work():
        time.sleep(1.5)  # longer than the cluster stays without a user
        done.touch()

    with open_cluster() as client:
        fire_and_forget(client.submit(work))
        wait_until(lambda: client.processing())
        info = running_cluster()
        processes = family(info)
    close_clusters()
    wait_until(lambda: gone(processes))
    assert done.exists()


def test_whoever_leaves_it_for_good_need_not_wait_for_it(monkeypatch):
    monkeypatch.setenv("MLWIDGETS_LINGER", "inf")
    with open_cluster():
        processes = family(running_cluster())
    leave_cluster()
    wait_until(lambda: gone(processes))
    assert running_cluster() is None


def test_when_it_is_killed_its_workers_end_and_another_takes_its_place(own_cluster):
    with open_cluster() as client:
        label, info, processes = cluster_label(client), running_cluster(), family(running_cluster())
    os.kill(info.pid, signal.SIGKILL)
    wait_until(lambda: gone(processes))
    assert running_cluster() is None
    assert label_is_dead(label)
    with open_cluster() as another:
        assert another.submit(sum, [1, 2]).result() == 3
        assert running_cluster().id != info.id
        assert label_is_dead(label)
    assert not (own_cluster / info.id).exists()


def test_stopping_it_ends_its_workers_in_the_middle_of_their_work():
    with open_cluster() as client:
        endless = client.submit(time.sleep, 600)
        wait_until(lambda: client.processing())
        processes = family(running_cluster())
    stop_cluster()
    assert running_cluster() is None
    wait_until(lambda: gone(processes))
    assert endless.status in ("cancelled", "lost")
    stop_cluster()


def test_a_process_that_dies_while_it_starts_the_cluster_holds_nobody_up(start, own_cluster):
    starter = start(STARTER, ready_folder(own_cluster))
    assert starter.stdout.readline() == "inside\n"
    with pytest.raises(Timeout):
        door(own_cluster).acquire(blocking=False)
    starter.kill()
    with through_door(own_cluster):
        assert running_cluster() is None


def test_a_process_id_that_was_given_to_somebody_else_is_no_cluster(own_cluster):
    ready_folder(own_cluster)
    started = psutil.Process().create_time()
    info = ClusterInfo("0" * 32, "tls://127.0.0.1:1", os.getpid(), socket.gethostname(), started)
    write_address(own_cluster, info)
    assert running_cluster() == info
    write_address(own_cluster, replace(info, started=started - 60))
    assert running_cluster() is None
    (own_cluster / "address.json").write_text('{"id": ')
    assert running_cluster() is None

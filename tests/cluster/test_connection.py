"""Joining this machine's cluster from one process, and from several."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import wait_until

from mlwidgets.cluster import (
    close_clusters,
    cluster_label,
    label_is_dead,
    open_cluster,
    running_cluster,
    worker_threads,
)
from mlwidgets.cluster.address_file import remove_address
from mlwidgets.cluster.folder import new_id
from mlwidgets.cluster.order import HostOrder
from mlwidgets.cluster.resources import COORDINATOR, FOLD
from mlwidgets.errors import ClusterUnavailable, SpecError

UNGUARDED = """
print("main runs")
from mlwidgets.cluster import open_cluster, running_cluster
def double(x):
    return 2 * x
with open_cluster() as client:
    print("result", client.submit(double, 21).result())
    print("in", running_cluster().id)
"""

HOST = "from mlwidgets.cluster.host import main; main()"


def test_folds_have_single_threaded_processes_and_coordinators_one_besides(client):
    offers = [worker["resources"] for worker in client.scheduler_info()["workers"].values()]
    assert sorted(offers, key=str) == [{COORDINATOR: 4}, {FOLD: 1}, {FOLD: 1}]
    assert worker_threads(client) == 2
    assert set(client.nthreads().values()) == {1}
    assert os.getpid() not in client.run(os.getpid).values()


def test_the_settings_of_whoever_started_it_do_not_reach_the_workers(client):
    [names] = {
        *client.run(lambda: tuple(n for n in os.environ if n.startswith("MLWIDGETS_"))).values()
    }
    assert names == ("MLWIDGETS_CLUSTER_DIR",)
    assert set(client.run(lambda: os.environ["OMP_NUM_THREADS"]).values()) == {"1"}
    assert set(client.run(os.getcwd).values()) == {os.environ["MLWIDGETS_CLUSTER_DIR"]}


def test_workers_know_the_cluster_that_they_belong_to(client):
    labels = client.run(lambda dask_worker: running_cluster())
    assert {*labels.values()} == {running_cluster()}


def test_the_client_is_kept_for_the_next_caller_until_the_process_leaves(client):
    with open_cluster(workers=1) as again:
        assert again is client
    close_clusters()
    assert client.status == "closed"
    with open_cluster() as another:
        assert another is not client
        assert another.scheduler.address == running_cluster().address


def test_an_unguarded_script_finds_the_cluster_that_runs(client, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    told = subprocess.check_output([sys.executable, str(script)], text=True, cwd=tmp_path)
    assert told.splitlines() == ["main runs", "result 42", f"in {running_cluster().id}"]


def test_a_label_names_this_run_of_the_cluster(client):
    info = running_cluster()
    assert cluster_label(client) == f"local:{info.host}:{info.id}"
    assert not label_is_dead(cluster_label(client))
    earlier = info.id[:16] + "0" * 16
    assert label_is_dead(f"local:{info.host}:{earlier}")


def test_nothing_is_certain_about_clusters_of_others(client):
    info = running_cluster()
    earlier = info.id[:16] + "0" * 16
    for label in (f"local:elsewhere:{earlier}", f"local:{info.host}:{'0' * 32}", "tls://host:1"):
        assert not label_is_dead(label)


def test_a_second_host_gives_way_and_a_lost_address_is_told_again(client, start):
    folder, info = Path(os.environ["MLWIDGETS_CLUSTER_DIR"]), running_cluster()
    order = HostOrder(str(folder), new_id(folder), workers=1, memory=1 << 30, linger=60.0)
    assert start(HOST, order.to_argument()).wait() == 0
    remove_address(folder)
    wait_until(lambda: running_cluster() == info)


@pytest.mark.parametrize("workers", [0, -1, True, 1.5])
def test_a_senseless_number_of_workers_is_refused(workers):
    with pytest.raises(SpecError, match="workers must be"), open_cluster(workers=workers):
        pass


def test_a_senseless_memory_limit_is_refused(own_cluster, monkeypatch):
    monkeypatch.setenv("MLWIDGETS_WORKER_MEMORY", "plenty")
    with pytest.raises(SpecError, match="such as '2GiB' \\(got 'plenty'"), open_cluster():
        pass


def test_a_cluster_that_cannot_start_says_why(own_cluster, tmp_path, monkeypatch):
    (tmp_path / "distributed.py").write_text("raise ImportError('no Dask here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        pytest.raises(ClusterUnavailable, match="did not start: ImportError: no Dask here"),
        open_cluster(),
    ):
        pass
    assert (own_cluster / "host.log").stat().st_mode & 0o777 == 0o600


def test_importing_the_cluster_loads_no_dask():
    code = "import sys, mlwidgets.cluster as c; c.running_cluster(); print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "mlwidgets.cluster.connection" in loaded
    assert not {"distributed", "dask", "torch"} & {*loaded}

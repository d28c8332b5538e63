"""A scheduler and workers as programs of their own, which share no folder but certificates."""

import os
import shutil
import signal

import psutil
import pytest
from waiting import wait_until

from mlwidgets.cluster import cluster_label, open_cluster
from mlwidgets.cluster.launch import run_scheduler, run_worker
from mlwidgets.errors import ClusterUnavailable, SpecError

SCHEDULER = """
import sys
from pathlib import Path
from mlwidgets.cluster.launch import run_scheduler
run_scheduler("127.0.0.1", int(sys.argv[2]), tls_dir=Path(sys.argv[1]))
"""

WORKER = """
import sys
from pathlib import Path
from mlwidgets.cluster.launch import run_worker
run_worker(sys.argv[2], 1, tls_dir=Path(sys.argv[1]), memory="1GiB", name="far")
"""


def address_of(scheduler):
    """Where a scheduler says that it is."""
    for line in scheduler.stdout:
        if line.startswith("Scheduler at "):
            return line.split()[2].rstrip(",")
    return pytest.fail("the scheduler ended")


def test_machines_join_by_address_and_certificates_and_come_back_to_a_new_scheduler(
    start, tmp_path, monkeypatch
):
    places = [tmp_path / name for name in ("scheduler", "worker", "client")]
    for place in places:
        place.mkdir()
    there, far, here = (place / "tls" for place in places)
    scheduler = start(SCHEDULER, there, 0, cwd=places[0])
    assert scheduler.stdout.readline().startswith(f"Made certificates in {there}, valid for a year")
    address = address_of(scheduler)
    for copy in (far, here):
        shutil.copytree(there, copy)
    worker = start(WORKER, far, address, cwd=places[1])
    assert worker.stdout.readline() == f"1 worker at {address}.\n"
    monkeypatch.setenv("MLWIDGETS_TLS", str(here))

    with open_cluster(scheduler=address) as client:
        assert client.submit(os.getcwd).result() == str(places[1])
        assert cluster_label(client) == address

    scheduler.kill()
    assert "is gone" in worker.stdout.readline()
    start(SCHEDULER, there, address.rpartition(":")[2])
    assert worker.stdout.readline() == f"1 worker at {address}.\n"
    monkeypatch.setenv("MLWIDGETS_SCHEDULER", address)
    with open_cluster() as client:
        assert client.submit(sum, [1, 2]).result() == 3

    processes = psutil.Process(worker.pid).children(recursive=True)
    os.killpg(worker.pid, signal.SIGINT)
    assert worker.wait() == 0
    wait_until(lambda: not any(process.is_running() for process in processes))


def test_a_scheduler_that_cannot_listen_says_so(tmp_path):
    told = []
    with pytest.raises(ClusterUnavailable, match=r"cannot listen at 192\.0\.2\.1, port 8786"):
        run_scheduler("192.0.2.1", tls_dir=tmp_path / "tls", say=told.append)
    assert len(told) == 1


def test_half_a_set_of_certificates_is_not_replaced(tmp_path):
    (tmp_path / "key.pem").write_text("precious")
    with pytest.raises(ClusterUnavailable, match=r"lacks ca\.pem, cert\.pem"):
        run_scheduler("127.0.0.1", 0, tls_dir=tmp_path)
    assert (tmp_path / "key.pem").read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"workers": 0}, "workers must be"),
        ({"memory": "plenty"}, "such as '2GiB'"),
    ],
)
def test_workers_with_senseless_arguments_do_not_start(arguments, words):
    with pytest.raises(SpecError, match=words):
        run_worker("tls://127.0.0.1:8786", **arguments)

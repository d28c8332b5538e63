"""Schedulers that answer, and cannot compute folds."""

import socket

import pytest
from distributed import LocalCluster

from mlwidgets.cluster import open_cluster, reaching, staff
from mlwidgets.cluster.credentials import create_credentials
from mlwidgets.cluster.resources import COORDINATOR, VERSION
from mlwidgets.errors import ClusterUnavailable, SpecError


@pytest.fixture
def credentials(tmp_path, monkeypatch):
    folder = tmp_path / "tls"
    monkeypatch.setenv("MLWIDGETS_TLS", str(folder))
    monkeypatch.setattr(staff, "_WAIT_SECONDS", 0.2)
    return create_credentials(folder)


@pytest.mark.parametrize(
    ("workers", "offered", "words"),
    [
        (0, None, "has no workers; start some with 'mlwidgets worker tls://"),
        (1, None, "only worker runs without mlwidgets.*--preload mlwidgets.cluster.worker"),
        (2, {"mlwidgets 0.0.9 fold": 1}, rf"2 workers run mlwidgets 0\.0\.9, this is {VERSION}"),
        (1, {COORDINATOR: 4}, "that compute folds died"),
    ],
)
def test_a_scheduler_without_workers_of_this_version_says_who_is_there(
    credentials, workers, offered, words
):
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=False, protocol="tls://",
            security=credentials, dashboard_address=":0", resources=offered,
        ) as cluster,
        pytest.raises(ClusterUnavailable, match=words),
        open_cluster(scheduler=cluster.scheduler_address),
    ):  # fmt: skip
        pass


def test_a_scheduler_that_does_not_answer_is_named(credentials, monkeypatch):
    monkeypatch.setattr(reaching, "_CONNECT_SECONDS", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tls://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ClusterUnavailable, match=address), open_cluster(scheduler=address):
        pass


@pytest.mark.parametrize("address", ["nowhere", "pigeon://1", "tls://host:port"])
def test_a_malformed_address_is_refused(credentials, address):
    with pytest.raises(SpecError, match=address), open_cluster(scheduler=address):
        pass

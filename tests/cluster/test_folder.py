"""Where the cluster of a user, a machine and a state of the code is found."""

import os
import shutil
import socket
import time

import pytest

from mlwidgets.cluster import folder as place
from mlwidgets.cluster import label_is_dead
from mlwidgets.cluster.folder import (
    cluster_folder,
    installation,
    known_folders,
    new_id,
    ready_folder,
)
from mlwidgets.cluster.sweeping import sweep


@pytest.fixture
def state(tmp_path, monkeypatch):
    """Where clusters are that chose no folder."""
    monkeypatch.setattr(place, "_root", lambda: tmp_path / "state")
    return tmp_path / "state"


def test_a_folder_of_the_users_own_is_the_default(monkeypatch):
    chosen = cluster_folder()
    assert str(chosen) == os.environ["MLWIDGETS_CLUSTER_DIR"]
    monkeypatch.delenv("MLWIDGETS_CLUSTER_DIR")
    assert cluster_folder().name.startswith(f"{socket.gethostname()}-")
    assert cluster_folder().parent.name == "cluster"
    assert cluster_folder() == cluster_folder()


def test_code_that_was_edited_has_another_cluster(tmp_path):
    code = tmp_path / "module.py"
    code.touch()
    before = installation(tmp_path)
    os.utime(code, ns=(0, code.stat().st_mtime_ns + 1))
    installation.cache_clear()
    assert installation(tmp_path) != before


def test_clusters_of_other_installations_are_known_and_forgotten_after_a_month(state, own_cluster):
    recent, old, left = state / "recent", state / "old", own_cluster / ("0" * 32)
    for made in (recent, old, left):
        made.mkdir(parents=True)
    long_ago = time.time() - 31 * 86_400
    os.utime(old, (long_ago, long_ago))
    assert {*known_folders()} == {own_cluster, recent, old}
    sweep(own_cluster)
    assert {*known_folders()} == {own_cluster, recent}
    assert not left.exists()


def test_a_cluster_of_another_installation_is_known_to_be_dead(state, own_cluster):
    other = ready_folder(state / "other")
    label = f"local:{socket.gethostname()}:{new_id(other)}"
    assert label_is_dead(label)
    shutil.rmtree(other)
    assert not label_is_dead(label)

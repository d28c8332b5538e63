"""A scheduler and two workers as hosts of their own: joined by address, sharing no folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from postgres import new_postgres_database
from waiting import wait_until

import mlwidgets as mw
from mlwidgets.cluster import close_clusters
from mlwidgets.cluster.credentials import read_credentials
from mlwidgets.cluster.reaching import connect
from mlwidgets.market.simulator import simulate_market
from mlwidgets.registry.registry import ModelRegistry

__all__ = ["new_postgres_database"]

SPACE = mw.SearchSpace(
    hidden_size=mw.IntRange(4, 8), sequence_length=mw.IntRange(4, 8), epochs=2, batch_size=256
)
COMMAND = [sys.executable, "-m", "mlwidgets"]
HIDDEN = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"']
"""Runs a command that finds the folder after it empty, as on another machine."""


@pytest.fixture(scope="module", autouse=True)
def _hosts_can_be_separated() -> None:
    try:
        subprocess.run(["unshare", "--mount", "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("folders can be hidden from a process by root on Linux only")


@contextmanager
def a_host(folder: Path, hidden: Path, *command: str, tls: Path | None) -> Iterator[Path]:
    """Run a command in a folder of its own, with its own certificates; yields what it says."""
    folder.mkdir()
    if tls is not None:
        shutil.copytree(tls, folder / "data" / "tls")
    said = folder / "said"
    environment = {name: os.environ[name] for name in os.environ if "MLWIDGETS" not in name}
    with said.open("w") as log:
        process = subprocess.Popen(
            [*HIDDEN, str(hidden), *COMMAND, *command], cwd=folder, stdout=log, stderr=log,
            env={**environment, "MLWIDGETS_HOME": str(folder), "HOME": str(folder)},
        )  # fmt: skip
    try:
        yield said
    finally:
        process.terminate()
        process.wait()


def test_a_search_runs_on_other_hosts_and_its_model_is_saved_at_home(
    home: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    new_postgres_database: Callable[[], str],
) -> None:
    hosts = tmp_path_factory.mktemp("hosts")
    with a_host(
        hosts / "scheduler", home, "scheduler", "--host", "127.0.0.1", "--port", "0", tls=None
    ) as said:
        wait_until(lambda: "tls://127.0.0.1:" in said.read_text())
        address = next(word for word in said.read_text().split() if word.startswith("tls://"))
        address = address.rstrip(".,;:")
        tls = hosts / "scheduler" / "data" / "tls"
        shutil.copytree(tls, home / "data" / "tls")
        worker = ("worker", address, "--workers", "1")
        with (
            a_host(hosts / "first", home, *worker, tls=tls),
            a_host(hosts / "second", home, *worker, tls=tls),
        ):
            with connect(address, read_credentials(tls)) as client:
                client.wait_for_workers(2, timeout=60)
            monkeypatch.setenv("MLWIDGETS_SCHEDULER", address)
            monkeypatch.setenv("MLWIDGETS_DATABASE_URL", new_postgres_database())
            job = mw.jobs.submit(
                "train",
                spec=mw.ModelSpec(symbol="SIMUSDT", model_type="LSTM"),
                candles=simulate_market("1h", periods=2500, seed=7).candles,
                n_trials=4, n_folds=2, space=SPACE,
            )  # fmt: skip
            record = mw.jobs.wait(job.id, 120)
            close_clusters()

    assert record.result is not None
    assert record.result.unsaved == ()
    assert [meta.version for meta in record.result.saved] == ["1.0.0"]
    assert ModelRegistry().load("SIMUSDT", "LSTM").meta == record.result.saved[0]
    assert any("out of reach" in line for line in mw.jobs.logs(job.id))
    assert not [*hosts.glob("*/models/*.json")]

"""What every test stands on: a home of its own, real candles where they are, Hypothesis' profiles.

Values come from settings, which read the environment; so no MLWIDGETS_* of the person who runs
the tests reaches them, and none writes into the folder of the checkout.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from mlwidgets.cluster import stop_cluster

TEST_DATA = "MLWIDGETS_TEST_DATA"
"""Names the folder of real candles, files such as `BTCUSDT_1h.csv.gz`; tests do without it."""

_CLUSTER_DIR = "MLWIDGETS_CLUSTER_DIR"

_LONG = (
    "tests/jobs/test_crashes.py", "tests/server/test_browser.py", "tests/server/test_serve.py",
    "tests/dashboards/test_scenarios.py", "tests/cluster/test_host.py", "tests/jobs/test_many.py",
    "tests/dashboards/test_trading_live.py",
    "tests/search/test_coordinator.py", "tests/jobs/test_hosts.py",
)  # fmt: skip
"""Files that take longest, the longest first."""

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, max_examples=30)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files, so that at the end no process waits for another."""
    place = {name: number for number, name in enumerate(_LONG)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))


@pytest.fixture(scope="session", autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        for name in _foreign_names():
            environment.delenv(name)
        environment.setenv("MLWIDGETS_HOME", str(tmp_path_factory.mktemp("home")))
        # One cluster for all tests of this process, and none of the person's own.
        environment.setenv(_CLUSTER_DIR, str(tmp_path_factory.mktemp("cluster")))
        environment.setenv("MLWIDGETS_WORKERS", "2")
        yield
        stop_cluster()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder for one test, with every setting but the cluster's at its default."""
    for name in _foreign_names():
        if name not in (_CLUSTER_DIR, "MLWIDGETS_WORKERS"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MLWIDGETS_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def own_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a cluster that only this test uses, and may end or kill."""
    folder = tmp_path / "cluster"
    with monkeypatch.context() as environment:
        environment.setenv(_CLUSTER_DIR, str(folder))
        yield folder
        stop_cluster()


@pytest.fixture(scope="session")
def real_candles() -> Callable[[str, str], pd.DataFrame]:
    """Reads real candles by symbol and timeframe; skips the test where there are none."""
    from mlwidgets.market.files import read_candles

    def read(symbol: str, timeframe: str) -> pd.DataFrame:
        folder = os.environ.get(TEST_DATA)
        if not folder:
            pytest.skip(f"{TEST_DATA} names no folder of real candles")
        file = Path(folder) / f"{symbol}_{timeframe}.csv.gz"
        if not file.is_file():
            pytest.skip(f"{TEST_DATA} holds no {file.name}")
        return read_candles(file, symbol=symbol, timeframe=timeframe)

    return read


def _foreign_names() -> list[str]:
    return [name for name in os.environ if name.startswith("MLWIDGETS_") and name != TEST_DATA]

"""A command line to call, candles to give it, and a home where a model was trained."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mlwidgets.cli.app import app
from mlwidgets.market.simulator import simulate_market

SPACE = {
    "epochs": 8, "hiddenSize": {"low": 4, "high": 8}, "sequenceLength": {"low": 2, "high": 4},
    "numLayers": 1, "batchSize": 128, "learningRate": {"low": 0.01, "high": 0.02, "log": True},
}  # fmt: skip
SMALL = ("--epochs", "8", "--hidden-size", "4", "--sequence-length", "4", "--learning-rate", "0.02")
WINDOW = ("--test-start", "2024-02-10")


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Stdout as strict JSON."""
        document: dict[str, Any] = json.loads(self.out, parse_constant=_refuse)
        return document

    def flat(self) -> str:
        """Stdout on one line, so that wrapping does not matter."""
        return " ".join(self.out.split())


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def call(*words: object) -> Answer:
    """Run a command in this process."""
    result = CliRunner().invoke(app, [str(word) for word in words], prog_name="mlwidgets")
    return Answer(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(name="call")
def call_fixture() -> Callable[..., Answer]:
    """`call`, for test modules, which cannot import from here."""
    return call


@pytest.fixture(scope="session")
def small() -> tuple[str, ...]:
    """Options of a model that trains in a moment, and of a short test window."""
    return SMALL + WINDOW


@contextmanager
def environment() -> Iterator[pytest.MonkeyPatch]:
    """Two workers, UTC, no colours, and a width at which nothing wraps."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "MLWIDGETS_WORKERS": "2", "COLUMNS": "160", "NO_COLOR": "1", "TZ": "UTC",
        }.items():  # fmt: skip
            patch.setenv(name, value)
        time.tzset()
        yield patch
    time.tzset()


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """An empty home, which every command of a test uses."""
    folder = tmp_path / "home"
    with environment() as patch:
        patch.setenv("MLWIDGETS_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def candle_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """46 very predictable days of hours called BTCUSDT's; CSV carries no simulator's label."""
    path = tmp_path_factory.mktemp("candles") / "BTCUSDT_1h.csv"
    candles = simulate_market("1h", periods=46 * 24, seed=3, best_directional_accuracy=0.7).candles
    candles.rename_axis("timestamp").to_csv(path)
    return path


@pytest.fixture(scope="session")
def training_words(candle_file: Path) -> tuple[object, ...]:
    """A search of two trials and two folds that takes a moment."""
    options = ("--trials", 2, "--folds", 2, "--space", json.dumps(SPACE), *WINDOW)
    return ("train", "--data", candle_file, *options)


@dataclass(frozen=True)
class Trained:
    """A home in which BTCUSDT LSTM 1.0.0 was trained, and what was said."""

    home: Path
    answer: Answer


@pytest.fixture(scope="session")
def trained_once(
    training_words: tuple[object, ...], tmp_path_factory: pytest.TempPathFactory
) -> Trained:
    """The first training; `trained` gives each test a copy."""
    home = tmp_path_factory.mktemp("trained")
    with environment() as patch:
        patch.setenv("MLWIDGETS_HOME", str(home))
        return Trained(home, call(*training_words))


@pytest.fixture
def trained(trained_once: Trained, home: Path) -> Trained:
    """A home of the test's own with a trained model in it."""
    shutil.copytree(trained_once.home, home)
    return Trained(home, trained_once.answer)

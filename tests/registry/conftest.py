"""Small models, disks that misbehave and processes that die, for the registry's tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlwidgets.forecast.artifact import ModelArtifact, ModelMeta
from mlwidgets.forecast.spec import ModelConfig, ModelType
from mlwidgets.registry import ModelRegistry

CHANGING = ("open", "write", "replace", "unlink", "mkdir")
"""Calls that change what other processes see on the disk; `open` where it may write."""

MakeArtifact = Callable[..., ModelArtifact]
KillAt = Callable[[Callable[[], object], int], bool]
Failing = Callable[[int, int], AbstractContextManager[list[str]]]


@pytest.fixture(scope="session")
def make_artifact() -> MakeArtifact:
    """Builds a small model; `mark` tells models apart, in metadata and tensors alike."""

    def make(
        mark: int = 0, symbol: str = "BTCUSDT", model_type: ModelType = "LSTM", size: int = 40
    ) -> ModelArtifact:
        numbers = np.random.default_rng(mark)
        meta = ModelMeta(
            symbol=symbol,
            model_type=model_type,
            trained_at=1_696_512_000_000,
            accuracy=0.73,
            training_duration=45_000,
            data_points=1000,
            config=ModelConfig(),
            horizon="1h",
            timeframe="1h",
            metrics={"mae": 12.5, "rSquared": None, "origins": 720},
            trained_from=0,
            trained_until=3_600_000,
            seed=mark,
            features_fingerprint="f",
            data_fingerprint="d",
            libraries={"torch": "2.13.0"},
        )
        tensors = {
            "mark": np.array(mark),
            "network.weight": numbers.normal(size=(size, 2)).astype(np.float32),
            "scaler.mean": numbers.normal(size=2),
            "scaler.used": np.array([True, False]),
        }
        return ModelArtifact(meta, tensors)

    return make


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """An empty registry."""
    return ModelRegistry(tmp_path / "models")


@pytest.fixture
def tree() -> Callable[[Path], dict[str, bytes]]:
    """Maps every file below a folder, the lock apart, to its bytes."""

    def read(root: Path) -> dict[str, bytes]:
        files = (path for path in root.rglob("*") if path.is_file() and path.name != "lock")
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}

    return read


@pytest.fixture
def kill_at() -> KillAt:
    """Runs an action in a process that is killed before its n-th call that changes the disk.

    A write is cut in half. Returns whether the process was killed.
    """
    if not hasattr(os, "fork"):
        pytest.skip("killing a process in the middle of a call needs fork")

    def run(action: Callable[[], object], step: int) -> bool:
        child = os.fork()
        if child == 0:
            try:
                _intercept(CHANGING, step, _die)
                action()
                os._exit(0)
            finally:
                os._exit(1)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in (0, -signal.SIGKILL), f"the action failed before step {step}"
        return status != 0

    return run


@pytest.fixture
def failing() -> Failing:
    """A context in which filesystem calls from the n-th on raise an OSError with this number.

    Yields the list of calls that failed. Closing and removing go on working, as they do on
    a full disk.
    """

    @contextmanager
    def fail(step: int, number: int) -> Iterator[list[str]]:
        failed: list[str] = []

        def refuse(name: str, _call: Callable[..., Any], *args: Any) -> None:
            failed.append(name)
            raise OSError(number, os.strerror(number))

        restore = _intercept(("open", "write", "fsync", "replace", "mkdir"), step, refuse)
        try:
            yield failed
        finally:
            restore()

    return fail


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], None]]:
    """Makes a folder read-only, really: by permissions, or by a mount where we are root."""
    mounted: list[Path] = []

    def protect(folder: Path) -> None:
        if os.geteuid() != 0:
            for path in (folder, *folder.rglob("*")):
                path.chmod(0o555 if path.is_dir() else 0o444)
            return
        _mount("--bind", str(folder), str(folder))
        mounted.append(folder)
        _mount("-o", "remount,ro,bind", str(folder))

    yield protect
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    _mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk))
    yield disk
    subprocess.run(["umount", disk], check=True)


def _mount(*arguments: str) -> None:
    if shutil.which("mount") is None:
        pytest.skip("there is no mount command")
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not permitted here: {done.stderr.strip()}")


def _die(name: str, call: Callable[..., Any], *args: Any) -> None:
    if name == "write":
        call(args[0], args[1][: len(args[1]) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def _intercept(names: tuple[str, ...], step: int, then: Callable[..., None]) -> Callable[[], None]:
    originals = {name: getattr(os, name) for name in names}
    calls = 0

    def intercepted(name: str) -> Callable[..., Any]:
        call = originals[name]

        def wrapper(*args: Any, **options: Any) -> Any:
            nonlocal calls
            reading = name == "open" and not args[1] & (os.O_WRONLY | os.O_RDWR)
            if not reading:
                calls += 1
                if calls >= step:
                    then(name, call, *args)
            return call(*args, **options)

        return wrapper

    for name in names:
        setattr(os, name, intercepted(name))

    def restore() -> None:
        for name, call in originals.items():
            setattr(os, name, call)

    return restore

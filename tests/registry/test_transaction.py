"""A change happens wholly or not at all: under kill -9, beside other writers, on bad disks."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path

import pytest
from filelock import FileLock

from mlwidgets.errors import StorageError
from mlwidgets.forecast.artifact import ModelArtifact
from mlwidgets.registry import ModelRegistry, transaction
from mlwidgets.registry.files import decode_pair
from mlwidgets.registry.layout import Layout
from mlwidgets.registry.names import ModelKey, Slot
from mlwidgets.registry.reading import read_pair
from mlwidgets.registry.snapshot import take_snapshot

MakeArtifact = Callable[..., ModelArtifact]
KillAt = Callable[[Callable[[], object], int], bool]
Failing = Callable[[int, int], AbstractContextManager[list[str]]]
Tree = Callable[[Path], dict[str, bytes]]
Change = Callable[[ModelRegistry, MakeArtifact], object]

SLOT = Slot.of("BTCUSDT", "LSTM")

CHANGES: dict[str, tuple[Change, set[str | None]]] = {
    "save": (lambda registry, make: registry.save(make(7)), {"1.0.1", "1.0.2"}),
    "restore": (lambda registry, _: registry.restore("BTCUSDT", "LSTM", "1.0.0"),
                {"1.0.1", "1.0.0"}),
    "delete": (lambda registry, _: registry.delete("BTCUSDT", "LSTM", "1.0.1"), {"1.0.1", None}),
    "replace": (lambda registry, _: registry.delete("BTCUSDT", "LSTM", "1.0.1", successor="1.0.0"),
                {"1.0.1", "1.0.0"}),
}  # fmt: skip
MARKS = {"1.0.0": 0, "1.0.1": 1, "1.0.2": 7}


@pytest.fixture
def template(tmp_path: Path, make_artifact: MakeArtifact) -> Path:
    """A folder with 1.0.1 in production and 1.0.0 in the archive."""
    registry = ModelRegistry(tmp_path / "template")
    for mark in range(2):
        registry.save(make_artifact(mark))
    return registry.root


def copies(template: Path, step: int) -> Path:
    return Path(shutil.copytree(template, template.parent / f"step-{step}"))


def seen_without_lock(root: Path) -> str | None:
    """What a reader who may not write sees in production, its pair checked whole."""
    layout = Layout(root)
    version = take_snapshot(layout).production(SLOT)
    if version is not None:
        key, weights, meta = read_pair(layout, SLOT, None)
        assert decode_pair(weights, meta, key).tensors["mark"] == MARKS[version]
    return version


def assert_at_rest(root: Path) -> str | None:
    """Demand whole pairs, one at most in production, and no leftovers; return its version."""
    registry = ModelRegistry(root)
    in_root = {key for path in root.glob("*.json") if (key := ModelKey.parse(path.name))}
    assert len(in_root) == len(registry.production()) <= 1
    assert registry.problems() == []
    listed = len(registry.production()) + len(registry.archived())
    assert listed == len(registry.list_versions("BTCUSDT", "LSTM")), "every version is whole"
    own = {path.relative_to(root / ".registry").as_posix() for path in root.glob(".registry/**/*")}
    assert own <= {"incoming", "lock", "state.json"}
    production = [key.version for key in in_root]
    assert [meta.version for meta in registry.production()] == production
    return production[0] if production else None


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_killed_at_any_step_leaves_the_old_or_the_new_model_in_production(
    template: Path, make_artifact: MakeArtifact, kill_at: KillAt, change: str
) -> None:
    act, allowed = CHANGES[change]
    ends = []
    for step in count(1):
        root = copies(template, step)
        killed = kill_at(lambda root=root: act(ModelRegistry(root), make_artifact), step)
        seen = seen_without_lock(root)
        healed = assert_at_rest(root)
        assert seen == healed, "healing changes nothing that a reader has seen"
        assert healed in allowed
        ends.append(healed)
        shutil.rmtree(root)
        if not killed:
            break

    assert set(ends) == allowed, "the steps before and after the commit were both cut"
    assert ends == sorted(ends, key=ends.index), "there is one step that commits"


def test_a_first_save_killed_at_any_step_leaves_nothing_or_the_model(
    tmp_path: Path, make_artifact: MakeArtifact, kill_at: KillAt
) -> None:
    for step in count(1):
        root = tmp_path / f"step-{step}"
        killed = kill_at(lambda root=root: ModelRegistry(root).save(make_artifact(0)), step)
        registry = ModelRegistry(root)
        assert [meta.version for meta in registry.production()] in ([], ["1.0.0"])
        assert registry.problems() == []
        assert registry.save(make_artifact(1)).version in ("1.0.0", "1.0.1")
        assert_at_rest(root)
        if not killed:
            break


def test_healing_that_is_killed_at_any_step_is_healed_in_turn(
    template: Path, make_artifact: MakeArtifact, kill_at: KillAt, failing: Failing
) -> None:
    leave_unfinished(ModelRegistry(template), make_artifact, failing)

    for step in count(1):
        root = copies(template, step)
        killed = kill_at(lambda root=root: ModelRegistry(root), step)
        assert seen_without_lock(root) == "1.0.2"
        assert assert_at_rest(root) == "1.0.2"
        if not killed:
            break


def test_everything_reaches_the_disk_before_the_step_that_relies_on_it(
    template: Path, make_artifact: MakeArtifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths: dict[int, str] = {}
    dirty: set[str] = set()
    commits: list[set[str]] = []
    opened, synced, replaced = os.open, os.fsync, os.replace

    def watch_open(path: str, flags: int, mode: int = 0o777) -> int:
        handle = opened(path, flags, mode)
        paths[handle] = str(path)
        if flags & os.O_CREAT and not str(path).endswith("lock"):
            dirty.update((str(path), str(Path(path).parent)))
        return handle

    def watch_fsync(handle: int) -> None:
        synced(handle)
        dirty.discard(paths[handle])

    def watch_replace(source: str, target: str) -> None:
        if str(target).endswith("state.json"):
            commits.append({path for path in dirty if not path.endswith(".registry")})
        replaced(source, target)
        dirty.update((str(Path(source).parent), str(Path(target).parent)))

    monkeypatch.setattr(os, "open", watch_open)
    monkeypatch.setattr(os, "fsync", watch_fsync)
    monkeypatch.setattr(os, "replace", watch_replace)
    ModelRegistry(template).save(make_artifact(7))

    assert commits == [set(), set()], "nothing is unsynced when a save commits, or says it is done"
    assert dirty == set()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_refuses_from_any_step_on_loses_nothing(
    template: Path, make_artifact: MakeArtifact, failing: Failing, tree: Tree, number: int
) -> None:
    before = tree(template)
    outcomes = []
    for step in count(1):
        root = copies(template, step)
        with failing(step, number) as failed:
            try:
                ModelRegistry(root).save(make_artifact(7))
            except StorageError as error:
                assert str(root) in error.message  # noqa: PT017
                assert tree(root) == before, "nothing changed on disk"
                outcomes.append("1.0.1")
            else:
                outcomes.append("1.0.2")
            assert seen_without_lock(root) == outcomes[-1]
        assert assert_at_rest(root) == outcomes[-1]
        shutil.rmtree(root)
        if not failed:
            break

    assert outcomes == sorted(outcomes)
    assert len(set(outcomes)) == 2


def test_an_unfinished_save_is_read_from_a_read_only_folder(
    template: Path,
    make_artifact: MakeArtifact,
    failing: Failing,
    read_only: Callable[[Path], None],
    tree: Tree,
) -> None:
    leave_unfinished(ModelRegistry(template), make_artifact, failing)
    before = tree(template)
    read_only(template)

    registry = ModelRegistry(template)
    assert registry.load_artifact("BTCUSDT", "LSTM").tensors["mark"] == 7
    assert [meta.version for meta in registry.archived()] == ["1.0.1", "1.0.0"]
    assert "has not moved all its files yet" in registry.problems()[0].what
    assert tree(template) == before


def test_a_read_only_folder_is_read_and_refuses_changes(
    template: Path, make_artifact: MakeArtifact, read_only: Callable[[Path], None], tree: Tree
) -> None:
    before = tree(template)
    read_only(template)
    registry = ModelRegistry(template)

    for change, _ in CHANGES.values():
        with pytest.raises(StorageError, match=r"read-only|may not"):
            change(registry, make_artifact)
    assert registry.load_artifact("BTCUSDT", "LSTM").tensors["mark"] == 1
    assert registry.problems() == []
    assert tree(template) == before


def test_a_full_disk_is_said_and_production_stays(
    small_disk: Path, make_artifact: MakeArtifact, tree: Tree
) -> None:
    registry = ModelRegistry(small_disk / "models")
    registry.save(make_artifact(1))
    before = tree(registry.root)

    with pytest.raises(StorageError, match="disk is full; free some space"):
        registry.save(make_artifact(2, size=4000))
    assert tree(registry.root) == before
    assert registry.load_artifact("BTCUSDT", "LSTM").tensors["mark"] == 1


def test_a_disk_with_any_space_left_saves_wholly_or_not_at_all(
    small_disk: Path, make_artifact: MakeArtifact, tree: Tree
) -> None:
    registry = ModelRegistry(small_disk / "models")
    registry.save(make_artifact(0))
    filler = small_disk / "filler"
    saved = []
    for pages in range(8):
        free = os.statvfs(small_disk).f_bavail
        filler.write_bytes(b"x" * 4096 * max(free - pages, 0))
        before = tree(registry.root)
        try:
            saved.append(registry.save(make_artifact(pages)).version)
        except StorageError:
            assert tree(registry.root) == before
        else:
            assert registry.get_meta("BTCUSDT", "LSTM").seed == pages
        filler.unlink()
        assert_at_rest(registry.root)
        if saved:
            break

    assert saved == ["1.0.1"], "it saves once there is room enough, and not before"
    assert pages > 1


@pytest.mark.parametrize("slots", [1, 3])
def test_many_processes_that_save_at_once_leave_one_production_and_distinct_versions(
    tmp_path: Path, make_artifact: MakeArtifact, slots: int
) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("starting many processes quickly needs fork")
    root, processes, saves = tmp_path / "models", 6, 4
    symbols = [f"COIN{number}USDT" for number in range(slots)]
    children = []
    for process in range(processes):
        child = os.fork()
        if child == 0:
            try:
                registry = ModelRegistry(root)
                for turn in range(saves):
                    symbol = symbols[(process + turn) % slots]
                    registry.save(make_artifact(process * 100 + turn, symbol=symbol))
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)

    reads = read_until_gone(ModelRegistry(root), symbols[0], children)

    assert reads == sorted(reads), "a reader never goes back in time"
    registry = ModelRegistry(root)
    assert registry.problems() == []
    assert [meta.symbol for meta in registry.production()] == symbols
    everything = [*registry.production(), *registry.archived()]
    assert len({meta.seed for meta in everything}) == processes * saves, "no save was lost"
    for symbol in symbols:
        versions = registry.list_versions(symbol, "LSTM")
        assert versions == [f"1.0.{patch}" for patch in reversed(range(len(versions)))]
        assert registry.get_meta(symbol, "LSTM").version == versions[0]


def test_a_reader_beside_saves_and_restores_always_finds_a_whole_production_model(
    template: Path, make_artifact: MakeArtifact
) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("starting a process quickly needs fork")
    child = os.fork()
    if child == 0:
        try:
            registry = ModelRegistry(template)
            for turn in range(12):
                registry.save(make_artifact(turn))
                registry.restore("BTCUSDT", "LSTM", "1.0.0")
            os._exit(0)
        finally:
            os._exit(1)

    assert read_until_gone(ModelRegistry(template), "BTCUSDT", [child])


def test_a_lock_that_another_process_keeps_is_said(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = Layout(template)
    with (
        FileLock(layout.lock),
        pytest.raises(StorageError, match="Another process has been writing"),
        transaction.writing(layout, timeout=0.05),
    ):
        pass


def leave_unfinished(registry: ModelRegistry, make: MakeArtifact, failing: Failing) -> None:
    """Save 1.0.2 on a disk that takes the commit and one move, and then refuses."""
    spare = Path(shutil.copytree(registry.root, registry.root.parent / "spare"))
    for step in count(1):
        shutil.rmtree(registry.root)
        shutil.copytree(spare, registry.root)
        with failing(step, errno.EIO) as failed:
            try:
                registry.save(make(7))
            except StorageError:
                continue
        half = len(list(registry.root.glob("*.json"))) == 1
        if half:
            return
        assert failed, "some step leaves half of a pair in the root"


def read_until_gone(registry: ModelRegistry, symbol: str, children: list[int]) -> list[int]:
    """Load production again and again until the processes end; patches of versions seen."""
    patches: list[int] = []
    waiting = list(children)
    while waiting:
        if registry.list_versions(symbol, "LSTM"):
            model = registry.load_artifact(symbol, "LSTM")
            assert model.tensors["mark"] == model.meta.seed
            patches.append(int(model.meta.version.rpartition(".")[2]))
        for child in list(waiting):
            gone, status = os.waitpid(child, os.WNOHANG)
            if gone:
                assert os.waitstatus_to_exitcode(status) == 0
                waiting.remove(child)
    return patches

"""What is wrong in a models folder is said; what is right in it goes on working."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mlwidgets.errors import ModelFileError, StorageError
from mlwidgets.forecast.artifact import ModelArtifact
from mlwidgets.registry import ModelRegistry

MakeArtifact = Callable[..., ModelArtifact]
Tree = Callable[[Path], dict[str, bytes]]

WEIGHTS = "BTCUSDT_LSTM_1.0.1.json"
META = "BTCUSDT_LSTM_1.0.1.meta.json"


@pytest.fixture
def filled(registry: ModelRegistry, make_artifact: MakeArtifact) -> ModelRegistry:
    """BTCUSDT LSTM 1.0.1 in production and 1.0.0 in the archive; ETHUSDT LSTM beside them."""
    for mark in range(2):
        registry.save(make_artifact(mark))
    registry.save(make_artifact(9, symbol="ETHUSDT"))
    return registry


def found(registry: ModelRegistry) -> list[tuple[str, str]]:
    return [(problem.file, problem.what) for problem in registry.problems()]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def link(path: Path) -> None:
    outside = path.parent.parent / f"outside-{path.name}"
    path.rename(outside)
    path.symlink_to(outside)


def into_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("name", [WEIGHTS, META])
@pytest.mark.parametrize("damage", [truncate, flip, link, into_pipe, Path.unlink])
def test_damaged_production_is_reported_never_loaded_and_can_be_replaced_from_the_archive(
    filled: ModelRegistry, name: str, damage: Callable[[Path], None]
) -> None:
    damage(filled.root / name)

    with pytest.raises(ModelFileError, match=name.replace(".", r"\.")):
        filled.load_artifact("BTCUSDT", "LSTM")
    assert [file for file, _ in found(filled)] == [name]
    assert "Restore version 1.0.0" in filled.problems()[0].remedy
    assert [meta.symbol for meta in filled.production()] == ["ETHUSDT"], "others still work"

    filled.restore("BTCUSDT", "LSTM", "1.0.0")
    assert filled.load_artifact("BTCUSDT", "LSTM").tensors["mark"] == 0
    assert [file for file, _ in found(filled)] == [f"archive/{name}"], "nothing was thrown away"
    filled.delete("BTCUSDT", "LSTM", "1.0.1")
    assert filled.problems() == []


def test_damaged_production_is_replaced_by_a_save(
    filled: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    truncate(filled.root / WEIGHTS)

    assert filled.save(make_artifact(5)).version == "1.0.2"
    assert filled.load_artifact("BTCUSDT", "LSTM").tensors["mark"] == 5


def test_a_damaged_archived_model_is_not_restored_and_production_stays(
    filled: ModelRegistry, tree: Tree
) -> None:
    flip(filled.root / "archive" / "BTCUSDT_LSTM_1.0.0.json")
    before = tree(filled.root)

    with pytest.raises(ModelFileError, match=r"BTCUSDT_LSTM_1\.0\.0\.json was truncated, edited"):
        filled.restore("BTCUSDT", "LSTM", "1.0.0")
    with pytest.raises(ModelFileError):
        filled.delete("BTCUSDT", "LSTM", "1.0.1", successor="1.0.0")
    assert tree(filled.root) == before
    assert filled.get_meta("BTCUSDT", "LSTM").version == "1.0.1"
    assert filled.archived() == []


def test_a_renamed_pair_is_refused(filled: ModelRegistry) -> None:
    for name in (WEIGHTS, META):
        old = filled.root / name
        old.rename(filled.root / name.replace("BTCUSDT", "XRPUSDT"))

    with pytest.raises(ModelFileError, match=r"says inside that it is BTCUSDT_LSTM 1\.0\.1"):
        filled.load_artifact("XRPUSDT", "LSTM")


def test_a_pair_dropped_beside_production_never_displaces_it(
    filled: ModelRegistry, make_artifact: MakeArtifact, tmp_path: Path
) -> None:
    other = ModelRegistry(tmp_path / "other")
    for mark in range(5, 9):
        other.save(make_artifact(mark))
    for path in other.root.glob("*.json"):
        shutil.copy(path, filled.root)

    assert filled.get_meta("BTCUSDT", "LSTM").seed == 1
    assert found(filled) == [
        ("BTCUSDT_LSTM_1.0.3.json", "lies beside production 1.0.1 without having been saved")
    ]
    assert filled.save(make_artifact(4)).version == "1.0.4"
    assert filled.restore("BTCUSDT", "LSTM", "1.0.3").seed == 8
    assert filled.problems() == []


def test_foreign_files_are_reported_and_left_alone(filled: ModelRegistry) -> None:
    for name in ("notes.txt", "BTCUSDT_LSTM_1.0.json", "archive/model.pkl", ".gitkeep"):
        (filled.root / name).write_text("?")

    assert [file for file, _ in found(filled)] == [
        "BTCUSDT_LSTM_1.0.json",
        "archive/model.pkl",
        "notes.txt",
    ]
    assert len(filled.production()) == 2


def test_production_removed_by_hand_is_reported(filled: ModelRegistry) -> None:
    for name in (WEIGHTS, META):
        (filled.root / name).unlink()

    assert found(filled) == [(WEIGHTS, "was production and has been removed by hand")]
    assert filled.restore("BTCUSDT", "LSTM", "1.0.0").version == "1.0.0"
    assert filled.problems() == []


def test_a_copy_in_the_archive_is_not_overwritten(
    filled: ModelRegistry, make_artifact: MakeArtifact, tree: Tree
) -> None:
    shutil.copy(filled.root / WEIGHTS, filled.root / "archive")
    before = tree(filled.root)

    assert found(filled) == [(f"archive/{WEIGHTS}", "lies in the models folder too")]
    with pytest.raises(ModelFileError, match="both in the models folder and in its archive"):
        filled.save(make_artifact(5))
    assert tree(filled.root) == before


@pytest.mark.parametrize(
    "damage", [b"", b"{}x", b'{"slots": 3}', b'{"slots": {"../x": {}}}', b"\x80"]
)
def test_a_damaged_state_file_stops_saving_but_not_loading(
    filled: ModelRegistry, make_artifact: MakeArtifact, damage: bytes
) -> None:
    state = filled.root / ".registry" / "state.json"
    state.write_bytes(damage)

    assert filled.load_artifact("BTCUSDT", "LSTM").tensors["mark"] == 1
    assert [file for file, _ in found(filled)] == [".registry/state.json"]
    with pytest.raises(ModelFileError, match="delete that file"):
        filled.save(make_artifact(5))
    state.unlink()
    assert filled.save(make_artifact(5)).version == "1.0.2"
    assert filled.problems() == []


@pytest.mark.parametrize("name", ["archive", ".registry"])
def test_a_folder_that_is_a_link_is_never_followed(
    filled: ModelRegistry, make_artifact: MakeArtifact, tmp_path: Path, tree: Tree, name: str
) -> None:
    outside = tmp_path / "outside"
    (filled.root / name).rename(outside)
    (filled.root / name).symlink_to(outside)
    (outside / "incoming").mkdir(exist_ok=True)
    (outside / "incoming" / "precious").write_text("?")
    before = tree(outside)

    assert filled.load_artifact("BTCUSDT", "LSTM").tensors["mark"] == 1
    assert filled.archived() == [] or name == ".registry"
    assert any("symbolic link" in what for _, what in found(filled))
    with pytest.raises((StorageError, ModelFileError), match="symbolic link"):
        filled.save(make_artifact(5))
    assert tree(outside) == before


def test_the_models_folder_itself_may_be_a_link(
    filled: ModelRegistry, make_artifact: MakeArtifact, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(filled.root)

    assert ModelRegistry(tmp_path / "link").save(make_artifact(5)).version == "1.0.2"
    assert filled.get_meta("BTCUSDT", "LSTM").version == "1.0.2"

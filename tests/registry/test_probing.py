"""Whether models can be saved is known before they are trained."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mlwidgets.errors import StorageError
from mlwidgets.forecast.artifact import ModelArtifact
from mlwidgets.registry import ModelRegistry

MakeArtifact = Callable[..., ModelArtifact]


def everything(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_a_folder_that_does_not_exist_yet_is_not_made(tmp_path: Path) -> None:
    ModelRegistry(tmp_path / "home" / "models").check_writable()

    assert everything(tmp_path) == []


def test_a_folder_with_models_is_left_as_it_was(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    registry.save(make_artifact(1))
    before, fingerprint = everything(registry.root), registry.fingerprint()

    registry.check_writable()

    assert everything(registry.root) == before
    assert registry.fingerprint() == fingerprint
    assert registry.problems() == []


def test_a_read_only_folder_is_refused_with_a_way_out(
    registry: ModelRegistry, make_artifact: MakeArtifact, read_only: Callable[[Path], None]
) -> None:
    registry.save(make_artifact(1))
    before = everything(registry.root)
    read_only(registry.root)

    with pytest.raises(StorageError, match=r"(read-only|may not).*set MLWIDGETS_HOME"):
        registry.check_writable()
    assert everything(registry.root) == before


def test_a_missing_folder_in_a_read_only_one_is_refused(
    tmp_path: Path, read_only: Callable[[Path], None]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    read_only(home)

    with pytest.raises(StorageError, match=rf"Cannot save models in {home}: "):
        ModelRegistry(home / "models").check_writable()


def test_a_disk_without_space_for_a_small_model_is_refused(
    small_disk: Path, make_artifact: MakeArtifact
) -> None:
    registry = ModelRegistry(small_disk / "models")
    registry.save(make_artifact(1))
    before = everything(small_disk)

    with pytest.raises(StorageError, match="the disk is full; free some space"):
        registry.check_writable()
    assert everything(small_disk) == before


@pytest.mark.parametrize("name", ["models", "models/.registry", "models/archive"])
def test_a_file_where_a_folder_should_be_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine")

    with pytest.raises(StorageError, match="a file stands where a folder should"):
        ModelRegistry(tmp_path / "models").check_writable()
    assert file.read_text() == "mine"


def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "models", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (root / "archive").symlink_to(elsewhere)

    with pytest.raises(StorageError, match="symbolic link"):
        ModelRegistry(root).check_writable()


@pytest.mark.skipif(not hasattr(os, "seteuid") or os.geteuid() != 0, reason="changes its user")
def test_a_folder_of_another_user_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own may not even be looked into
        Path(folder).chmod(0o755)
        os.seteuid(65534)
        try:
            with pytest.raises(StorageError, match="this user may not; change the permissions"):
                ModelRegistry(Path(folder) / "models").check_writable()
        finally:
            os.seteuid(0)

"""What a person does with models: save, load, list, restore, delete, export, import."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mlwidgets.errors import ModelError, ModelFileError, ModelNotFound, SpecError
from mlwidgets.forecast.artifact import ModelArtifact
from mlwidgets.registry import ModelRegistry
from mlwidgets.registry import registry as implementation

MakeArtifact = Callable[..., ModelArtifact]
Tree = Callable[[Path], dict[str, bytes]]


class Trained:
    """Stands in for a trained model: it turns into plain values."""

    def __init__(self, artifact: ModelArtifact) -> None:
        self.artifact = artifact

    def to_artifact(self) -> ModelArtifact:
        return self.artifact


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.json"))


def test_the_first_save_makes_the_two_files_that_the_guide_shows(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    meta = registry.save(make_artifact())

    assert meta.version == "1.0.0"
    assert names(registry.root) == ["BTCUSDT_LSTM_1.0.0.json", "BTCUSDT_LSTM_1.0.0.meta.json"]
    assert json.loads((registry.root / "BTCUSDT_LSTM_1.0.0.meta.json").read_text())["seed"] == 0


def test_a_saved_model_is_loaded_as_it_was(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    meta = registry.save(Trained(make_artifact(7)))

    loaded = registry.load_artifact("btc/usdt", "LSTM")
    assert loaded.meta == meta == registry.get_meta("BTCUSDT", "LSTM")
    assert loaded.digest() == make_artifact(7).digest()


def test_a_saved_model_replaces_production_and_archives_the_old_one(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    for mark in range(3):
        registry.save(make_artifact(mark))

    assert [(meta.version, meta.seed) for meta in registry.production()] == [("1.0.2", 2)]
    assert [meta.version for meta in registry.archived()] == ["1.0.1", "1.0.0"]
    assert registry.list_versions("BTCUSDT", "LSTM") == ["1.0.2", "1.0.1", "1.0.0"]
    assert registry.load_artifact("BTCUSDT", "LSTM", "1.0.1").tensors["mark"] == 1
    assert len(names(registry.root)) == 2
    assert len(names(registry.root / "archive")) == 4
    assert registry.problems() == []


def test_a_symbol_as_users_write_it_is_saved_under_its_plain_name(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    assert registry.save(make_artifact(symbol="eth/usdt")).symbol == "ETHUSDT"
    assert registry.get_meta("ETHUSDT", "LSTM").symbol == "ETHUSDT"


def test_every_slot_has_its_own_production_and_versions(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    registry.save(make_artifact(1))
    registry.save(make_artifact(2, model_type="HYBRID"))
    registry.save(make_artifact(3, symbol="ETHUSDT"))
    registry.save(make_artifact(4, symbol="ETHUSDT"))

    listed = [(m.symbol, m.model_type, m.version) for m in registry.production()]
    assert listed == [
        ("BTCUSDT", "HYBRID", "1.0.0"),
        ("BTCUSDT", "LSTM", "1.0.0"),
        ("ETHUSDT", "LSTM", "1.0.1"),
    ]
    assert [meta.seed for meta in registry.archived("ETH/USDT")] == [3]
    assert [meta.seed for meta in registry.archived(model_type="LSTM")] == [3]
    assert registry.archived("ETHUSDT", "HYBRID") == []


def test_restoring_swaps_a_version_with_production_and_keeps_its_number(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    for mark in range(3):
        registry.save(make_artifact(mark))

    restored = registry.restore("BTCUSDT", "LSTM", "1.0.0")

    assert (restored.version, restored.seed) == ("1.0.0", 0)
    assert registry.load_artifact("BTCUSDT", "LSTM").tensors["mark"] == 0
    assert [meta.version for meta in registry.archived()] == ["1.0.2", "1.0.1"]
    assert registry.restore("BTCUSDT", "LSTM", "1.0.0") == restored, "again changes nothing"
    assert registry.save(make_artifact(9)).version == "1.0.3"
    assert registry.problems() == []


def test_an_archived_production_model_leaves_its_slot_empty_until_the_next(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    registry.save(make_artifact(0))
    registry.save(make_artifact(1))

    assert registry.archive("btc/usdt", "LSTM") == "1.0.1"

    assert registry.production() == registry.problems() == []
    assert [meta.version for meta in registry.archived()] == ["1.0.1", "1.0.0"]
    with pytest.raises(ModelNotFound, match="No model of BTCUSDT LSTM is in production"):
        registry.archive("BTCUSDT", "LSTM")
    assert registry.restore("BTCUSDT", "LSTM", "1.0.1").seed == 1
    assert registry.save(make_artifact(2)).version == "1.0.2"


def test_a_damaged_production_model_can_be_archived(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    registry.save(make_artifact())
    (registry.root / "BTCUSDT_LSTM_1.0.0.json").write_text("{}")

    assert registry.archive("BTCUSDT", "LSTM") == "1.0.0"
    assert registry.list_versions("BTCUSDT", "LSTM") == ["1.0.0"]


def test_a_version_is_never_given_out_twice_even_after_deletes(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    for mark in range(3):
        registry.save(make_artifact(mark))
    for version in ("1.0.2", "1.0.1", "1.0.0"):
        registry.delete("BTCUSDT", "LSTM", version)

    assert registry.list_versions("BTCUSDT", "LSTM") == []
    assert ModelRegistry(registry.root).save(make_artifact()).version == "1.0.3"


def test_deleting_production_leaves_the_slot_empty_and_says_what_can_be_restored(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    for mark in range(2):
        registry.save(make_artifact(mark))

    registry.delete("BTCUSDT", "LSTM", "1.0.1")

    assert registry.production() == []
    with pytest.raises(ModelNotFound, match=r"archived: 1\.0\.0\. Restore one"):
        registry.load_artifact("BTCUSDT", "LSTM")
    assert registry.restore("BTCUSDT", "LSTM", "1.0.0").seed == 0
    assert registry.problems() == []


def test_production_can_be_deleted_in_favour_of_a_successor(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    for mark in range(3):
        registry.save(make_artifact(mark))

    registry.delete("BTCUSDT", "LSTM", "1.0.2", successor="1.0.0")

    assert registry.get_meta("BTCUSDT", "LSTM").version == "1.0.0"
    assert registry.list_versions("BTCUSDT", "LSTM") == ["1.0.1", "1.0.0"]


@pytest.mark.parametrize(("version", "successor"), [("1.0.0", "1.0.1"), ("1.0.1", "1.0.1")])
def test_a_successor_that_makes_no_sense_is_refused(
    registry: ModelRegistry, make_artifact: MakeArtifact, tree: Tree, version: str, successor: str
) -> None:
    for mark in range(2):
        registry.save(make_artifact(mark))
    before = tree(registry.root)

    with pytest.raises(ModelError, match=f"{successor} cannot succeed {version}"):
        registry.delete("BTCUSDT", "LSTM", version, successor=successor)
    assert tree(registry.root) == before


def test_a_model_that_is_not_there_is_answered_with_those_that_are(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    with pytest.raises(ModelNotFound, match="there are: none"):
        registry.load("BTCUSDT", "LSTM")
    registry.save(make_artifact())
    with pytest.raises(ModelNotFound, match=r"ETHUSDT HYBRID was ever saved.*BTCUSDT_LSTM"):
        registry.load("ETHUSDT", "HYBRID")
    for act in (registry.get_meta, registry.restore, registry.delete, registry.export_pair):
        with pytest.raises(ModelNotFound, match=r"no version 2\.0\.0 of BTCUSDT.*are: 1\.0\.0"):
            act("BTCUSDT", "LSTM", "2.0.0")


def test_asking_an_empty_registry_makes_no_folder(registry: ModelRegistry) -> None:
    assert registry.production() == registry.archived() == registry.problems() == []
    with pytest.raises(ModelNotFound):
        registry.restore("BTCUSDT", "LSTM", "1.0.0")
    with pytest.raises(ModelNotFound):
        registry.archive("BTCUSDT", "LSTM")
    assert registry.fingerprint() == registry.fingerprint()
    assert not registry.root.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("../../etc/passwd", "LSTM", "1.0.0"),
        ("BTCUSDT", "../LSTM", "1.0.0"),
        ("BTCUSDT", "lstm", "1.0.0"),
        ("BTCUSDT", "LSTM", "../1.0.0"),
        ("BTCUSDT", "LSTM", "1.0"),
        ("BTCUSDT", "LSTM", "1.0.0\n"),
        ("BTCUSDT", "LSTM", ""),
    ],
)
def test_names_that_could_lead_elsewhere_are_refused(
    registry: ModelRegistry, arguments: tuple[str, str, str]
) -> None:
    for act in (registry.load, registry.get_meta, registry.restore, registry.delete):
        with pytest.raises(SpecError):
            act(*arguments)


def test_a_model_that_cannot_be_written_changes_nothing(
    registry: ModelRegistry, make_artifact: MakeArtifact, tree: Tree
) -> None:
    registry.save(make_artifact())
    before = tree(registry.root)
    broken = ModelArtifact(make_artifact().meta, {"w": np.array([np.nan])})

    with pytest.raises(ModelError, match="NaN"):
        registry.save(broken)
    assert tree(registry.root) == before


def test_the_fingerprint_changes_with_every_change_and_only_then(
    registry: ModelRegistry, make_artifact: MakeArtifact
) -> None:
    seen = [registry.fingerprint()]

    def changed() -> bool:
        seen.append(registry.fingerprint())
        return seen[-1] not in seen[:-1]

    registry.save(make_artifact(1))
    assert changed()
    registry.save(make_artifact(2))
    assert changed()
    registry.load_artifact("BTCUSDT", "LSTM")
    registry.production()
    registry.problems()
    assert registry.fingerprint() == seen[-1]
    registry.restore("BTCUSDT", "LSTM", "1.0.0")
    assert changed()
    registry.delete("BTCUSDT", "LSTM", "1.0.1")
    assert changed()
    (registry.root / "BTCUSDT_LSTM_1.0.0.json").unlink()
    assert changed()


def test_an_exported_pair_is_imported_elsewhere_as_the_next_version(
    registry: ModelRegistry,
    make_artifact: MakeArtifact,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(implementation, "_trained", Trained)
    registry.save(make_artifact(5))
    pair = registry.export_pair("BTCUSDT", "LSTM")
    assert list(pair) == ["BTCUSDT_LSTM_1.0.0.json", "BTCUSDT_LSTM_1.0.0.meta.json"]
    elsewhere = ModelRegistry(tmp_path / "elsewhere")
    elsewhere.save(make_artifact(1))

    imported = elsewhere.import_pair(*pair.values())

    assert (imported.version, imported.seed) == ("1.0.1", 5)
    assert elsewhere.load_artifact("BTCUSDT", "LSTM").digest() == make_artifact(5).digest()
    assert [meta.seed for meta in elsewhere.archived()] == [1]


def test_a_damaged_import_changes_nothing(
    registry: ModelRegistry, make_artifact: MakeArtifact, tree: Tree
) -> None:
    registry.save(make_artifact())
    weights, meta = registry.export_pair("BTCUSDT", "LSTM").values()
    before = tree(registry.root)

    for damaged in ((weights[:-9], meta), (weights, meta[:-9]), (meta, weights), (b"", b"")):
        with pytest.raises(ModelFileError):
            registry.import_pair(*damaged)
    assert tree(registry.root) == before


def test_pairs_copied_in_by_hand_without_the_registrys_own_files_are_production(
    registry: ModelRegistry, make_artifact: MakeArtifact, tmp_path: Path
) -> None:
    registry.save(make_artifact(5))
    copied = tmp_path / "copied"
    copied.mkdir()
    for path in registry.root.glob("*.json"):
        (copied / path.name).write_bytes(path.read_bytes())

    other = ModelRegistry(copied)
    assert [meta.seed for meta in other.production()] == [5]
    assert other.save(make_artifact(6)).version == "1.0.1"
    assert [meta.seed for meta in other.archived()] == [5]
    assert other.problems() == []


def test_the_default_folder_is_that_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLWIDGETS_HOME", str(tmp_path))
    assert ModelRegistry().root == tmp_path / "models"

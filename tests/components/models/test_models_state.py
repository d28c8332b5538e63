"""The table of models shows the folder, and changes it only as a person says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlwidgets.components.models.models_state import UPLOAD, ModelsState
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.registry import ModelRegistry

Load = Callable[[], None]
Save = Callable[..., ModelMeta]


def names(state: ModelsState) -> list[str]:
    return [entry.name for entry in state.shown]


def versions(registry: ModelRegistry) -> list[str]:
    return [meta.version for meta in registry.production()]


def damage(home: Path, name: str) -> None:
    file = home / "models" / name
    file.write_bytes(file.read_bytes()[:30])


def test_what_another_process_saves_appears(state: ModelsState, save: Save, load: Load) -> None:
    load()
    assert names(state) == []

    save()
    save(model_type="HYBRID")
    save()
    load()

    assert names(state) == ["BTCUSDT_HYBRID_1.0.0", "BTCUSDT_LSTM_1.0.1", "BTCUSDT_LSTM_1.0.0"]
    assert [entry.status for entry in state.shown] == ["production", "production", "archived"]


def test_a_folder_that_has_not_changed_is_not_read_again(
    state: ModelsState, save: Save, load: Load
) -> None:
    save()
    load()
    before = state.folder

    load()

    assert state.folder is before


def test_a_broken_file_hides_no_other_model_and_says_what_to_do(
    home: Path, state: ModelsState, save: Save, load: Load
) -> None:
    save()
    save(symbol="ETHUSDT")
    (home / "models" / "notes.txt").write_text("mine")
    damage(home, "ETHUSDT_LSTM_1.0.0.json")

    load()

    whole, broken = state.shown
    assert (whole.status, broken.status) == ("production", "damaged")
    assert broken.production
    assert broken.problem is not None
    assert broken.problem.remedy == "Train and save a model"
    assert [problem.file for problem in state.folder.problems] == ["notes.txt"]


def test_filters_and_order_are_those_of_a_person(
    state: ModelsState, save: Save, load: Load
) -> None:
    save(accuracy=0.51)
    save(symbol="ETHUSDT", accuracy=None)
    save(symbol="ETHUSDT", model_type="HYBRID", accuracy=0.55)
    load()

    state.sort("accuracy")
    assert [entry.meta and entry.meta.accuracy for entry in state.shown] == [0.51, 0.55, None]
    state.sort("accuracy")
    assert [entry.meta and entry.meta.accuracy for entry in state.shown] == [0.55, 0.51, None]

    state.text = "eth 4h"
    assert names(state) == ["ETHUSDT_HYBRID_1.0.0", "ETHUSDT_LSTM_1.0.0"]
    state.model_type = "LSTM"
    assert names(state) == ["ETHUSDT_LSTM_1.0.0"]
    state.only_chosen = True
    assert names(state) == []


def test_a_restored_model_and_the_current_one_change_places(
    state: ModelsState, save: Save, load: Load, registry: ModelRegistry
) -> None:
    save()
    save()
    load()

    asyncio.run(state.restore("BTCUSDT_LSTM_1.0.0"))

    assert versions(registry) == ["1.0.0"]
    assert state.done == ("restored", "BTCUSDT_LSTM_1.0.0")
    assert state.find("BTCUSDT_LSTM_1.0.1").status == "archived"  # type: ignore[union-attr]


def test_a_production_model_is_deleted_only_by_its_name(
    state: ModelsState, save: Save, load: Load, registry: ModelRegistry
) -> None:
    save()
    save()
    load()
    name = "BTCUSDT_LSTM_1.0.1"

    asyncio.run(state.delete(name, typed="BTCUSDT"))
    assert "type its name" in state.refusals[name]
    assert versions(registry) == ["1.0.1"]

    asyncio.run(state.delete(name, typed=name, successor="1.0.0"))
    assert versions(registry) == ["1.0.0"]
    assert names(state) == ["BTCUSDT_LSTM_1.0.0"]


def test_a_model_that_became_production_meanwhile_is_not_deleted_without_its_name(
    state: ModelsState, save: Save, load: Load, registry: ModelRegistry
) -> None:
    save()
    save()
    load()
    registry.restore("BTCUSDT", "LSTM", "1.0.0")

    asyncio.run(state.delete("BTCUSDT_LSTM_1.0.0"))

    assert versions(registry) == ["1.0.0"]
    assert "type its name" in state.refusals["BTCUSDT_LSTM_1.0.0"]
    assert state.find("BTCUSDT_LSTM_1.0.0").production  # type: ignore[union-attr]


def test_an_archived_or_damaged_model_is_deleted_at_a_word(
    home: Path, state: ModelsState, save: Save, load: Load
) -> None:
    save()
    save()
    damage(home, "archive/BTCUSDT_LSTM_1.0.0.json")
    load()

    asyncio.run(state.delete("BTCUSDT_LSTM_1.0.0"))

    assert names(state) == ["BTCUSDT_LSTM_1.0.1"]


def test_a_model_that_somebody_else_has_deleted_is_said_to_be_gone(
    state: ModelsState, save: Save, load: Load, registry: ModelRegistry
) -> None:
    save()
    save()
    load()
    registry.delete("BTCUSDT", "LSTM", "1.0.0")

    asyncio.run(state.restore("BTCUSDT_LSTM_1.0.0"))

    assert "no version 1.0.0" in state.refusals["BTCUSDT_LSTM_1.0.0"]
    assert not state.busy


def test_an_upload_says_what_it_replaces_before_it_does(
    state: ModelsState, save: Save, load: Load, registry: ModelRegistry
) -> None:
    save()
    pair = registry.export_pair("BTCUSDT", "LSTM")
    load()

    asyncio.run(state.consider(*pair.values()))

    assert state.offer is not None
    assert state.offer.replaces == "1.0.0"
    assert versions(registry) == ["1.0.0"]


def test_an_upload_that_comes_while_something_is_done_waits_for_another_yes(
    state: ModelsState, save: Save, load: Load, registry: ModelRegistry
) -> None:
    save()
    load()
    asyncio.run(state.consider(*registry.export_pair("BTCUSDT", "LSTM").values()))

    state.busy = True
    asyncio.run(state.accept())
    assert state.offer is not None

    state.busy = False
    asyncio.run(state.accept())
    assert state.offer is None


def test_what_makes_no_model_is_refused_and_production_stays(
    state: ModelsState, save: Save, load: Load, registry: ModelRegistry
) -> None:
    save()
    weights, meta = registry.export_pair("BTCUSDT", "LSTM").values()

    asyncio.run(state.consider(weights[:-5], meta))
    assert "SHA-256" in state.refusals[UPLOAD]
    assert state.offer is None

    asyncio.run(state.consider(weights, meta))
    asyncio.run(state.accept())
    assert "other features" in state.refusals[UPLOAD]
    assert versions(registry) == ["1.0.0"]


def test_details_name_the_files_with_their_sizes(
    home: Path, state: ModelsState, save: Save, load: Load
) -> None:
    save()
    load()

    asyncio.run(state.open("BTCUSDT_LSTM_1.0.0"))

    assert state.details is not None
    sizes: dict[str, Any] = dict(state.details.files)
    assert sizes == {name: (home / "models" / name).stat().st_size for name in sizes}
    assert len(sizes) == 2


def test_a_folder_out_of_reach_leaves_what_was_shown(
    home: Path, state: ModelsState, save: Save, load: Load
) -> None:
    save()
    load()
    (home / "models").rename(home / "elsewhere")
    (home / "models").write_text("a file")

    load()
    assert str(home / "models") in state.problem
    assert names(state) == ["BTCUSDT_LSTM_1.0.0"]

    (home / "models").unlink()
    (home / "elsewhere").rename(home / "models")
    load()
    assert state.problem == ""

"""A page whose database or models folder cannot be read, or that holds a lot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlwidgets.dashboards.ml import MLDashboard
from mlwidgets.dashboards.sources import Sources
from mlwidgets.errors import StorageError
from mlwidgets.jobs.store import JobStore
from mlwidgets.registry import ModelRegistry

Beat = Callable[..., None]


def test_a_file_in_place_of_the_models_folder_is_said_where_models_are_read(
    home: Path, sources: Sources, beat: Beat
) -> None:
    (home / "models").write_text("no folder")

    page = MLDashboard(sources=sources)
    beat(page)

    assert "a file stands where a folder should" in page.tabs.states["train"].problem
    assert not page.broken
    assert not page.desk.state.problem


def test_tabs_read_again_once_the_database_answers(
    sources: Sources, beat: Beat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise StorageError("The database is out of reach.")

    page = MLDashboard(sources=sources)
    beat(page)
    with monkeypatch.context() as patch:
        patch.setattr(JobStore, "list", refuse)
        page.choice.symbol = "ETHUSDT"
        beat(page)
        assert page.tabs.states["train"].problem == "The database is out of reach."

    beat(page)

    assert page.tabs.states["train"].problem == ""


def test_a_page_reads_the_models_again_only_when_they_are_others(
    sources: Sources, beat: Beat, save: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = MLDashboard(symbol="ETHUSDT", sources=sources)
    save()
    beat(page)
    page.say()
    assert "BTCUSDT" in page.symbols

    read: list[object] = []
    monkeypatch.setattr(ModelRegistry, "production", lambda models: read.append(models) or [])
    beat(page)
    page.say()

    assert not read
    assert "BTCUSDT" in page.symbols

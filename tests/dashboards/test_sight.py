"""A page is looked after while somebody sees it, and only then."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mlwidgets.dashboards.ml import MLDashboard


@pytest.fixture
def page(home: Path, monkeypatch: pytest.MonkeyPatch) -> MLDashboard:
    monkeypatch.setenv("MLWIDGETS_OFFLINE", "1")
    return MLDashboard()


def look(page: MLDashboard, visible: bool) -> None:
    content = {"event": "look", "data": {"view": "a", "visible": visible}}
    page._handle_event(page, content, [])


def test_a_page_in_sight_reads_the_truth_by_itself(page: MLDashboard) -> None:
    async def in_sight() -> None:
        look(page, True)
        while page.market["kind"] != "offline":
            await asyncio.sleep(0)
        look(page, False)

    assert page.market["kind"] == "asking"
    asyncio.run(asyncio.wait_for(in_sight(), 60))


def test_a_page_out_of_sight_rests(page: MLDashboard) -> None:
    async def leave() -> None:
        look(page, True)
        page.close()

    asyncio.run(leave())

    assert not page.attention.paid
    assert page.market["kind"] == "asking"

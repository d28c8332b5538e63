"""What the table of models says, and what a page sends to it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest

from mlwidgets.components.models.incoming import UPLOAD_BYTES, Incoming
from mlwidgets.components.models.models_state import ModelsState
from mlwidgets.components.models.tab import ModelsTab
from mlwidgets.errors import ModelFileError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.registry import ModelRegistry

Load = Callable[[], None]
Save = Callable[..., ModelMeta]


def press(widget: Any, event: str, data: Any) -> None:
    """Send what a page sends, in a loop as a kernel has one, until all that it began is done."""

    async def act() -> None:
        widget._handle_event(widget, {"event": event, "data": data}, [])
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))

    asyncio.run(act())


def test_an_empty_folder_says_what_to_do_first(state: ModelsState, load: Load) -> None:
    tab = ModelsTab(state)
    load()

    assert (tab.rows, tab.empty) == ([], "No model has been saved yet.")
    assert "Train (HPO)" in tab.words["empty_next"]


def test_a_row_says_what_is_known_of_a_model(state: ModelsState, save: Save, load: Load) -> None:
    save()
    save()
    tab = ModelsTab(state)
    load()

    production, archived = tab.rows
    assert (production["accuracy"], production["interval"]) == ("53.0 %", "49.0–57.0 %")
    assert (production["coverage"], production["data_points"]) == ("89.3 %", "17,520")
    assert production["query"] == "symbol=BTCUSDT&timeframe=1h&model=LSTM&horizon=4h"
    assert archived["query"] == ""


@pytest.mark.parametrize(("days", "stale"), [(1, ""), (8, "week"), (40, "month")])
def test_an_old_production_model_is_marked_with_what_to_do(
    state: ModelsState, save: Save, load: Load, days: int, stale: str
) -> None:
    save(days=days)
    tab = ModelsTab(state)
    load()

    assert tab.rows[0]["stale"] == stale
    assert bool(tab.rows[0]["advice"]) == bool(stale)


def test_many_models_come_in_pages(state: ModelsState, save: Save, load: Load) -> None:
    for number in range(21):
        save(symbol=f"C{number:02}USDT")
    tab = ModelsTab(state)
    load()
    assert (len(tab.rows), tab.pager["said"]) == (20, "1–20 of 21")

    press(tab, "turn", 1)
    assert [row["symbol"] for row in tab.rows] == ["C20USDT"]

    press(tab, "filter", {"name": "text", "value": "C05"})
    assert (tab.pager["page"], [row["symbol"] for row in tab.rows]) == (0, ["C05USDT"])


def test_a_download_brings_both_files_byte_for_byte(
    state: ModelsState, save: Save, load: Load, registry: ModelRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    save()
    tab = ModelsTab(state)
    load()
    sent: dict[str, bytes] = {}

    def receive(content: dict[str, Any], buffers: list[bytes]) -> None:
        sent[content["args"][0]["title"]] = buffers[0]

    monkeypatch.setattr(tab, "send", receive)
    for file in (0, 1):
        request = {"view": "v", "name": "BTCUSDT_LSTM_1.0.0", "file": file, "at": 0}
        press(tab, "fetch", request)

    assert sent == registry.export_pair("BTCUSDT", "LSTM")


def test_two_pages_download_at_the_same_time(
    state: ModelsState, save: Save, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    save("BTCUSDT")
    save("ETHUSDT")
    tab = ModelsTab(state)
    load()
    sent: list[str] = []
    monkeypatch.setattr(tab, "send", lambda content, _: sent.append(content["args"][0]["title"]))

    for file in (0, 1):
        for view, name in (("a", "BTCUSDT_LSTM_1.0.0"), ("b", "ETHUSDT_LSTM_1.0.0")):
            press(tab, "fetch", {"view": view, "name": name, "file": file, "at": 0})

    assert sent == [
        "BTCUSDT_LSTM_1.0.0.json", "ETHUSDT_LSTM_1.0.0.json",
        "BTCUSDT_LSTM_1.0.0.meta.json", "ETHUSDT_LSTM_1.0.0.meta.json",
    ]  # fmt: skip


def test_an_upload_arrives_piece_by_piece_and_waits_for_a_yes(
    state: ModelsState, save: Save, load: Load, registry: ModelRegistry
) -> None:
    save()
    tab = ModelsTab(state)
    load()
    first = True
    for name, data in registry.export_pair("BTCUSDT", "LSTM").items():
        for at in range(0, len(data), 500):
            piece = base64.b64encode(data[at : at + 500]).decode()
            press(tab, "bring", {
                "name": name, "at": at, "size": len(data), "data": piece, "first": first,
            })  # fmt: skip
            first = False

    assert "1.0.0 goes to the archive" in tab.offer["effect"]

    press(tab, "accept", False)
    assert tab.offer == {}


def test_files_that_are_too_large_or_not_whole_are_refused() -> None:
    with pytest.raises(ModelFileError, match="33,554,433 bytes"):
        Incoming().add("a.json", 0, UPLOAD_BYTES + 1, "")
    incoming = Incoming()
    incoming.add("a.json", 0, 4, "e30=")
    with pytest.raises(ModelFileError, match="did not arrive whole"):
        incoming.add("a.json", 3, 4, "e30=")
    with pytest.raises(ModelFileError, match="did not arrive whole"):
        incoming.add("a.json", 2, 4, "not base64!")
    incoming.add("b.json", 0, 2, "e30=")
    with pytest.raises(ModelFileError, match=r"NAME\.meta\.json"):
        incoming.pair()

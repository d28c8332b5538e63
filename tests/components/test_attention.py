"""Attention beats while a view is visible."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from mlwidgets.components.attention import Attention


def watched(beat: Callable[[], Awaitable[None]]) -> tuple[Attention, list[str]]:
    errors: list[str] = []
    return Attention(beat, lambda error: errors.append(str(error)), seconds=0.0), errors


def test_it_beats_until_the_last_view_has_gone() -> None:
    beats: list[int] = []

    async def beat() -> None:
        beats.append(len(beats))
        if len(beats) == 2:
            attention.look("a", False)
        if len(beats) == 4:
            attention.look("b", False)

    async def look() -> None:
        attention.look("a", True)
        attention.look("b", True)
        while attention.paid:
            await asyncio.sleep(0)

    attention, _ = watched(beat)
    asyncio.run(look())

    assert beats == [0, 1, 2, 3]


def test_it_goes_on_after_an_error_and_tells_it() -> None:
    beats: list[int] = []

    async def beat() -> None:
        beats.append(len(beats))
        if len(beats) == 1:
            raise ValueError("what nobody expected")
        attention.end()

    async def look() -> None:
        attention.look("a", True)
        while attention.paid:
            await asyncio.sleep(0)

    attention, errors = watched(beat)
    asyncio.run(look())

    assert beats == [0, 1]
    assert errors == ["what nobody expected"]


def test_it_comes_back_with_the_view() -> None:
    beats: list[int] = []

    async def beat() -> None:
        beats.append(len(beats))
        attention.look("a", False)

    async def look_twice() -> None:
        for _ in range(2):
            attention.look("a", True)
            while attention.paid:
                await asyncio.sleep(0)

    attention, _ = watched(beat)
    asyncio.run(look_twice())

    assert beats == [0, 1]

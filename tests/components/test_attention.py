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


def test_a_view_out_of_sight_gets_a_glance_and_one_that_is_gone_nothing() -> None:
    done: list[str] = []

    async def beat() -> None:
        done.append("beat")
        attention.look("a", False)

    async def glance() -> None:
        done.append("glance")
        if len(done) == 3:
            attention.leave("a")

    async def look() -> None:
        attention.look("a", True)
        while len(done) < 3:
            await asyncio.sleep(0)

    attention = Attention(beat, lambda _: None, 0.0, glance=glance, glance_seconds=0.0)
    asyncio.run(look())

    assert done == ["beat", "glance", "glance"]


def test_who_comes_back_does_not_wait_for_the_next_glance() -> None:
    done: list[str] = []

    async def beat() -> None:
        done.append("beat")
        attention.end()

    async def glance() -> None:
        done.append("glance")
        asyncio.get_running_loop().call_soon(attention.look, "a", True)

    async def look() -> None:
        attention.look("a", False)
        while done != ["glance", "beat"]:
            await asyncio.sleep(0)

    attention = Attention(beat, lambda _: None, 0.0, glance=glance, glance_seconds=3600)
    asyncio.run(asyncio.wait_for(look(), 60))

"""A stream of a job's events while nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from mlwidgets.jobs.requests import EvaluateRequest, SimulatedCandles
from mlwidgets.server.api import Services
from mlwidgets.server.api.operation import EventStream
from mlwidgets.server.api.streaming import HEARTBEAT_LOOKS, follow


@pytest.fixture
def job_id(services: Services) -> str:
    """A job that nobody works on."""
    request = EvaluateRequest(symbol="SIMUSDT", model_type="LSTM", candles=SimulatedCandles())
    return services.jobs.create(request).id


def pieces_of(services: Services, job_id: str, goes_on: Callable[[int], bool]) -> list[bytes]:
    """What a listener hears who stays for as long as `goes_on(looks)` says, without waiting."""
    looks = 0

    async def pause() -> bool:
        nonlocal looks
        looks += 1
        return goes_on(looks)

    async def listen() -> list[bytes]:
        return [piece async for piece in follow(services, EventStream(job_id, 0, False), pause)]

    return asyncio.run(listen())


def test_silence_is_broken_by_comments_so_that_nobody_hangs_up(
    services: Services, job_id: str
) -> None:
    heard = pieces_of(services, job_id, lambda looks: looks <= 2 * HEARTBEAT_LOOKS)

    assert [piece.partition(b"\n")[0] for piece in heard] == [
        b"id: 1", b"event: record", b": the job goes on", b": the job goes on",
    ]  # fmt: skip


def test_the_job_is_shown_again_only_when_it_has_changed(services: Services, job_id: str) -> None:
    def cancel_then_go_on(looks: int) -> bool:
        if looks == 3:
            services.jobs.request_cancel(job_id)
        return looks < 10

    heard = pieces_of(services, job_id, cancel_then_go_on)

    assert sum(piece.startswith(b"event: record") for piece in heard) == 2
    assert b'"state": "cancelled"' in heard[-1]

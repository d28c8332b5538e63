"""Which kernel a page gets, how many there may be, and when they end."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from mlwidgets.server import kernel_pool, page_kernels
from mlwidgets.server.page_kernels import PageKernels, PagesFull

LONG = 3600.0


@dataclass
class FakeClient:
    """Runs nothing, remembers what it was told to."""

    broken: bool
    stuck: bool
    ran: list[str] = field(default_factory=list)

    def start_channels(self) -> None: ...

    def stop_channels(self) -> None: ...

    async def wait_for_ready(self, timeout: float) -> None:
        if self.stuck:
            await asyncio.Event().wait()

    async def execute(self, code: str, **_: Any) -> dict[str, Any]:
        self.ran.append(code)
        return {"content": {"status": "error" if self.broken else "ok", "ename": "ImportError"}}


@dataclass
class FakeKernel:
    """A kernel that is all there as soon as it is asked for."""

    connected: FakeClient
    env: dict[str, str]
    last_activity: Any = None
    died: Callable[[], None] = lambda: None

    def client(self) -> FakeClient:
        return self.connected

    def add_restart_callback(self, callback: Callable[[], None]) -> None:
        self.died = callback


class FakeManager(dict[str, FakeKernel]):
    """Kernels by id, and how many browsers are connected to each."""

    def __init__(self) -> None:
        super().__init__()
        self.started = 0
        self.connections: dict[str, int] = {}
        self.broken = self.stuck = False

    async def start_kernel(self, env: dict[str, str], **_: Any) -> str:
        self.started += 1
        kernel_id = f"kernel-{self.started}"
        self[kernel_id] = FakeKernel(FakeClient(self.broken, self.stuck), env)
        await asyncio.sleep(0)
        return kernel_id

    async def shutdown_kernel(self, kernel_id: str, now: bool = False) -> None:
        del self[kernel_id]

    def get_kernel(self, kernel_id: str) -> FakeKernel:
        return self[kernel_id]

    def kernel_model(self, kernel_id: str) -> dict[str, Any]:
        return {"connections": self.connections.get(kernel_id, 0)}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (kernel_pool, "_FILL_DELAY"), (page_kernels, "_PATIENCE"), (page_kernels, "_LOOK_ROUND"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 0.01)


def with_kernels(
    scenario: Callable[[PageKernels, FakeManager], Coroutine[Any, Any, None]],
    manager: FakeManager | None = None,
    **options: Any,
) -> FakeManager:
    """Run a scenario between the start and the stop of a server's kernels."""
    manager = manager if manager is not None else FakeManager()
    chosen = {"limit": 3, "warm": 1, "orphan_seconds": LONG, "environment": {}} | options

    async def run() -> None:
        kernels = PageKernels(manager, log=logging.getLogger(__name__), **chosen)
        kernels.start()
        try:
            await asyncio.wait_for(scenario(kernels, manager), 30)
        finally:
            await kernels.stop()

    asyncio.run(run())
    return manager


async def opened(kernels: PageKernels, **env: str) -> str:
    """The kernel of a page that opens."""
    place = await kernels.take_place()
    return await place.start_kernel(env=env)


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


def test_a_page_gets_the_kernel_that_is_warm_and_another_is_warmed_up() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        await until(lambda: len(kernels.pool) == 1)
        assert await opened(kernels) == "kernel-1"
        await until(lambda: len(kernels.pool) == 1)
        assert manager.started == 2

    with_kernels(scenario)


def test_a_warm_kernel_learns_of_the_request_that_it_serves() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        kernel_id = await opened(kernels, QUERY_STRING="symbol=ETHUSDT")
        assert "'QUERY_STRING': 'symbol=ETHUSDT'" in manager[kernel_id].connected.ran[-1]

    with_kernels(scenario)


def test_every_kernel_gets_the_settings_of_the_server() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        first = await opened(kernels)
        assert manager[first].env["MLWIDGETS_HOME"] == "/srv/forecasts"

    for warm in (0, 1):
        with_kernels(scenario, warm=warm, environment={"MLWIDGETS_HOME": "/srv/forecasts"})


def test_without_a_warm_kernel_a_page_gets_a_cold_one() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        kernel_id = await opened(kernels)
        assert manager[kernel_id].connected.ran == []

    with_kernels(scenario, warm=0)


def test_a_kernel_that_cannot_warm_up_is_ended_and_the_page_gets_a_cold_one() -> None:
    broken = FakeManager()
    broken.broken = True

    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        kernel_id = await opened(kernels)
        assert [*manager] == [kernel_id]

    with_kernels(scenario, broken)


def test_kernels_that_cannot_warm_up_are_not_tried_over_and_over() -> None:
    broken = FakeManager()
    broken.broken = True

    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        await until(lambda: manager.started == 1 and not manager)
        for _ in range(3):
            kernels.pool.fill()
            await asyncio.sleep(0)
        assert manager.started == 1

    with_kernels(scenario, broken)


def test_more_pages_than_the_limit_are_refused() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        for _ in range(2):
            await opened(kernels)
        with pytest.raises(PagesFull):
            await opened(kernels)
        assert len(kernels) == 2

    with_kernels(scenario, limit=2, warm=0)


def test_pages_that_open_at_once_keep_the_limit_too() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        tries = [opened(kernels) for _ in range(10)]
        answers = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(answer, PagesFull) for answer in answers) == 7
        assert manager.started == 3

    with_kernels(scenario, warm=0)


def test_a_page_that_closes_makes_room_for_one_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_kernels, "_PATIENCE", LONG)

    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        first = await opened(kernels)
        second = asyncio.ensure_future(opened(kernels))
        await kernels.close(first)
        kernel_id = await second
        assert [*manager] == [kernel_id]

    with_kernels(scenario, limit=1, warm=0)


def test_a_kernel_that_nobody_looks_at_ends_and_one_that_somebody_looks_at_stays() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        watched, orphan = [await opened(kernels) for _ in range(2)]
        manager.connections[watched] = 1
        await until(lambda: orphan not in kernels)
        assert [*manager] == [watched]

    with_kernels(scenario, warm=0, orphan_seconds=0.05)


def test_a_kernel_that_died_takes_its_page_with_it_though_jupyter_starts_it_anew() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        kernel_id = await opened(kernels)
        manager.connections[kernel_id] = 1
        manager[kernel_id].died()
        assert kernel_id not in kernels
        await until(lambda: kernel_id not in manager)

    with_kernels(scenario, warm=0)


def test_a_warm_kernel_that_somebody_ended_is_replaced() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        await until(lambda: len(kernels.pool) == 1)
        await manager.shutdown_kernel("kernel-1")
        await until(lambda: [*manager] == ["kernel-2"])

    with_kernels(scenario)


def test_warm_kernels_never_look_idle() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        await until(lambda: len(kernels.pool) == 1)
        kernel = manager["kernel-1"]
        await until(lambda: kernel.last_activity is not None)
        before = kernel.last_activity
        assert before <= dt.datetime.now(dt.UTC)
        await until(lambda: kernel.last_activity > before)

    with_kernels(scenario)


def test_a_kernel_in_the_midst_of_warming_up_ends_with_the_server() -> None:
    stuck = FakeManager()
    stuck.stuck = True

    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        await until(lambda: "kernel-1" in manager)

    assert with_kernels(scenario, stuck) == {}


def test_a_page_that_got_no_kernel_takes_no_room() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        place = await kernels.take_place()
        kernels.leave(place)
        assert len(kernels) == 0

    with_kernels(scenario)


def test_a_page_that_got_its_kernel_keeps_its_room() -> None:
    async def scenario(kernels: PageKernels, manager: FakeManager) -> None:
        place = await kernels.take_place()
        await place.start_kernel(env={})
        kernels.leave(place)
        assert len(kernels) == 1

    with_kernels(scenario)

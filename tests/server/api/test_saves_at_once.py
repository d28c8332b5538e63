"""Many saves of one slot at the same moment: one production pair, and honest answers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

import aiohttp
import pytest

from mlwidgets.jobs.candidates import Candidate
from mlwidgets.server.api import ROOT, Services

Keep = Callable[..., Candidate]
Body = Callable[[Candidate], dict[str, Any]]

SAVES = 200


class Served(Protocol):
    """The running server (see conftest)."""

    origin: str
    token: str
    services: Services


async def sent_at_once(served: Served, bodies: list[dict[str, Any]]) -> list[tuple[int, Any]]:
    """Status and JSON of the answer to each save."""
    headers = {"Authorization": f"token {served.token}"}
    async with aiohttp.ClientSession(
        headers=headers, connector=aiohttp.TCPConnector(limit=len(bodies))
    ) as session:

        async def save(body: dict[str, Any]) -> tuple[int, Any]:
            url = f"{served.origin}{ROOT}/models/save"
            async with session.post(url, json=body) as answer:
                return answer.status, await answer.json()

        return await asyncio.gather(*map(save, bodies))


@pytest.fixture
def bodies(keep: Keep, save_body: Body) -> list[dict[str, Any]]:
    """Saves of four backtests of one slot, one in five of them with wrong metrics."""
    base = keep().config
    four = [save_body(keep(config=base.replace(epochs=n), trained_at=n)) for n in (11, 12, 13, 14)]
    wrong = {**four[0], "metrics": {**four[0]["metrics"], "mae": 1e9}}
    return [wrong if n % 5 == 0 else four[n % 4] for n in range(SAVES)]


def test_200_saves_of_one_slot_at_once_leave_one_production_pair(
    served: Served, bodies: list[dict[str, Any]]
) -> None:
    answers = asyncio.run(sent_at_once(served, bodies))

    assert Counter(status for status, _ in answers) == {200: SAVES * 4 // 5, 409: SAVES // 5}
    registry = served.services.registry
    [production] = registry.production()
    models = {meta.version: meta for meta in (production, *registry.archived())}
    assert sorted(models) == ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]
    assert len([*registry.root.glob("*.json")]) == 2
    assert registry.problems() == []
    for body, (status, answer) in zip(bodies, answers, strict=True):
        if status == 200:
            assert answer == models[answer["version"]].to_json()
            assert answer["config"]["epochs"] == body["config"]["epochs"]
        else:
            assert answer["error"]["type"] == "MetricsDiffer"

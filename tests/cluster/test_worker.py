"""What a worker offers that was started with our preload."""

import asyncio

import pytest

from mlwidgets.cluster.credentials import create_credentials
from mlwidgets.cluster.gpus import chosen_gpus, gpu_of_each
from mlwidgets.cluster.resources import (
    COORDINATOR,
    FOLD,
    VERSION,
    coordinator_resources,
    fold_resources,
)
from mlwidgets.cluster.servers import scheduler_server, worker_server


def test_a_worker_offers_folds_and_coordinators_and_the_gpu_that_it_owns(tmp_path):
    async def offers():
        security = create_credentials(tmp_path / "tls")
        async with scheduler_server(security, host="127.0.0.1") as scheduler:
            nannies = [
                worker_server(
                    scheduler.address, security, memory=1 << 30, gpu=gpu, name=gpu or "none",
                    host="127.0.0.1", local_directory=str(tmp_path),
                )
                for gpu in ("", "0")
            ]  # fmt: skip
            await asyncio.gather(*nannies)
            found = {state.name: dict(state.resources) for state in scheduler.workers.values()}
            await asyncio.gather(*(nanny.close(timeout=1) for nanny in nannies))
            return found

    both = {FOLD: 1, COORDINATOR: 2}
    assert asyncio.run(offers()) == {"none": both, "0": {**both, "GPU": 1}}


def test_tasks_ask_for_what_workers_of_this_version_offer():
    assert fold_resources("cpu") == {FOLD: 1}
    assert fold_resources("cuda:0") == {FOLD: 1, "GPU": 1}
    assert coordinator_resources() == {COORDINATOR: 1}
    assert VERSION in FOLD
    assert VERSION in COORDINATOR


@pytest.mark.parametrize(
    ("workers", "gpus", "expected"),
    [
        (2, [], ["", ""]),
        (2, ["0"], ["0", ""]),
        (2, ["3", "1", "0"], ["3", "1"]),
        (1, ["GPU-5f2a", "1"], ["GPU-5f2a"]),
    ],
)
def test_the_first_workers_get_a_gpu_each_and_the_others_see_none(workers, gpus, expected):
    assert gpu_of_each(workers, gpus) == expected


@pytest.mark.parametrize(
    ("installed", "visible", "expected"),
    [
        (0, None, ()),
        (0, "0", ()),
        (2, None, ("0", "1")),
        (2, "", ()),
        (2, "1", ("1",)),
        (2, "1, 0", ("1", "0")),
        (2, "0,2,1", ("0",)),
        (2, "-1", ()),
        (2, "GPU-5f2a,MIG-7", ("GPU-5f2a", "MIG-7")),
    ],
)
def test_gpus_are_those_that_the_environment_leaves(installed, visible, expected):
    assert chosen_gpus(installed, visible) == expected

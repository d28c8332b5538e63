"""What a task learns from the scheduler, and tells whoever listens."""

import time

import pytest
from distributed import secede
from waiting import wait_until

from mlwidgets.cluster import tell, unwanted


@pytest.fixture
def heard(client):
    """What tasks have told."""
    said = []
    client.subscribe_topic("tests", lambda event: said.append(event[1]["said"]))
    yield said
    client.unsubscribe_topic("tests")


@pytest.fixture
def stubborn():
    """A task that works until it is not wanted any more; travels by value."""

    def work(seceded):
        if seceded:
            secede()
        tell("tests", {"said": "begun"})
        deadline = time.monotonic() + 60
        while not unwanted() and time.monotonic() < deadline:
            time.sleep(0.01)
        tell("tests", {"said": "ended unwanted" if unwanted() else "gave up waiting"})

    return work


@pytest.mark.parametrize("seceded", [False, True])
def test_a_task_that_is_cancelled_sees_it_and_tells(client, heard, stubborn, seceded):
    future = client.submit(stubborn, seceded, pure=False)
    wait_until(lambda: heard == ["begun"])
    future.cancel(force=True)
    wait_until(lambda: len(heard) > 1)
    assert heard == ["begun", "ended unwanted"]


def test_a_task_whose_result_nobody_waits_for_any_more_sees_it(client, heard, stubborn):
    future = client.submit(stubborn, False, pure=False)
    wait_until(lambda: heard == ["begun"])
    future.release()
    wait_until(lambda: len(heard) > 1)
    assert heard == ["begun", "ended unwanted"]


def test_a_task_that_somebody_waits_for_is_wanted(client):
    assert client.submit(lambda: unwanted(), pure=False).result() is False


def test_outside_of_a_task_nothing_is_unwanted_and_nobody_is_told():
    assert not unwanted()
    tell("tests", {"said": "nothing"})

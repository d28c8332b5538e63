import threading

import pytest

from mlwidgets.errors import Cancelled, JobLost, SchemaTooNew, StorageError
from mlwidgets.jobs.heartbeat import Heart, patiently

SECONDS = 20.0


class Lease:
    """Answers each beat as told, the last answer for ever."""

    def __init__(self, *answers: bool | Exception) -> None:
        self._answers = [*answers]
        self.beats = threading.Semaphore(0)

    def beat(self) -> bool:
        self.beats.release()
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def beaten(lease: Lease, times: int) -> None:
    for _ in range(times):
        assert lease.beats.acquire(timeout=SECONDS)


def test_a_heart_beats_while_the_work_is_busy() -> None:
    lease = Lease(False)
    with Heart(lease, interval=0.001) as heart:
        beaten(lease, 5)
        heart.check()
        assert not heart.should_stop()


def test_what_is_done_at_each_beat_is_done() -> None:
    done = threading.Event()
    with Heart(Lease(False), done.set):
        assert done.wait(SECONDS)


def test_a_cancel_reaches_the_work() -> None:
    lease = Lease(False, True)
    with Heart(lease, interval=0.001) as heart:
        beaten(lease, 3)  # so the second was heard
        assert heart.should_stop()
        heart.require()
        with pytest.raises(Cancelled):
            heart.check()


def test_a_lost_job_stops_the_work_and_the_heart() -> None:
    lease = Lease(JobLost("another began"))
    with Heart(lease, interval=0.001) as heart:
        heart._thread.join(SECONDS)
        assert heart.should_stop()
        with pytest.raises(JobLost):
            heart.require()


def test_trouble_with_the_database_is_sat_out() -> None:
    trouble = StorageError("gone for a moment")
    lease = Lease(trouble, trouble, trouble, False)
    with Heart(lease, interval=0.001) as heart:
        beaten(lease, 6)
        heart.check()


def test_a_database_that_stays_away_stops_the_work() -> None:
    with Heart(Lease(StorageError("gone")), interval=0.001, patience=0.0) as heart:
        heart._thread.join(SECONDS)
        assert heart.should_stop()
        with pytest.raises(StorageError):
            heart.check()


def test_an_action_is_repeated_until_the_database_is_back() -> None:
    lease = Lease(StorageError("gone"), StorageError("gone"), True)

    assert patiently(lease.beat, pause=0.0)


@pytest.mark.parametrize("error", [SchemaTooNew("newer"), JobLost("another began")])
def test_what_does_not_pass_is_not_waited_for(error: Exception) -> None:
    lease = Lease(error)

    with pytest.raises(type(error)):
        patiently(lease.beat)

    beaten(lease, 1)
    assert not lease.beats.acquire(blocking=False)


def test_patience_ends() -> None:
    with pytest.raises(StorageError):
        patiently(Lease(StorageError("gone")).beat, seconds=0.0, pause=0.0)

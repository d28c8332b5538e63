import pytest

from mlwidgets.errors import StorageError
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.meter import JobMeter
from mlwidgets.jobs.records import JobProgress
from mlwidgets.jobs.reporting import Reporter
from mlwidgets.jobs.training import SearchTelling
from mlwidgets.search.events import FoldScored, SearchProgress, SearchStarted, TrialFinished
from mlwidgets.search.scores import FoldScore

CONFIG = ModelConfig()


class Lease:
    """Remembers what was written."""

    def __init__(self) -> None:
        self.progresses: list[JobProgress] = []
        self.events: list[tuple[str, str]] = []
        self.out_of_reach = False

    def progress(self, progress: JobProgress) -> None:
        if self.out_of_reach:
            raise StorageError("gone")
        self.progresses.append(progress)

    def event(self, kind: str, text: str, **data: object) -> None:
        self.events.append((kind, text))


@pytest.fixture
def lease() -> Lease:
    return Lease()


@pytest.fixture
def reporter(lease: Lease) -> Reporter:
    return Reporter(lease, JobMeter({"search": 80.0, "training": 20.0}))


def search(trials: int, folds: int, best: int | None = None) -> SearchProgress:
    value = None if best is None else 0.99
    config = None if best is None else CONFIG
    return SearchProgress(trials, 2, folds, folds, 4, best, value, config, 1.0, None)


def test_progress_is_written_when_it_is_flushed_and_only_if_it_changed(
    lease: Lease, reporter: Reporter
) -> None:
    reporter.enter("search", "Searching.")
    for folds in range(100):
        reporter.advance(folds / 100)
    reporter.flush()
    reporter.flush()

    assert [progress.fraction for progress in lease.progresses] == [0.0, 0.792]


def test_a_progress_that_was_not_written_is_written_with_the_next(
    lease: Lease, reporter: Reporter
) -> None:
    reporter.advance(0.5, trials_done=1)
    lease.out_of_reach = True
    with pytest.raises(StorageError):
        reporter.flush()
    lease.out_of_reach = False
    reporter.flush()

    assert [progress.trials_done for progress in lease.progresses] == [1]


def test_a_search_is_told_as_events_and_the_best_as_a_line(
    lease: Lease, reporter: Reporter
) -> None:
    telling = SearchTelling(reporter)
    reporter.enter("search", "Searching.")
    telling.on_event(SearchStarted(search(0, 0)))
    telling.on_event(FoldScored(0, 0, 2, FoldScore(0.99, {}, 3, 0.1), search(0, 1)))
    telling.on_event(TrialFinished(0, "COMPLETE", 0.99, CONFIG, "", 0.2, search(1, 2, best=0)))
    telling.on_event(
        TrialFinished(1, "FAIL", None, CONFIG, "It diverged.", 0.1, search(2, 4, best=0))
    )

    assert lease.events[1:] == [
        ("fold", "Trial 0, fold 1 of 2: skill +1.00 %."),
        ("trial", "Trial 0 is complete: skill +1.00 %."),
        (
            "log",
            "Best so far: trial 0, skill +1.00 %; hidden size 32, sequence length 20, "
            "learning rate 0.001, at most 100 epochs.",
        ),
        ("trial", "Trial 1 failed: It diverged."),
        ("stage", "Training the best configuration on all candles before the test window."),
    ]


def test_a_resumed_search_says_what_it_has_and_praises_no_best_again(
    lease: Lease, reporter: Reporter
) -> None:
    telling = SearchTelling(reporter)
    reporter.enter("search", "Searching.")
    telling.on_event(SearchStarted(search(1, 2, best=0)))
    telling.on_event(TrialFinished(1, "PRUNED", 1.2, CONFIG, "", 0.2, search(2, 4, best=0)))
    reporter.flush()

    assert [text for kind, text in lease.events if kind == "log"] == [
        "1 of 2 trials were finished before."
    ]
    assert lease.progresses[-1].trials_done == 2
    assert lease.progresses[-1].stage == "training"


def test_a_job_that_has_begun_to_save_stays_at_it(lease: Lease) -> None:
    reporter = Reporter(lease, JobMeter({"search": 1.0}), saving=True)

    reporter.enter("search", "Searching.")

    assert lease.progresses[-1].stage == "saving"
    assert lease.events == [("stage", "Searching.")]
    assert reporter.finished().stage == "done"

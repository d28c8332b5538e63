"""What a running job tells: events as they happen, its progress about once a second."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from mlwidgets.jobs.heartbeat import patiently
from mlwidgets.jobs.meter import Fact, JobMeter
from mlwidgets.jobs.records import JobProgress, Stage

if TYPE_CHECKING:
    from mlwidgets.evaluation.backtest import BacktestProgress
from mlwidgets.jobs.journal import EventKind
from mlwidgets.jobs.leases import JobLease


class Reporter:
    """Writes down what a job is at, from several threads.

    Progress is only noted by the work and written by `flush`, which the heartbeat calls: a fold
    never waits for the progress bar.

    Args:
        lease: where it is written.
        meter: adds up the job's stages.
        saving: whether an earlier attempt has begun to save. Its models may be production, so
            this one must come to the same end: the stage stays what it was, which tells
            everybody that it is too late to cancel.
    """

    def __init__(self, lease: JobLease, meter: JobMeter, *, saving: bool = False) -> None:
        self._lease, self._meter, self._saving = lease, meter, saving
        self._noting, self._writing = threading.Lock(), threading.Lock()
        self._changed = False

    def enter(self, stage: Stage, text: str) -> None:
        """A stage begins; it is written at once.

        Raises:
            JobLost: another coordinator holds the job.
            StorageError: the database stays out of reach.
        """
        with self._noting:
            self._meter.enter("saving" if self._saving else stage)
            self._changed = True
        patiently(self.flush)
        self.tell("stage", text, stage=stage)

    def log(self, text: str) -> None:
        """One line for people; errors as `enter`."""
        self.tell("log", text)

    def tell(self, kind: EventKind, text: str, **data: Any) -> None:
        """Something happened; errors as `enter`."""
        patiently(lambda: self._lease.event(kind, text, **data))

    def take_up(self, share: float) -> None:
        """A share of the stage was done by an earlier attempt."""
        with self._noting:
            self._meter.take_up(share)

    def advance(self, share: float, **facts: Fact) -> None:
        """A share of the stage is done; `facts` are fields of `JobProgress`."""
        with self._noting:
            self._meter.advance(share, **facts)
            self._changed = True

    def on_epoch(self, progress: BacktestProgress) -> None:
        """A training that is the stage's only one has finished an epoch."""
        epoch = progress.epoch
        self.advance(trained_share(progress), epoch=epoch.epoch, epochs=epoch.epochs)

    def finished(self) -> JobProgress:
        """The progress of the whole job when it is complete."""
        with self._noting:
            self._meter.enter("done")
            return self._meter.progress()

    def flush(self) -> None:
        """Write the progress, if there is any; one writer at a time, so that none is overtaken.

        Raises:
            JobLost, StorageError: it was not written and the next call tries again.
        """
        with self._writing:
            with self._noting:
                progress, changed, self._changed = self._meter.progress(), self._changed, False
            if not changed:
                return
            try:
                self._lease.progress(progress)
            except BaseException:
                self._changed = True
                raise


def trained_share(progress: BacktestProgress) -> float:
    """The share of a backtest's training that is done, as far as early stopping lets one say."""
    epoch = progress.epoch
    return (progress.fit - 1 + epoch.epoch / epoch.epochs) / progress.fits

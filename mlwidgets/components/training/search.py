"""What is known of a job's search, kept without widgets."""

from __future__ import annotations

from traitlets import Dict, HasTraits, Instance, Tuple

from mlwidgets.components.background import in_thread
from mlwidgets.components.training.importances import importances
from mlwidgets.components.training.sources import train_request
from mlwidgets.components.training.space import drawn_names
from mlwidgets.components.training.trials import Events, Trial, TrialLog, best_trial, complete
from mlwidgets.forecast.spec import ModelType
from mlwidgets.jobs.records import JobRecord
from mlwidgets.search.space import SearchSpace

_GROWTH = 1.1
"""How many times as many complete trials there must be for the shares to be estimated anew."""


class SearchState(HasTraits):
    """The trials of a train job and what they say of the hyper-parameters."""

    record = Instance(JobRecord, allow_none=True, help="the job; None where there is none")
    trials = Tuple(help="finished `Trial`s by number")
    under_way = Tuple(help="of each open trial: number, folds done, folds")
    names = Tuple(help="the hyper-parameters that are drawn")
    importances = Dict(help="share by hyper-parameter, the largest first; empty for too few trials")

    def __init__(self, events: Events) -> None:
        super().__init__()
        self._events = events
        self._log: TrialLog | None = None
        self._estimated = 0

    @property
    def best(self) -> Trial | None:
        """The best trial so far."""
        return best_trial(self.trials)

    def follow(self, record: JobRecord | None) -> None:
        """Show a job; of another one than before nothing is known until `load` has read it."""
        with self.hold_trait_notifications():
            if record is None or self._log is None or record.id != self._log.job_id:
                self._log = TrialLog(record.id) if record else None
                self._estimated = 0
                self.trials, self.under_way, self.importances = (), (), {}
            self.record = record
            self.names = tuple(drawn_names(*_space(record))) if record else ()

    async def load(self) -> None:
        """Read the job's events on, and estimate the shares where there are enough new trials.

        Raises:
            StorageError, JobNotFound: the events cannot be read.
        """
        log = self._log
        if log is None:
            return
        read = await in_thread(lambda: log.read(self._events))
        if log is self._log and read:
            with self.hold_trait_notifications():
                self.trials = log.trials()
                self.under_way = log.under_way()
        await self._estimate(log)

    async def _estimate(self, log: TrialLog) -> None:
        record, trials, names = self.record, self.trials, self.names
        count = len(complete(trials))
        due = count >= _GROWTH * self._estimated or (record and record.finished)
        if record is None or count == self._estimated or not due:
            return
        space, model_type = _space(record)
        shares = await in_thread(lambda: importances(trials, space, names, model_type))
        if log is self._log:
            self._estimated, self.importances = count, shares


def _space(record: JobRecord) -> tuple[SearchSpace | None, ModelType]:
    request = train_request(record)
    return request.space, request.model_type

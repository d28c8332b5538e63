"""Running and recent jobs, kept without widgets."""

from __future__ import annotations

from collections.abc import Callable

from traitlets import Bool, Dict, HasTraits, Instance, Tuple, Unicode

from mlwidgets.components.background import in_thread
from mlwidgets.components.choice import Choice
from mlwidgets.components.jobs.work import Jobs, Work
from mlwidgets.errors import JobError, MlwidgetsError
from mlwidgets.jobs.records import JobRecord

READ = 100
"""Jobs that are read: those that run are among them."""

SHOWN = 20
"""Jobs in the list; `mlwidgets jobs list` has them all."""


class JobsState(HasTraits):
    """The newest jobs, and what a person is doing with them; `refresh` reads them.

    Args:
        jobs: the job records.
        actions: cancels and resumes.
        choice: what the page is about.
    """

    records = Tuple(help="`JobRecord`s, the newest first")
    only_chosen = Bool(False, help="whether jobs of other symbols are left out of the list")
    busy = Instance(frozenset, (), help="ids of jobs that are being cancelled or resumed")
    refusals = Dict(help="by job id: why the last action on it failed")
    problem = Unicode(help="why the jobs cannot be read; those shown are older then")
    symbol = Unicode(help="the chosen one")

    def __init__(self, jobs: Jobs, actions: Work, choice: Choice) -> None:
        super().__init__(symbol=choice.symbol)
        self._jobs, self._actions = jobs, actions
        choice.observe(lambda change: setattr(self, "symbol", change.new), "symbol")

    @property
    def listed(self) -> list[JobRecord]:
        """What the list shows: jobs that have not ended first, the newest of the others after."""
        symbol = self.symbol if self.only_chosen else None
        mine = [each for each in self.records if symbol in (None, each.request.symbol)]
        return sorted(mine, key=lambda record: not at_work(record))[:SHOWN]

    @property
    def running(self) -> int:
        """How many jobs are queued or at work."""
        return sum(map(at_work, self.records))

    def refresh(self) -> None:
        """Read the jobs: cheap enough to be done every second."""
        try:
            self.records = tuple(self._jobs.list(limit=READ))
            self.problem = ""
        except MlwidgetsError as error:
            self.problem = error.message

    async def cancel(self, job_id: str) -> None:
        """Ask a job to stop; one that has stopped already is a job that has stopped."""
        await self._act(job_id, self._actions.cancel)

    async def resume(self, job_id: str) -> None:
        """Go on with a job that was interrupted, failed or was cancelled."""
        await self._act(job_id, self._actions.resume)

    async def _act(self, job_id: str, action: Callable[[str], JobRecord]) -> None:
        if job_id in self.busy or job_id not in {record.id for record in self.records}:
            return
        self.busy |= {job_id}
        self.refusals = {key: why for key, why in self.refusals.items() if key != job_id}
        try:
            await in_thread(lambda: action(job_id))
        except JobError:
            pass  # somebody else was faster: the record, read again, tells what has become of it
        except MlwidgetsError as error:
            self.refusals = {**self.refusals, job_id: error.message}
        finally:
            self.busy -= {job_id}
            self.refresh()


def at_work(record: JobRecord) -> bool:
    """Whether a job is queued or somebody works on it."""
    return record.state in ("queued", "running")

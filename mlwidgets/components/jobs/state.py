"""The jobs of a symbol, kept without widgets."""

from __future__ import annotations

from collections.abc import Callable

from traitlets import Dict, HasTraits, Instance, Tuple, Unicode, observe

from mlwidgets.components.background import in_thread
from mlwidgets.components.jobs.work import Jobs, Work
from mlwidgets.errors import JobError, MlwidgetsError
from mlwidgets.jobs.records import JobRecord

SHOWN = 6
"""Jobs in the list; `mlwidgets jobs list` has them all."""


class JobsState(HasTraits):
    """The newest jobs of the chosen symbol, and what a person is doing with them.

    Args:
        jobs: the job records.
        actions: cancels and resumes.
        symbol: the chosen one.
    """

    symbol = Unicode()
    records = Tuple(help="`JobRecord`s, the newest first")
    busy = Instance(frozenset, (), help="ids of jobs that are being cancelled or resumed")
    refusals = Dict(help="by job id: why the last action on it failed")
    problem = Unicode(help="why the jobs cannot be read; those shown are older then")

    def __init__(self, jobs: Jobs, actions: Work, *, symbol: str) -> None:
        super().__init__(symbol=symbol)
        self._jobs, self._actions = jobs, actions
        self.refresh()

    def refresh(self) -> None:
        """Read the jobs: cheap enough to be done every second."""
        try:
            self.records = tuple(self._jobs.list(symbol=self.symbol, limit=SHOWN))
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

    @observe("symbol")
    def _chosen(self, _: object) -> None:
        if hasattr(self, "_jobs"):
            self.records = ()
            self.refresh()

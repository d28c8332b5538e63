"""A page's jobs: those in its drawer, and a notice when one ends."""

from __future__ import annotations

from collections.abc import Callable

from mlwidgets.components.background import in_thread
from mlwidgets.components.choice import Choice
from mlwidgets.components.jobs.end_notice import end_notice
from mlwidgets.components.jobs.ends import JobEnds
from mlwidgets.components.jobs.job_list import JobList
from mlwidgets.components.jobs.state import JobsState
from mlwidgets.components.notices import Notices
from mlwidgets.dashboards.sources import Mark, Sources
from mlwidgets.errors import MlwidgetsError
from mlwidgets.jobs.records import JobRecord


class JobDesk:
    """Looks at the jobs of all symbols; its widgets are made once a page has been drawn.

    Args:
        sources: where the jobs are.
        choice: what the page is about.
    """

    job_list: JobList
    notices: Notices

    def __init__(self, sources: Sources, choice: Choice) -> None:
        self.state = JobsState(sources.jobs, sources, choice)
        self.seen: Mark | None = None
        self._sources, self._choice = sources, choice
        self._ends = JobEnds()

    @property
    def furnished(self) -> bool:
        """Whether the widgets have been made."""
        return hasattr(self, "notices")

    def furnish(self, show: Callable[[JobRecord], None], *, here: bool) -> None:
        """Make the drawer's list and the notices.

        Args:
            show: shows what a job is about.
            here: whether the list's jobs are shown by this page too, not only the notices'.
        """
        self.job_list = JobList(self.state, show if here else None)
        self.notices = Notices(lambda job_id: self._show(job_id, show))

    async def look(self) -> Mark | None:
        """Read the jobs, and tell of those that have ended; None where they cannot be read."""
        symbol = self._choice.symbol
        try:
            self.seen = await in_thread(lambda: self._sources.mark(symbol))
        except MlwidgetsError as error:
            self.state.problem = error.message
            self.seen = None  # whoever could not read meanwhile reads again once it is there
            return None
        with self.state.hold_trait_notifications():
            self.state.records, self.state.problem = self.seen.jobs, ""
        for record in self._ends.among(self.seen.jobs):
            self.notices.add(end_notice(record))
        return self.seen

    def say(self) -> None:
        """Put the jobs into words again."""
        if self.furnished:
            self.job_list.say()

    def _show(self, job_id: str, show: Callable[[JobRecord], None]) -> None:
        for record in self.state.records:
            if record.id == job_id:
                show(record)

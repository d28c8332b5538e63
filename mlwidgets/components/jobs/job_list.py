"""Running and recent jobs as a widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets as t

from mlwidgets.components.background import spawn
from mlwidgets.components.frontend import component
from mlwidgets.components.jobs.state import JobsState
from mlwidgets.components.jobs.words import job_words
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text
from mlwidgets.jobs.records import JobRecord


class JobList(Piece):
    """Jobs with their progress; those that run can be cancelled, others resumed.

    Args:
        state: what to show; the list follows it.
        on_open: called with the job that is clicked; default: its page is opened.
    """

    template = t.Unicode(component("job_list", "addresses")).tag(sync=True)
    jobs = t.List(t.Dict(), help="the jobs in words").tag(sync=True)
    only_chosen = t.Bool(False, help="whether other symbols' jobs are left out").tag(sync=True)
    here = t.Bool(False, help="whether a click on a job is answered in this page").tag(sync=True)
    problem = t.Unicode(help="why they may be out of date").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(
        self, state: JobsState, on_open: Callable[[JobRecord], None] | None = None
    ) -> None:
        self.state, self._on_open = state, on_open
        state.refresh()
        super().__init__(here=on_open is not None, **self._said())
        t.link((state, "only_chosen"), (self, "only_chosen"))
        state.observe(lambda _: self.say())
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Put the state into words again: for the ages, or in another language."""
        self.tell(self._said())

    def vue_cancel(self, job_id: str) -> None:
        """A job's Cancel was pressed."""
        spawn(self.state.cancel(job_id))

    def vue_resume(self, job_id: str) -> None:
        """A job's Resume was pressed."""
        spawn(self.state.resume(job_id))

    def vue_open(self, job_id: str) -> None:
        """A job was clicked."""
        record = next((each for each in self.state.records if each.id == job_id), None)
        if record and self._on_open:
            self._on_open(record)

    def _said(self) -> dict[str, Any]:
        state = self.state
        none = text("job.none", symbol=state.symbol) if state.only_chosen else text("job.none.all")
        return {
            "jobs": [job_words(record, state) for record in state.listed],
            "problem": state.problem,
            "words": {
                "heading": text("job.heading"),
                "empty": none,
                "empty_next": text("job.none.next"),
                "cancel": text("job.cancel"),
                "resume": text("job.resume"),
                "only": text("job.only", symbol=state.symbol),
            },
        }

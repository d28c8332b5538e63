"""Running and recent jobs as a widget."""

from __future__ import annotations

from typing import Any

import traitlets as t

from mlwidgets.components.background import spawn
from mlwidgets.components.frontend import component
from mlwidgets.components.jobs.state import JobsState
from mlwidgets.components.jobs.words import job_words
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text


class JobList(Piece):
    """A symbol's jobs with their progress; those that run can be cancelled, others resumed.

    Args:
        state: what to show; the list follows it.
    """

    template = t.Unicode(component("job_list")).tag(sync=True)
    jobs = t.List(t.Dict(), help="the jobs in words").tag(sync=True)
    problem = t.Unicode(help="why they may be out of date").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: JobsState) -> None:
        self.state = state
        super().__init__(**self._said())
        state.observe(lambda _: self.say(), ["records", "busy", "refusals", "problem"])
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

    def _said(self) -> dict[str, Any]:
        return {
            "jobs": [job_words(record, self.state) for record in self.state.records],
            "problem": self.state.problem,
            "words": {
                "heading": text("job.heading"),
                "empty": text("job.none", symbol=self.state.symbol),
                "empty_next": text("job.none.next"),
                "cancel": text("job.cancel"),
                "resume": text("job.resume"),
            },
        }

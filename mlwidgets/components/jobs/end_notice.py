"""The end of a job as a notice."""

from __future__ import annotations

from mlwidgets.components.jobs.words import about_words, end_words, job_choice, task_words
from mlwidgets.components.notices import Notice
from mlwidgets.components.texts import text
from mlwidgets.jobs.records import JobRecord

_TITLES = {
    "completed": "job.end.completed", "failed": "job.end.failed",
    "cancelled": "job.end.cancelled", "interrupted": "job.end.interrupted",
}  # fmt: skip


def end_notice(record: JobRecord) -> Notice:
    """What a person is told when a job has ended."""
    failed = record.state in ("failed", "interrupted")
    saved = record.result is not None and bool(record.result.saved)
    return Notice(
        kind="failed" if failed else "done" if record.state == "completed" else "info",
        title=text(_TITLES[record.state], task=task_words(record), about=about_words(record)),
        text=end_words(record),
        action=text("job.open"),
        key=record.id,
        link=text("job.to_trading") if saved else "",
        query=job_choice(record).query if saved else "",
    )

"""Ids of jobs as people type them: as much of the start as no other job has."""

from __future__ import annotations

from collections.abc import Iterator

from mlwidgets.errors import JobNotFound
from mlwidgets.jobs import api

_WHOLE = 12
_PAGE = 200


def full_id(text: str) -> str:
    """The id that starts with a text; a text that no id starts with is left as it is.

    Raises:
        JobNotFound: several jobs' ids start with it.
    """
    text = text.strip().lower()
    if len(text) >= _WHOLE:
        return text
    found = [job_id for job_id in _ids() if job_id.startswith(text)]
    if len(found) > 1:
        shown = ", ".join(found[:3]) + (", ..." if len(found) > 3 else "")
        raise JobNotFound(
            f"{len(found)} jobs start with {text!r} ({shown}); write more of the id.",
            job=text, matches=found[:20],
        )  # fmt: skip
    return found[0] if found else text


def _ids() -> Iterator[str]:
    """Every job's id, the newest first."""
    before = None
    while page := api.list_jobs(limit=_PAGE, before=before):
        yield from (record.id for record in page)
        before = page[-1].id

"""Changes of a job, each with the event that tells of it, in one transaction."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, insert, update

from mlwidgets.database import now_ms
from mlwidgets.jobs.json_text import json_text
from mlwidgets.jobs.schema import EVENTS, JOBS

EventKind = Literal["state", "stage", "fold", "trial", "log"]


def change(
    connection: Connection,
    job_id: str,
    kind: EventKind,
    text: str,
    data: dict[str, Any],
    /,
    *fence: ColumnElement[bool],
    **columns: Any,
) -> bool:
    """Change a job's columns and write the event of it.

    The job's row counts its events; who raises the count holds the row until the event is
    written, so that numbers have no gap, whoever else writes.

    Args:
        connection: in a transaction that writes.
        job_id: the job.
        kind: of the event; text and data alike.
        text: one line for people.
        data: the facts, camelCase.
        *fence: what must hold of the row.
        **columns: what it becomes.

    Returns:
        Whether there was such a row; otherwise nothing is written.
    """
    number = connection.scalar(
        update(JOBS)
        .where(JOBS.c.id == job_id, *fence)
        .values(last_event=JOBS.c.last_event + 1, **columns)
        .returning(JOBS.c.last_event)
    )
    if number is None:
        return False
    write_event(connection, job_id, number, kind, text, data)
    return True


def change_state(
    connection: Connection,
    job_id: str,
    state: str,
    text: str,
    /,
    *fence: ColumnElement[bool],
    **columns: Any,
) -> bool:
    """Give a job a state, with the event of it; arguments and result as `change`."""
    data = {"state": state}
    return change(connection, job_id, "state", text, data, *fence, state=state, **columns)


def write_event(
    connection: Connection, job_id: str, number: int, kind: str, text: str, data: dict[str, Any]
) -> None:
    """Write an event whose number is taken."""
    connection.execute(
        insert(EVENTS).values(
            job_id=job_id,
            number=number,
            time=now_ms(),
            kind=kind,
            body=json_text({"text": text, "data": data}),
        )
    )

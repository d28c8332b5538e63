"""Whether somebody still works on a job: the state that a reader sees.

A row says `queued` or `running` until somebody changes it, and a killed coordinator changes
nothing; so `interrupted` is found out by each reader, in the query itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import ColumnElement, Connection, and_, case, or_, select

from mlwidgets.database import now_ms
from mlwidgets.jobs.schema import JOBS

UNSENT_MS = 30_000
"""How long a job may wait to be given to a cluster; whoever submitted it has died since."""

HANDOVER_MS = 5_000
"""How long whoever submits a job is left alone with it."""

FORGOTTEN_MS = 600_000
"""After this long a job that was never given to a cluster waits for somebody to resume it."""

SILENT_MS = 15_000
"""How long a coordinator, which beats every second, may be silent."""

UNFINISHED = ("queued", "running")
"""Stored states of jobs that somebody should be working on."""


def dead_clusters(
    connection: Connection, is_dead: Callable[[str], bool], *where: ColumnElement[bool]
) -> list[str]:
    """Labels of the gone clusters that hold unfinished jobs."""
    labels = connection.scalars(
        select(JOBS.c.cluster)
        .distinct()
        .where(JOBS.c.state.in_(UNFINISHED), JOBS.c.cluster.is_not(None), *where)
    )
    return [label for label in labels.all() if is_dead(label)]


def effective_state(dead: Collection[str]) -> ColumnElement[str]:
    """The state that a reader sees, as SQL.

    Args:
        dead: labels of clusters that are gone.
    """
    unsent = and_(
        JOBS.c.state == "queued",
        JOBS.c.cluster.is_(None),
        JOBS.c.queued_at < now_ms() - UNSENT_MS,
    )
    silent = and_(JOBS.c.state == "running", JOBS.c.beat_at < now_ms() - SILENT_MS)
    gone = and_(JOBS.c.state.in_(UNFINISHED), JOBS.c.cluster.in_(dead))
    return case((or_(unsent, silent, gone), "interrupted"), else_=JOBS.c.state)

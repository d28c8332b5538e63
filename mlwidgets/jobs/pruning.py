"""Bounds of what the database keeps of finished jobs."""

from __future__ import annotations

from sqlalchemy import Connection, delete, or_, select

from mlwidgets.database import now_ms
from mlwidgets.jobs.candle_vault import drop_unused
from mlwidgets.jobs.records import FINISHED
from mlwidgets.jobs.schema import EVENTS, JOBS
from mlwidgets.jobs.studies import studies_of

KEPT_MS = 90 * 86_400_000
KEPT_JOBS = 1000


def prune_jobs(connection: Connection) -> list[str]:
    """Delete finished jobs older than 90 days or beyond the latest 1,000, and unused candles.

    Returns:
        The studies of those jobs, which are left to be deleted.
    """
    finished = JOBS.c.state.in_(FINISHED)
    beyond = select(JOBS.c.id).where(finished).order_by(JOBS.c.id.desc()).offset(KEPT_JOBS).limit(1)
    oldest_kept = connection.scalar(beyond)
    old = JOBS.c.finished_at < now_ms() - KEPT_MS
    if oldest_kept is not None:
        old = or_(old, JOBS.c.id <= oldest_kept)
    # One that somebody queues again at this moment stays.
    query = select(JOBS.c.id).where(finished, old).with_for_update(skip_locked=True)
    doomed = connection.scalars(query).all()
    if doomed:
        connection.execute(delete(EVENTS).where(EVENTS.c.job_id.in_(doomed)))
        connection.execute(delete(JOBS).where(JOBS.c.id.in_(doomed)))
    drop_unused(connection)
    return studies_of(connection, doomed)

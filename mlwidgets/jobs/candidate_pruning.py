"""Bounds of what the database keeps of candidates."""

from __future__ import annotations

import sqlalchemy
from sqlalchemy import ColumnElement, Connection, delete, func, or_, select

from mlwidgets.database import now_ms
from mlwidgets.jobs.liveness import UNFINISHED
from mlwidgets.jobs.schema import CANDIDATE_FILES, CANDIDATES, JOBS

KEPT_MS = 30 * 86_400_000
KEPT_OF_A_SLOT = 20
KEPT = 200


def prune_candidates(connection: Connection) -> None:
    """Delete candidates older than 30 days, or beyond the latest 20 of a slot or 200 of all.

    Those that a completed job still has to save stay, whatever there is; those of a job that
    has not ended stay for the 30 days.
    """
    newest = CANDIDATES.c.id.desc()
    of_slot = func.row_number().over(
        partition_by=(CANDIDATES.c.symbol, CANDIDATES.c.model_type), order_by=newest
    )
    _delete(connection, CANDIDATES.c.created_at < now_ms() - KEPT_MS, spare_unfinished=False)
    _delete(connection, of_slot > KEPT_OF_A_SLOT)
    _delete(connection, func.row_number().over(order_by=newest) > KEPT)


def _delete(
    connection: Connection, surplus: ColumnElement[bool], *, spare_unfinished: bool = True
) -> None:
    spared: ColumnElement[bool] = JOBS.c.unsaved
    if spare_unfinished:
        spared = or_(spared, JOBS.c.state.in_(UNFINISHED))
    each = (
        select(
            CANDIDATES.c.id,
            surplus.label("surplus"),
            func.coalesce(spared, sqlalchemy.false()).label("spared"),
        )
        .outerjoin(JOBS, JOBS.c.id == CANDIDATES.c.job_id)
        .subquery()
    )
    doomed = connection.scalars(
        select(CANDIDATES.c.id)
        .where(CANDIDATES.c.id.in_(select(each.c.id).where(each.c.surplus, ~each.c.spared)))
        .with_for_update(skip_locked=True)  # what another process is deleting at this moment
    ).all()
    if not doomed:
        return
    connection.execute(delete(CANDIDATE_FILES).where(CANDIDATE_FILES.c.candidate_id.in_(doomed)))
    connection.execute(delete(CANDIDATES).where(CANDIDATES.c.id.in_(doomed)))

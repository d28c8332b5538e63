"""Jobs, their events and candles, and candidates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.String(12).with_variant(sa.String(12, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _jobs()
    _events()
    _candles()
    _candidates()


def _jobs() -> None:
    op.create_table(
        "mlwidgets_jobs",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("home_id", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("candles", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("cancelling", sa.Boolean, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("last_event", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("queued_at", sa.BigInteger, nullable=False),
        sa.Column("dispatched_at", sa.BigInteger),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("beat_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("cluster", sa.Text),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("unsaved", sa.Boolean, nullable=False),
    )
    op.create_index("ix_mlwidgets_jobs_state", "mlwidgets_jobs", ["state"])
    op.create_index("ix_mlwidgets_jobs_candles", "mlwidgets_jobs", ["candles"])


def _events() -> None:
    op.create_table(
        "mlwidgets_job_events",
        sa.Column("job_id", _ID, sa.ForeignKey("mlwidgets_jobs.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )


def _candles() -> None:
    op.create_table(
        "mlwidgets_candles",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.Column("frame", sa.LargeBinary, nullable=False),
    )


def _candidates() -> None:
    op.create_table(
        "mlwidgets_candidates",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("job_id", _ID),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("model_type", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("standing", sa.Text),
        sa.Column("saved_version", sa.String(32)),
    )
    op.create_index(
        "ix_mlwidgets_candidates_slot", "mlwidgets_candidates", ["symbol", "model_type"]
    )
    op.create_table(
        "mlwidgets_candidate_files",
        sa.Column("candidate_id", _ID, sa.ForeignKey("mlwidgets_candidates.id"), primary_key=True),
        sa.Column("weights", sa.LargeBinary, nullable=False),
        sa.Column("meta", sa.LargeBinary, nullable=False),
        sa.Column("predictions", sa.LargeBinary, nullable=False),
    )

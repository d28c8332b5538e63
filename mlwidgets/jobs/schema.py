"""The tables of jobs and candidates; `database.migrations` holds the steps to them.

Times are epoch milliseconds by the database's clock. Values are JSON text: rows are read and
written whole, and PostgreSQL's own JSON refuses what JSON text may hold.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

Id = String(12).with_variant(String(12, collation="C"), "postgresql")
"""An id, ordered by its characters whatever the database's language is."""

JOBS = Table(
    "mlwidgets_jobs",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("symbol", String(32), nullable=False),
    Column("home_id", Text, nullable=False),
    Column("request", Text, nullable=False),
    # The digest of stored candles that the request names.
    Column("candles", String(64)),
    Column("state", String(16), nullable=False),
    Column("cancelling", Boolean, nullable=False),
    Column("attempt", Integer, nullable=False),
    # The number of the latest event.
    Column("last_event", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("dispatched_at", BigInteger),
    Column("started_at", BigInteger),
    # When the coordinator last said that it is alive.
    Column("beat_at", BigInteger),
    Column("finished_at", BigInteger),
    # The label of the cluster that has the job.
    Column("cluster", Text),
    Column("progress", Text, nullable=False),
    Column("result", Text),
    Column("error", Text),
    # Whether the result names models that are still to be saved.
    Column("unsaved", Boolean, nullable=False),
    Index("ix_mlwidgets_jobs_state", "state"),
    Index("ix_mlwidgets_jobs_candles", "candles"),
)

EVENTS = Table(
    "mlwidgets_job_events",
    METADATA,
    Column("job_id", Id, ForeignKey("mlwidgets_jobs.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("body", Text, nullable=False),
)

CANDLES = Table(
    "mlwidgets_candles",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("kept_at", BigInteger, nullable=False),
    Column("frame", LargeBinary, nullable=False),
)

CANDIDATES = Table(
    "mlwidgets_candidates",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("job_id", Id),
    Column("symbol", String(32), nullable=False),
    Column("model_type", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),
    Column("standing", Text),
    Column("saved_version", String(32)),
    Index("ix_mlwidgets_candidates_slot", "symbol", "model_type"),
)

CANDIDATE_FILES = Table(
    # Apart from the facts, so that a list of candidates reads no weights.
    "mlwidgets_candidate_files",
    METADATA,
    Column("candidate_id", Id, ForeignKey("mlwidgets_candidates.id"), primary_key=True),
    Column("weights", LargeBinary, nullable=False),
    Column("meta", LargeBinary, nullable=False),
    Column("predictions", LargeBinary, nullable=False),
)

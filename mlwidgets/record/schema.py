"""The tables of the track record; `database.migrations` holds the steps to them.

Times are epoch milliseconds; `origin` and `target_time` are candles' open times.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

MODELS = Table(
    "mlwidgets_recorded_models",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("symbol", String(32), nullable=False),
    Column("model_type", String(16), nullable=False),
    Column("version", String(32), nullable=False),
    Column("weights_sha256", String(64), nullable=False),
    # What `RecordedModel` knows beyond these, as JSON: it outlives the model's files.
    Column("facts", Text, nullable=False),
    UniqueConstraint(
        "symbol", "model_type", "version", "weights_sha256", name="uq_mlwidgets_recorded_models"
    ),
)

FORECASTS = Table(
    "mlwidgets_forecasts",
    METADATA,
    Column("model_id", Integer, ForeignKey("mlwidgets_recorded_models.id"), primary_key=True),
    Column("origin", BigInteger, primary_key=True, autoincrement=False),
    Column("target_time", BigInteger, nullable=False),
    # By the clock of the machine that forecast.
    Column("made_at", BigInteger, nullable=False),
    Column("close", Double, nullable=False),
    Column("predicted", Double, nullable=False),
    Column("lower", Double, nullable=False),
    Column("upper", Double, nullable=False),
    Column("probability_up", Double, nullable=False),
    Column("regime", String(16), nullable=False),
    Column("simulated", Boolean, nullable=False),
    # Close of the target's candle, once it is known.
    Column("actual", Double),
    # Whether the candle store is not asked for the target's candle any more.
    Column("given_up", Boolean, nullable=False),
)

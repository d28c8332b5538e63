"""The forecasts of production models, and what each model's backtest promised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    _models()
    _forecasts()


def _models() -> None:
    op.create_table(
        "mlwidgets_recorded_models",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("model_type", sa.String(16), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("weights_sha256", sa.String(64), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.UniqueConstraint(
            "symbol", "model_type", "version", "weights_sha256",
            name="uq_mlwidgets_recorded_models",
        ),
    )  # fmt: skip


def _forecasts() -> None:
    model = sa.ForeignKey("mlwidgets_recorded_models.id")
    op.create_table(
        "mlwidgets_forecasts",
        sa.Column("model_id", sa.Integer, model, primary_key=True),
        sa.Column("origin", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("target_time", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("close", sa.Double, nullable=False),
        sa.Column("predicted", sa.Double, nullable=False),
        sa.Column("lower", sa.Double, nullable=False),
        sa.Column("upper", sa.Double, nullable=False),
        sa.Column("probability_up", sa.Double, nullable=False),
        sa.Column("regime", sa.String(16), nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("actual", sa.Double),
        sa.Column("given_up", sa.Boolean, nullable=False),
    )

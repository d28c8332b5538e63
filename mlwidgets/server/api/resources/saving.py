"""The guide's endpoint: what a backtest has measured becomes the production model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, TypeAdapter

from mlwidgets.errors import ModelError, ModelFileError, ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import ModelType, Value
from mlwidgets.server.api.errors import MetricsDiffer, NotBacktested
from mlwidgets.server.api.inputs import Symbol
from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.services import Services

if TYPE_CHECKING:  # candidates bring torch
    from mlwidgets.jobs.candidates import Candidate

RELATIVE, ABSOLUTE = 1e-6, 1e-12
"""How far a stated metric may lie from the measured one: what rounding makes of it."""

_Error = Annotated[float, Field(ge=0)]


class SavedConfig(Value):
    """The guide's four hyper-parameters; any others are the backtest's."""

    hidden_size: Annotated[int, Field(ge=1, le=1024)]
    sequence_length: Annotated[int, Field(ge=2, le=1000)]
    learning_rate: Annotated[float, Field(gt=0, le=1000)]
    epochs: Annotated[int, Field(ge=1, le=10_000)]


class StatedMetrics(Value):
    """The guide's five metrics as the backtest showed them; null where one is not defined."""

    mae: _Error
    rmse: _Error
    mape: _Error
    r2_score: Annotated[float, Field(le=1)] | None
    directional_accuracy: Annotated[float, Field(ge=0, le=1)] | None


class SaveRequest(Value):
    """Which measured model to save."""

    symbol: Symbol
    model_type: ModelType
    config: SavedConfig
    metrics: StatedMetrics


def save(services: Services, body: SaveRequest) -> ModelMeta:
    """Make the latest backtest of this config production: exactly the weights it measured."""
    from mlwidgets.jobs.saving import save_candidate

    candidates = services.candidates
    config = body.config.model_dump()
    candidate = candidates.find(body.symbol, body.model_type, config)
    if candidate is None:
        raise _not_backtested(body)
    _check_metrics(body.metrics, candidate)
    return save_candidate(candidates, services.registry, candidate.id)


def _not_backtested(body: SaveRequest) -> NotBacktested:
    config = body.config.to_json()
    told = ", ".join(f"{name} {value:g}" for name, value in config.items())
    return NotBacktested(
        f"No backtest has measured {body.symbol} {body.model_type} with {told}. Run that "
        "backtest first: Run Backtest on the Evaluate tab, or POST details.run to /api/ml/jobs.",
        run={
            "kind": "evaluate", "symbol": body.symbol, "modelType": body.model_type,
            "config": config,
        },
    )  # fmt: skip


def _check_metrics(stated: StatedMetrics, candidate: Candidate) -> None:
    measured = {name: getattr(candidate.metrics, name) for name in StatedMetrics.model_fields}
    wrong = [name for name, value in measured.items() if not _agree(getattr(stated, name), value)]
    if wrong:
        known = StatedMetrics.model_construct(**measured).to_json()
        keys = [str(StatedMetrics.model_fields[name].alias) for name in wrong]
        given = stated.to_json()
        facts = "; ".join(f"{key} was measured as {known[key]}, not {given[key]}" for key in keys)
        raise MetricsDiffer(
            f"The metrics are not those of the latest backtest of this config: {facts}. State "
            "what it showed, or run the backtest that is meant.",
            stated=given, measured=known, candidate=candidate.id,
        )  # fmt: skip


def _agree(stated: float | None, measured: float | None) -> bool:
    if stated is None or measured is None:
        return stated is measured
    return math.isclose(stated, measured, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


OPERATIONS = (
    Operation(
        "POST", "/models/save", "saveModel",
        "Save a model that a backtest has measured: it becomes production, the one before goes "
        "to the archive.",
        save, ModelMeta, body=TypeAdapter(SaveRequest), lane="saving",
        errors=(NotBacktested, MetricsDiffer, ModelError, ModelNotFound, ModelFileError),
    ),
)  # fmt: skip

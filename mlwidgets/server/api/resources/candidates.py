"""Candidates: what backtests have measured, with every single prediction."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from mlwidgets.errors import ModelNotFound
from mlwidgets.forecast.spec import ModelType, Value
from mlwidgets.market.dates import epoch_ms
from mlwidgets.server.api.inputs import CandidatePath, Moment, Symbol, Whole, limited
from mlwidgets.server.api.operation import PARQUET, File, Operation
from mlwidgets.server.api.services import Services

if TYPE_CHECKING:
    from mlwidgets.jobs.candidates import Candidate
    from mlwidgets.server.api.resources.candidate_values import CandidateList


class CandidatesQuery(Value):
    """Which candidates to list."""

    symbol: Symbol | None = None
    model_type: ModelType | None = None
    limit: Whole = limited(200, 50)


class PredictionsQuery(Value):
    """Which predictions, and how written."""

    format: Literal["json", "parquet"] = "json"
    """Parquet holds all of them; JSON a page."""
    limit: Whole = limited(5000, 1000)
    start: Moment = None
    """Origins from this time on; `next` of the page before."""


class Prediction(Value):
    """One forecast of a backtest; times are open times in epoch milliseconds."""

    origin: int
    target_time: int
    close: float
    predicted: float
    actual: float | None
    lower: float
    upper: float
    probability_up: float
    scale: float
    """Expected absolute log return over the horizon."""
    regime: str


class PredictionsPage(Value):
    """Some predictions by origin, and the next page's start; null where there are no more."""

    items: tuple[Prediction, ...]
    next: int | None


def list_candidates(services: Services, query: CandidatesQuery) -> CandidateList:
    """Candidates, the newest first."""
    from mlwidgets.server.api.resources.candidate_values import CandidateList

    found = services.candidates.list(query.symbol, query.model_type, query.limit)
    return CandidateList(items=tuple(found))


def get_candidate(services: Services, path: CandidatePath) -> Candidate:
    """One candidate."""
    return services.candidates.get(path.id)


def predictions(
    services: Services, path: CandidatePath, query: PredictionsQuery
) -> PredictionsPage | File:
    """The predictions that a candidate was measured by."""
    frame = services.candidates.predictions(path.id)
    if query.format == "parquet":
        written = io.BytesIO()
        frame.to_parquet(written)
        return File(f"predictions-{path.id}.parquet", PARQUET, written.getvalue())
    if query.start is not None:
        frame = frame.loc[frame.index >= query.start]
    page, rest = frame.iloc[: query.limit], frame.iloc[query.limit :]
    return PredictionsPage(
        items=tuple(
            _prediction(row) for row in page.reset_index(names="origin").to_dict("records")
        ),
        next=epoch_ms(rest.index[0]) if len(rest) else None,
    )


def _prediction(row: dict[Any, Any]) -> Prediction:
    actual = row["actual"]
    times = {name: epoch_ms(row[name]) for name in ("origin", "target_time")}
    return Prediction(**{**row, **times, "actual": None if pd.isna(actual) else actual})


OPERATIONS = (
    Operation(
        "GET", "/candidates", "listCandidates",
        "List the models that backtests have measured, the newest first.",
        list_candidates, "mlwidgets.server.api.resources.candidate_values:CandidateList",
        query=CandidatesQuery,
    ),
    Operation(
        "GET", "/candidates/{id}", "getCandidate",
        "Show a measured model's report: metrics, baselines, how it stands.",
        get_candidate, "mlwidgets.jobs.candidates:Candidate", path_model=CandidatePath,
        errors=(ModelNotFound,),
    ),
    Operation(
        "GET", "/candidates/{id}/predictions", "getPredictions",
        "Every prediction that a model was measured by, as JSON or as a Parquet file.",
        predictions, PredictionsPage, files=(PARQUET,), path_model=CandidatePath,
        query=PredictionsQuery, errors=(ModelNotFound,),
    ),
)  # fmt: skip

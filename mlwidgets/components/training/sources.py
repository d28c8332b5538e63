"""What training asks of the page's sources, and what it reads there."""

from __future__ import annotations

from typing import Protocol, cast

from mlwidgets.components.choice import Choice
from mlwidgets.components.evaluation.sources import Sources
from mlwidgets.errors import ModelError, ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import TrainRequest
from mlwidgets.settings import Settings

_JOBS = 50


class TrainSources(Sources, Protocol):
    """What the tab Train reads, and what it has done."""

    @property
    def settings(self) -> Settings:
        """Whether the exchange may be asked."""


def train_request(record: JobRecord) -> TrainRequest:
    """What a train job was asked to do."""
    return cast(TrainRequest, record.request)


def newest_job(sources: TrainSources, choice: Choice) -> JobRecord | None:
    """The newest train job of a choice."""
    wanted = (choice.model_type, choice.timeframe, choice.horizon)
    for record in sources.jobs.list(kind="train", symbol=choice.symbol, limit=_JOBS):
        asked = train_request(record)
        if (asked.model_type, asked.timeframe, asked.ahead) == wanted:
            return record
    return None


def production_model(sources: TrainSources, choice: Choice) -> tuple[ModelMeta | None, bool]:
    """What a saved model would replace, and whether that is damaged.

    Raises:
        StorageError: the folder cannot be read.
    """
    try:
        return sources.models.get_meta(choice.symbol, choice.model_type), False
    except ModelNotFound:
        return None, False
    except ModelError:
        return None, True


def candidate_ids(record: JobRecord | None) -> list[str]:
    """What a completed job has measured; a job that is extended measures anew."""
    return [*record.result.candidates.values()] if record and record.result else []


def kept_candidate(sources: TrainSources, record: JobRecord | None) -> Candidate | None:
    """The backtest of a completed job's model, while it is kept."""
    for candidate_id in candidate_ids(record):
        try:
            return sources.candidates.get(candidate_id)
        except ModelNotFound:  # others have taken its room since
            return None
    return None


def last_stored(sources: TrainSources, symbol: str, timeframe: str) -> int | None:
    """Open time of the last candle that the store has (epoch ms)."""
    stored = sources.market.stored(symbol, timeframe)
    return int(stored.index[-1].timestamp() * 1000) if len(stored) else None

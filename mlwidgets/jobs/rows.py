"""Rows of jobs as records, and back."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Row

from mlwidgets.errors import SpecError, StorageError
from mlwidgets.jobs.json_text import json_text
from mlwidgets.jobs.records import JobEvent, JobFailure, JobProgress, JobRecord, JobResult
from mlwidgets.jobs.requests import REQUESTS, JobRequest, StoredCandles

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


def request_columns(request: JobRequest) -> dict[str, str | None]:
    """What the columns say that follow from a request."""
    candles = request.candles
    return {
        "kind": request.kind,
        "symbol": request.symbol,
        "request": json_text(request),
        "candles": candles.digest if isinstance(candles, StoredCandles) else None,
    }


def read_request(job_id: str, text: str) -> JobRequest:
    """A request from its column.

    Raises:
        StorageError: another version of mlwidgets wrote it.
    """
    try:
        return REQUESTS.validate_json(text)
    except (ValidationError, SpecError) as error:
        raise _foreign(job_id, error) from error


def read_record(row: Row[Any]) -> JobRecord:
    """A record from a row whose `seen` is the state that a reader sees.

    Raises:
        StorageError: another version of mlwidgets wrote it.
    """
    request = read_request(row.id, row.request)
    try:
        return JobRecord(
            id=row.id,
            request=request,
            state=row.seen,
            progress=JobProgress.model_validate_json(row.progress),
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            attempt=row.attempt,
            cancelling=row.cancelling,
            result=None if row.result is None else JobResult.model_validate_json(row.result),
            error=None if row.error is None else JobFailure.model_validate_json(row.error),
        )
    except (ValidationError, SpecError) as error:
        raise _foreign(row.id, error) from error


def readable(rows: Iterable[Row[Any]], read: Callable[[Row[Any]], _T]) -> Iterator[_T]:
    """What can be read among rows; one that another version wrote is left out, and logged."""
    for row in rows:
        try:
            yield read(row)
        except StorageError as error:
            _log.warning("%s", error.message)


def read_event(row: Row[Any]) -> JobEvent:
    """An event from its row."""
    return JobEvent(
        job_id=row.job_id, number=row.number, time=row.time, kind=row.kind, **json.loads(row.body)
    )


def _foreign(job_id: str, error: Exception) -> StorageError:
    return StorageError(
        f"Job {job_id} was written by another version of mlwidgets, and this one cannot read it: "
        f"{str(error).splitlines()[0]}. Update mlwidgets; a finished job can be deleted, too.",
        job=job_id,
    )

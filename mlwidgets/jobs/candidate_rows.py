"""Rows of candidates as values, and back."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row

from mlwidgets.errors import SpecError, StorageError
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.json_text import json_text

_LATER = {"standing", "saved_version"}
"""Fields with columns of their own, because they change."""


def candidate_columns(candidate: Candidate) -> dict[str, Any]:
    """A candidate's row."""
    standing = candidate.standing
    return {
        "id": candidate.id,
        "job_id": candidate.job_id,
        "symbol": candidate.symbol,
        "model_type": candidate.model_type,
        "created_at": candidate.created_at,
        "facts": json_text(candidate.model_dump(exclude=_LATER, by_alias=True)),
        "standing": None if standing is None else json_text(standing),
        "saved_version": candidate.saved_version,
    }


def read_candidate(row: Row[Any]) -> Candidate:
    """A candidate from its row.

    Raises:
        StorageError: another version of mlwidgets wrote it.
    """
    standing = None if row.standing is None else json.loads(row.standing)
    try:
        facts = json.loads(row.facts)
        return Candidate(**facts, standing=standing, saved_version=row.saved_version)
    except (ValidationError, SpecError) as error:
        raise StorageError(
            f"Candidate {row.id} was written by another version of mlwidgets, and this one cannot "
            f"read it: {str(error).splitlines()[0]}. Update mlwidgets, or run the backtest again.",
            candidate=row.id,
        ) from error

"""Everything that the API does: the one table that routes and document are made from."""

from __future__ import annotations

from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.resources import (
    candidates,
    documents,
    events,
    jobs,
    market,
    model_files,
    models,
    saving,
    status,
    track_record,
)

OPERATIONS: tuple[Operation, ...] = (
    *saving.OPERATIONS,
    *models.OPERATIONS,
    *model_files.OPERATIONS,
    *jobs.OPERATIONS,
    *events.OPERATIONS,
    *candidates.OPERATIONS,
    *market.OPERATIONS,
    *track_record.OPERATIONS,
    *status.OPERATIONS,
    *documents.document_operations(lambda: OPERATIONS),
)

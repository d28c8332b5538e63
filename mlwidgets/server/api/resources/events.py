"""A job's events: a page of them, or a stream that goes on until the job ends."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mlwidgets.errors import JobNotFound
from mlwidgets.forecast.spec import Value
from mlwidgets.jobs.records import JobEvent
from mlwidgets.server.api.errors import TooManyRequests
from mlwidgets.server.api.inputs import JobPath, Whole, limited
from mlwidgets.server.api.operation import EVENT_STREAM, JSON, EventStream, Operation
from mlwidgets.server.api.services import Services

_Number = Annotated[Whole, Field(ge=0, lt=2**31)]


class EventsQuery(Value):
    """Which events."""

    after: _Number = 0
    """Number of the last event that is known already."""
    limit: Whole = limited(1000, 200)
    """Of a page; a stream sends all."""


class EventsHeaders(Value):
    """Where a stream goes on, and whether a stream is wanted at all."""

    last_event_id: Annotated[_Number | None, Field(alias="Last-Event-ID")] = None
    """Number of the last event that a broken stream sent; stands above `after`."""
    accept: Annotated[str, Field(alias="Accept")] = EVENT_STREAM
    """application/json for a page; anything else is answered with a stream."""


class EventsPage(Value):
    """Some events, oldest first, and the number to ask on after; null where there are no more."""

    items: tuple[JobEvent, ...]
    next: int | None


def events(
    services: Services, path: JobPath, query: EventsQuery, headers: EventsHeaders
) -> EventsPage | EventStream:
    """What has happened to a job so far, or that and all that will."""
    after = query.after if headers.last_event_id is None else headers.last_event_id
    if JSON in headers.accept and EVENT_STREAM not in headers.accept:
        found = services.jobs.events(path.id, after, query.limit + 1)
        page, more = tuple(found[: query.limit]), len(found) > query.limit
        return EventsPage(items=page, next=page[-1].number if more else None)
    services.jobs.get(path.id)
    return EventStream(path.id, after, again=headers.last_event_id is not None)


OPERATIONS = (
    Operation(
        "GET", "/jobs/{id}/events", "followJob",
        "Follow a job: server-sent events until it ends, or with Accept: application/json a page "
        "of what has happened so far. A stream's events are named state, stage, fold, trial or "
        "log (data: the event) and record (data: the job, whenever its state or progress changes). "
        "A stream that is asked to go on after the end answers 204.",
        events, EventsPage, files=(EVENT_STREAM,), path_model=JobPath, query=EventsQuery,
        headers=EventsHeaders, errors=(JobNotFound, TooManyRequests),
    ),
)  # fmt: skip

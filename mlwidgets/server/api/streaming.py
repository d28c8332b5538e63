"""A job's events as server-sent events, until the job ends."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable

from mlwidgets.jobs.records import JobEvent, JobRecord
from mlwidgets.server.api.operation import EventStream
from mlwidgets.server.api.services import Services

MOST_STREAMS = 64
"""Streams at the same time; a browser opens one for each page that shows a job."""

LOOK_SECONDS = 0.5
"""Between two looks at the job."""

HEARTBEAT_LOOKS = 30
"""Looks without news after which a comment tells proxies and people that the line stands."""

_PAGE = 500
_Look = tuple[JobRecord, list[JobEvent]]


async def follow(
    services: Services, stream: EventStream, pause: Callable[[], Awaitable[bool]]
) -> AsyncGenerator[bytes]:
    """What to send, piece by piece.

    Args:
        services: where the job is read.
        stream: which job, and from where on.
        pause: waits between two looks; False where nobody listens any more.

    Yields:
        Events of the stream; a `record` after the events that led to it.

    Raises:
        JobNotFound: the job was deleted meanwhile.
    """
    after, shown, quiet = stream.after, None, 0
    while True:
        record, found = await services.lanes.run("following", _look, services, stream, after)
        for event in found:
            yield _sent(event.kind, event.to_json(), event.number)
            after = event.number
        if len(found) == _PAGE:
            continue
        if record != shown:
            yield _sent("record", record.to_json())
        if record.finished:
            return
        quiet = 0 if found or record != shown else quiet + 1
        shown = record
        if quiet and quiet % HEARTBEAT_LOOKS == 0:
            yield b": the job goes on\n\n"
        if not await pause():
            return


async def is_over(services: Services, stream: EventStream) -> bool:
    """Whether a stream that is asked to go on has nothing to tell any more."""
    record, found = await services.lanes.run("following", _look, services, stream, stream.after)
    return stream.again and record.finished and not found


def _look(services: Services, stream: EventStream, after: int) -> _Look:
    # The record first: of a job that has ended no event can be missing then.
    store = services.jobs
    return store.get(stream.job_id), store.events(stream.job_id, after, _PAGE)


def _sent(kind: str, value: object, number: int | None = None) -> bytes:
    name = "" if number is None else f"id: {number}\n"
    return f"{name}event: {kind}\ndata: {json.dumps(value, allow_nan=False)}\n\n".encode()

"""What the API can do, as values: routes, the document and the tests are made from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.spec import Value

ROOT = "/api/ml"
"""Where the API lies below the server's base URL."""

Method = Literal["GET", "POST", "DELETE"]

JSON = "application/json"
MULTIPART = "multipart/form-data"
PARQUET = "application/vnd.apache.parquet"
EVENT_STREAM = "text/event-stream"

JSON_BYTES = 64 * 1024
"""Bytes of a JSON body: the largest request there is takes a tenth of them."""

Lane = Literal["quick", "market", "saving", "starting"]
"""Which threads run an operation: quick ones never wait for an exchange or a cluster; those that
change models come one after another, as the registry's lock would make them."""


@dataclass(frozen=True, slots=True)
class File:
    """Bytes to download.

    Attributes:
        name: what the file is called; None to show it in place.
        media_type: its MIME type.
        data: its bytes.
        headers: further headers.
    """

    name: str | None
    media_type: str
    data: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventStream:
    """A job's events as they come.

    Attributes:
        job_id: the job.
        after: number of the last event that is known already.
        again: whether a stream that broke goes on.
    """

    job_id: str
    after: int
    again: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart body of files.

    Attributes:
        fields: name of each file, all of them needed, with what it is.
        limit: bytes of the whole body.
    """

    fields: Mapping[str, str]
    limit: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the API does.

    Attributes:
        method: HTTP method.
        path: below /api/ml, with names in braces: `/models/{symbol}`.
        id: its name in the document.
        summary: what it does, in a sentence.
        run: does it: `run(services, path=..., query=..., headers=..., body=...)`, each
            argument only where the operation has a model of it.
        answer: type of the answer's JSON, or where that lies (`module:name`) if it is slow to
            import; None where it answers files only.
        files: MIME types of files that it may answer.
        path_model: of the names in the path.
        query: of the query.
        headers: of the headers that it reads.
        body: of the JSON body, or a form.
        body_needed: whether the body may be left away.
        errors: of its own; those that any operation may have apart.
        status: of success.
        lane: which threads run it.
        starts_job: whether it counts against the rate of starting jobs.
    """

    method: Method
    path: str
    id: str
    summary: str
    run: Callable[..., Any]
    answer: Any = None
    files: tuple[str, ...] = ()
    path_model: type[Value] | None = None
    query: type[Value] | None = None
    headers: type[Value] | None = None
    body: TypeAdapter[Any] | Form | None = None
    body_needed: bool = True
    errors: tuple[type[MlwidgetsError], ...] = ()
    status: int = 200
    lane: Lane = "quick"
    starts_job: bool = False

    @property
    def limit(self) -> int:
        """Bytes of a body that it reads."""
        if self.body is None:
            return 0
        return self.body.limit if isinstance(self.body, Form) else JSON_BYTES

    @property
    def media_type(self) -> str | None:
        """MIME type of the body that it takes."""
        if self.body is None:
            return None
        return MULTIPART if isinstance(self.body, Form) else JSON

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def reads_input(self) -> bool:
        """Whether a request can be wrong in a field."""
        return any((self.path_model, self.query, self.headers, self.body))

"""Errors as the API answers them: one status per class, one shape for all."""

from __future__ import annotations

import json
import re
from typing import Any

from mlwidgets import errors
from mlwidgets.errors import MlwidgetsError, ModelError
from mlwidgets.forecast.spec import Value

LONGEST_MESSAGE = 2000
"""Characters of a message that are sent: a request's own text must not come back whole."""

_CREDENTIALS = re.compile(r"//[^/@\s]*@")


class RequestError(MlwidgetsError):
    """The request itself cannot be served."""


class BadRequest(RequestError):
    """The request's bytes make no sense: no JSON, NaN, a key twice, nested too deeply."""


class Forbidden(RequestError):
    """Nobody is logged in, or this person may not do it, or the page is a foreign one."""


class NoSuchAddress(RequestError):
    """Nothing lies at this address."""


class MethodNotAllowed(RequestError):
    """The address does not know this method."""


class BodyTooLarge(RequestError):
    """The body has more bytes than the operation takes."""


class UnsupportedMediaType(RequestError):
    """The body is of another type or encoding than the operation takes."""


class InvalidRequest(RequestError):
    """A field is missing, unknown, of a wrong type or out of range; the message names it."""


class TooManyRequests(RequestError):
    """This person has started too many jobs, or follows too many, in a short time."""


class NotReady(RequestError):
    """A part that the server needs is out of reach."""


class InternalError(RequestError):
    """Something that nobody foresaw; the server's log has the whole story."""


class NotBacktested(ModelError):
    """No backtest has measured the model that is to be saved."""


class MetricsDiffer(ModelError):
    """The metrics stated are not those that the backtest measured."""


STATUSES: dict[type[MlwidgetsError], int] = {
    MlwidgetsError: 500,
    errors.CandleError: 422,
    errors.NotEnoughCandles: 409,
    errors.SpecError: 422,
    errors.MarketError: 502,
    errors.UnknownSymbol: 404,
    errors.UnknownTimeframe: 422,
    errors.UnknownExchange: 422,
    errors.ExchangeUnavailable: 503,
    errors.BadMarketData: 502,
    errors.StorageError: 503,
    errors.SchemaTooNew: 503,
    errors.TrainingError: 500,
    errors.TrainingDiverged: 500,
    errors.ClusterUnavailable: 503,
    errors.JobError: 409,
    errors.JobNotFound: 404,
    errors.JobStateError: 409,
    errors.JobLost: 409,
    errors.JobFailed: 409,
    errors.ModelError: 409,
    errors.ModelMismatch: 409,
    errors.ModelNotFound: 404,
    errors.ModelFileError: 422,
    errors.Cancelled: 409,
    RequestError: 400,
    BadRequest: 400,
    Forbidden: 403,
    NoSuchAddress: 404,
    MethodNotAllowed: 405,
    BodyTooLarge: 413,
    UnsupportedMediaType: 415,
    InvalidRequest: 422,
    TooManyRequests: 429,
    NotReady: 503,
    InternalError: 500,
    NotBacktested: 409,
    MetricsDiffer: 409,
}
"""The status of each class of error; a class that is not here has its nearest base's."""

OF_STATUS: dict[int, type[RequestError]] = {
    403: Forbidden, 404: NoSuchAddress, 405: MethodNotAllowed, 413: BodyTooLarge,
    415: UnsupportedMediaType, 500: InternalError,
}  # fmt: skip
"""The class of what the web server refuses by itself; any other of its refusals is BadRequest."""


class ErrorFacts(Value):
    """What was wrong, for programs and in words.

    Attributes:
        type: name of the error's class.
        message: what was wrong, with the value, and what to do.
        details: the same facts for programs.
    """

    type: str
    message: str
    details: dict[str, Any]


class ErrorAnswer(Value):
    """The body of every answer that is no success."""

    error: ErrorFacts


def status_of(error: type[MlwidgetsError]) -> int:
    """The HTTP status of a class of error.

    >>> status_of(errors.ModelNotFound), status_of(NotBacktested)
    (404, 409)
    """
    return next(STATUSES[base] for base in error.__mro__ if base in STATUSES)


def error_answer(error: MlwidgetsError) -> ErrorAnswer:
    """An error as the API answers it: bounded, without credentials, always JSON.

    >>> error_answer(errors.StorageError("No postgresql://me:secret@host/db.")).error.message
    'No postgresql://***@host/db.'
    """
    message = _without_credentials(error.message)
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[:LONGEST_MESSAGE]}…"
    details = json.loads(_without_credentials(json.dumps(_finite(error.details), default=str)))
    return ErrorAnswer(
        error=ErrorFacts(type=type(error).__name__, message=message, details=details)
    )


def _without_credentials(text: str) -> str:
    return _CREDENTIALS.sub("//***@", text)


def _finite(value: Any) -> Any:
    """The same value with null for what JSON has no number for."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return None
    return value

"""What paths and queries may hold: each value is read from text, strictly, and bounded."""

from __future__ import annotations

import re
from typing import Annotated, Any

import pandas as pd
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from mlwidgets.errors import SpecError
from mlwidgets.forecast.artifact import VERSION_PATTERN
from mlwidgets.forecast.spec import ModelType, Value
from mlwidgets.market.dates import from_epoch_ms, utc_timestamp
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.registry.names import SLOT_PATTERN, checked_version

_SYMBOL = r"[A-Za-z0-9]{1,18}[/_-]?[A-Za-z0-9]{1,18}"
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
_MOMENT = (
    r"(?:0|[1-9][0-9]{0,13})|"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


def _checked_symbol(text: str) -> str:
    if not re.fullmatch(_SYMBOL, text):
        raise SpecError(
            f"Symbol {text[:40]!r} is not one; write it as 'BTCUSDT' or 'BTC-USDT'.",
            field="symbol",
        )
    return plain_symbol(text)


def _whole(text: Any) -> Any:
    """A whole number's digits; pydantic alone would take ' 1_0.0' for ten."""
    if isinstance(text, str) and not _WHOLE.fullmatch(text):
        raise ValueError("write a whole number in digits")
    return text


def _truth(text: Any) -> Any:
    if isinstance(text, str) and text not in ("true", "false"):
        raise ValueError("write true or false")
    return text == "true" if isinstance(text, str) else text


def _listed(text: Any) -> Any:
    return tuple(text.split(",")) if isinstance(text, str) else text


def _moment(text: Any) -> Any:
    """ISO text (naive means UTC) or epoch milliseconds, as a UTC Timestamp."""
    if not isinstance(text, str):
        return text
    if not re.fullmatch(_MOMENT, text):
        raise ValueError("write a date as 2025-01-31T12:00Z, or epoch milliseconds")
    return _timestamp(text)


def _timestamp(text: str) -> pd.Timestamp:
    try:
        return from_epoch_ms(int(text)) if text.isdigit() else utc_timestamp(text)
    except (SpecError, ValueError, OverflowError):
        raise ValueError("there is no such date") from None


Symbol = Annotated[
    str,
    AfterValidator(_checked_symbol),
    WithJsonSchema({"type": "string", "pattern": f"^{_SYMBOL}$", "examples": ["BTCUSDT"]}),
]
"""A symbol as users write it; read as its plain name."""

Version = Annotated[
    str,
    AfterValidator(checked_version),
    WithJsonSchema({"type": "string", "pattern": f"^{VERSION_PATTERN}$", "examples": ["1.0.0"]}),
]
"""A model's version."""

ModelCursor = Annotated[str, Field(pattern=f"^{SLOT_PATTERN}_{VERSION_PATTERN}$")]
"""A model's name, after which a page of a list begins."""

Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number."""

Truth = Annotated[bool, BeforeValidator(_truth)]
"""true or false."""

Listed = BeforeValidator(_listed)
"""Marks a tuple that a query writes with commas."""

Moment = Annotated[
    Any,
    BeforeValidator(_moment),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^(?:{_MOMENT})$",
            "examples": ["2025-01-31", "1738281600000"],
        }
    ),
]
"""A time: ISO text or epoch milliseconds; read as a UTC Timestamp."""

JobId = Annotated[str, Field(pattern=r"^[0-9a-z]{12}$", examples=["0v3x8mzq41ab"])]
"""Id of a job."""

CandidateId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
"""Id of a candidate."""


def limited(most: int, default: int) -> Any:
    """How many items at most; a field of a query."""
    return Field(default, ge=1, le=most, description=f"At most so many items, up to {most:,}.")


class SymbolPath(Value):
    """A symbol in a path."""

    symbol: Symbol


class SlotPath(SymbolPath):
    """A slot in a path: symbol and model type."""

    model_type: ModelType


class VersionPath(SlotPath):
    """One version of a slot's model in a path."""

    version: Version


class JobPath(Value):
    """A job in a path."""

    id: JobId


class CandidatePath(Value):
    """A candidate in a path."""

    id: CandidateId

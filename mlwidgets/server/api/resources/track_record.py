"""The track record: forecasts of production models and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from mlwidgets.errors import BadMarketData
from mlwidgets.forecast.spec import Value
from mlwidgets.server.api.inputs import Moment, SlotPath, Version, Whole, limited
from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.services import Services

if TYPE_CHECKING:  # SciPy and SQLAlchemy take a moment to import
    from mlwidgets.server.api.resources.track_record_page import TrackRecordPage


class TrackRecordQuery(Value):
    """Which forecasts, and as known when."""

    version: Version | None = None
    """Only this version's; default: all."""
    now: Moment = None
    """Nothing later is read; default: now."""
    limit: Whole = limited(5000, 200)
    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,15}-[0-9]{1,4}$")] | None = None
    """`next` of the page before."""


def get_track_record(
    services: Services, path: SlotPath, query: TrackRecordQuery
) -> TrackRecordPage:
    """The record of a slot, its latest forecasts first."""
    from mlwidgets.record.track_record import track_record
    from mlwidgets.server.api.resources.track_record_page import page_of

    found = track_record(
        path.symbol, path.model_type,
        version=query.version, now=query.now, settings=services.settings,
    )  # fmt: skip
    return page_of(found, query.limit, query.cursor)


OPERATIONS = (
    Operation(
        "GET", "/track-record/{symbol}/{modelType}", "getTrackRecord",
        "What production models said of the price, what became of it, and whether that is what "
        "their backtests promised.",
        get_track_record, "mlwidgets.server.api.resources.track_record_page:TrackRecordPage",
        path_model=SlotPath, query=TrackRecordQuery, errors=(BadMarketData,),
    ),
)  # fmt: skip

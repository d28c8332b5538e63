"""A track record as the API answers it: whole windows, a page of forecasts."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Literal

import pandas as pd

from mlwidgets.forecast.spec import ModelType, Value
from mlwidgets.market.dates import epoch_ms
from mlwidgets.record.retraining import Reason
from mlwidgets.record.track_record import TrackRecord
from mlwidgets.record.windows import Window


class RecordedForecastItem(Value):
    """One forecast of a production model; times are epoch milliseconds."""

    origin: int
    target_time: int
    made_at: int
    version: str
    close: float
    predicted: float
    lower: float
    upper: float
    probability_up: float
    regime: str
    simulated: bool
    state: Literal["scored", "open", "unscorable"]
    """`unscorable`: the exchange has no candle at the target."""
    actual: float | None
    """Close of the target's candle; null while it is open."""
    hit: bool | None
    """Whether the direction was called right; null where nothing moved."""
    inside: bool | None
    """Whether the interval held the price."""


class RecordedModelFacts(Value):
    """The model that the windows judge."""

    symbol: str
    model_type: ModelType
    version: str
    weights_sha256: str
    timeframe: str
    horizon: str
    trained_at: int
    trained_until: int


class TrackRecordPage(Value):
    """A track record, with a page of its forecasts; the latest come first."""

    symbol: str
    model_type: ModelType
    now: int
    """Nothing later was read, epoch milliseconds."""
    model: RecordedModelFacts | None
    """Null where nothing was forecast."""
    windows: tuple[Window, ...]
    """Quality over the last day, week and month, and over all."""
    training_regimes: dict[str, float] | None
    """Days of the training in each regime; null where its candles are not known."""
    needs_retraining: bool
    reasons: tuple[Reason, ...]
    items: tuple[RecordedForecastItem, ...]
    next: str | None


def page_of(found: TrackRecord, limit: int, cursor: str | None) -> TrackRecordPage:
    """A track record with the forecasts after a cursor."""
    items, after = _page(found.forecasts, limit, cursor)
    return TrackRecordPage(
        symbol=found.symbol, model_type=found.model_type, now=epoch_ms(found.now),
        model=found.model and RecordedModelFacts(
            **{name: getattr(found.model, name) for name in RecordedModelFacts.model_fields}
        ),
        windows=found.windows, training_regimes=found.training_regimes,
        needs_retraining=found.needs_retraining, reasons=found.reasons,
        items=items, next=after,
    )  # fmt: skip


def _page(
    frame: pd.DataFrame, limit: int, cursor: str | None
) -> tuple[tuple[RecordedForecastItem, ...], str | None]:
    """Rows after a cursor, the latest first, and the cursor of the rows after them.

    A cursor is an origin and how many of its rows were sent: versions may share an origin.
    """
    latest_first = frame.iloc[::-1]
    numbers = latest_first.groupby(level=0).cumcount() + 1
    places = [
        (-epoch_ms(time), int(number))
        for time, number in zip(latest_first.index, numbers, strict=True)
    ]
    start = 0
    if cursor is not None:
        origin, sent = map(int, cursor.split("-"))
        start = bisect_right(places, (-origin, sent))
    page = latest_first.iloc[start : start + limit]
    items = tuple(map(_item, page.reset_index().to_dict("records")))
    if start + limit >= len(places):
        return items, None
    origin, sent = places[start + limit - 1]
    return items, f"{-origin}-{sent}"


def _item(row: dict[Any, Any]) -> RecordedForecastItem:
    times = {name: epoch_ms(row[name]) for name in ("origin", "target_time", "made_at")}
    known = {
        name: None if pd.isna(row[name]) else row[name] for name in ("actual", "hit", "inside")
    }
    return RecordedForecastItem(**{**row, **times, **known})

"""What a confidence has been worth so far, in words."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from mlwidgets.components.forecasts.reliability import Calls, Measured
from mlwidgets.components.forecasts.trust import is_about
from mlwidgets.components.formats import percent
from mlwidgets.components.texts import text
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.dates import epoch_ms
from mlwidgets.record.track_record import TrackRecord

_Source = Literal["record", "replay", "backtest"]

_TEXTS = {"record": "forecast.worth.record", "replay": "forecast.worth.replay",
          "backtest": "forecast.worth.backtest"}  # fmt: skip


def worth_words(
    forecast: Forecast, meta: ModelMeta, record: TrackRecord | None, backtest: Calls | None,
    *, replay: pd.Timestamp | None = None,
) -> str:  # fmt: skip
    """How often forecasts of this confidence were right, by the best evidence there is.

    Forecasts of this model on record, or in the replay, count first; then its backtest; then
    what its backtest says of all confidences together, unless that was found out later.

    Args:
        forecast: whose confidence it is.
        meta: of the model.
        record: of the model's slot.
        backtest: what the backtest's forecasts called.
        replay: the time in a replay, whose record it is; default: the record is live.
    """
    recent = near_calls(_recent(record, meta), forecast.confidence)
    measured = recent or near_calls(backtest, forecast.confidence)
    if measured is not None:
        source: _Source = "backtest" if recent is None else "replay" if replay else "record"
        return _said(measured, source)
    error = meta.metrics.get("calibrationError")
    if error is not None and (replay is None or meta.trained_at <= epoch_ms(replay)):
        return text("forecast.worth.error", error=f"{100 * error:.1f}")
    return text("forecast.worth.unknown")


def near_calls(calls: Calls | None, confidence: float) -> Measured | None:
    """What became of calls of about this confidence."""
    return None if calls is None else calls.near(confidence)


def _recent(record: TrackRecord | None, meta: ModelMeta) -> Calls | None:
    if record is None or record.model is None or not is_about(record.model, meta):
        return None
    return Calls.of(record.judged)


def _said(measured: Measured, source: _Source) -> str:
    return text(
        _TEXTS[source], count=f"{measured.count:,}", low=percent(measured.low),
        high=percent(measured.high), right=percent(measured.right, 0),
    )  # fmt: skip

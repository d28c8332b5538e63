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
from mlwidgets.record.track_record import TrackRecord

_TEXTS = {"record": "forecast.worth.record", "backtest": "forecast.worth.backtest"}


def worth_words(
    forecast: Forecast, meta: ModelMeta, record: TrackRecord | None, backtest: Calls | None
) -> str:
    """How often forecasts of this confidence were right, by the best evidence there is.

    Live forecasts of this model count first; then its backtest; then what its backtest says of
    all confidences together.

    Args:
        forecast: whose confidence it is.
        meta: of the model.
        record: of the model's slot.
        backtest: what the backtest's forecasts called.
    """
    live = near_calls(_live(record, meta), forecast.confidence)
    measured = live or near_calls(backtest, forecast.confidence)
    if measured is not None:
        return _said(measured, "record" if live else "backtest")
    error = meta.metrics.get("calibrationError")
    if error is not None:
        return text("forecast.worth.error", error=f"{100 * error:.1f}")
    return text("forecast.worth.unknown")


def near_calls(calls: Calls | None, confidence: float) -> Measured | None:
    """What became of calls of about this confidence."""
    return None if calls is None else calls.near(confidence)


def _live(record: TrackRecord | None, meta: ModelMeta) -> Calls | None:
    if record is None or record.model is None or not is_about(record.model, meta):
        return None
    mine: pd.DataFrame = record.forecasts.loc[record.forecasts["version"] == meta.version]
    return Calls.of(mine)


def _said(measured: Measured, source: Literal["record", "backtest"]) -> str:
    return text(
        _TEXTS[source], count=f"{measured.count:,}", low=percent(measured.low),
        high=percent(measured.high), right=percent(measured.right, 0),
    )  # fmt: skip

"""What a model says about the price at one target."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from mlwidgets.forecast.spec import ModelType, Value

Direction = Literal["up", "down", "flat"]


class Forecast(Value):
    """A forecast of the close of the target candle, as known at the origin's close.

    `origin` and `target_time` are candle open times (UTC): the price forecast is that of the
    candle that opens at `target_time`, at its close.
    """

    symbol: str
    model_type: ModelType
    timeframe: str
    horizon: str
    origin: dt.datetime
    """Open time of the last closed candle that the forecast knows."""
    target_time: dt.datetime
    """Open time of the candle whose close is forecast: origin + horizon."""
    close: Annotated[float, Field(gt=0)]
    """Close of the origin's candle."""
    price: Annotated[float, Field(gt=0)]
    """Predicted close of the target candle: the median."""
    lower: Annotated[float, Field(gt=0)]
    upper: Annotated[float, Field(gt=0)]
    coverage: Annotated[float, Field(gt=0, lt=1)]
    """Share of targets that [lower, upper] shall hold."""
    direction: Direction
    confidence: Annotated[float, Field(ge=0, le=1)]
    """Calibrated probability that the price ends on the predicted side of `close`."""
    probability_up: Annotated[float, Field(ge=0, le=1)]
    regime: Literal["Bull", "Bear", "Sideways"]
    regime_probability: Annotated[float, Field(ge=0, le=1)]
    model_version: str
    trained_at: dt.datetime
    simulated: bool

    @property
    def change(self) -> float:
        """Predicted relative change of the price since the origin's close."""
        return self.price / self.close - 1

"""What the record holds: models as they were when they forecast, and their forecasts."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
from pydantic import Field

from mlwidgets.forecast.artifact import EpochMs, ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.forecast.spec import ModelType, Value
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.timeframes import horizon_steps, timeframe_minutes


class RecordedModel(Value):
    """A model that forecast, with what its backtest promised; it outlives the model's files."""

    symbol: str
    model_type: ModelType
    version: str
    weights_sha256: str
    timeframe: str
    horizon: str
    trained_at: EpochMs
    trained_from: EpochMs
    trained_until: EpochMs
    """Open time of the last candle of the training data."""
    metrics: dict[str, float | int | None]
    """Every number of the backtest that measured the model (camelCase names)."""
    regime_filter: tuple[float, ...] = ()
    """Numbers of the model's regime filter."""

    @classmethod
    def of(cls, meta: ModelMeta, regime_filter: tuple[float, ...] = ()) -> RecordedModel:
        """What is worth keeping of a model's metadata."""
        names = cls.model_fields.keys() - {"regime_filter"}
        return cls(
            **{name: getattr(meta, name) for name in names},
            regime_filter=regime_filter,
        )

    @property
    def steps(self) -> int:
        """The horizon in candles."""
        return horizon_steps(self.horizon, self.timeframe)

    @property
    def step_ms(self) -> int:
        """A candle's length in milliseconds."""
        return timeframe_minutes(self.timeframe) * 60_000

    def promised(self, name: str) -> float | None:
        """A number of the backtest by its name in the metrics; None where it has none."""
        value = self.metrics.get(name)
        return None if value is None else float(value)


class RecordedForecast(Value):
    """A forecast as it was made; times are epoch milliseconds."""

    origin: EpochMs
    """Open time of the last candle that the forecast knew."""
    target_time: EpochMs
    """Open time of the candle whose close is forecast."""
    made_at: EpochMs
    close: Annotated[float, Field(gt=0)]
    predicted: Annotated[float, Field(gt=0)]
    lower: Annotated[float, Field(gt=0)]
    upper: Annotated[float, Field(gt=0)]
    probability_up: Annotated[float, Field(ge=0, le=1)]
    regime: str
    simulated: bool

    @classmethod
    def of(cls, forecast: Forecast, made_at: int) -> RecordedForecast:
        """A forecast that was made at a time, in epoch milliseconds."""
        same = ("close", "lower", "upper", "probability_up", "regime", "simulated")
        facts: dict[str, Any] = {name: getattr(forecast, name) for name in same}
        return cls(
            origin=epoch_ms(pd.Timestamp(forecast.origin)),
            target_time=epoch_ms(pd.Timestamp(forecast.target_time)),
            made_at=made_at, predicted=forecast.price, **facts,
        )  # fmt: skip


class ScoredForecast(RecordedForecast):
    """A forecast of one model, and what became of it."""

    model_id: int = 0
    actual: float | None = None
    """Close of the target's candle, once it is known."""


def is_foresight(forecast: Forecast, now_ms: int) -> bool:
    """Whether a forecast was made between the closes of its origin's and its target's candle.

    What is made later is hindsight; what claims to know a candle that has not closed is of a
    market that runs by another clock.

    Args:
        forecast: the forecast.
        now_ms: when it was made, epoch milliseconds.
    """
    step = timeframe_minutes(forecast.timeframe) * 60_000
    known = epoch_ms(pd.Timestamp(forecast.origin)) + step
    closes = epoch_ms(pd.Timestamp(forecast.target_time)) + step
    return known - _CLOCK_ERROR_MS <= now_ms < closes


_CLOCK_ERROR_MS = 60_000
"""How far this machine's clock may be behind the exchange's."""

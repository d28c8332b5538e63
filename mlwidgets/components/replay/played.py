"""What a replay has come to."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """A replay as it stood at a time: for threads, while the replay itself goes on.

    Attributes:
        now: the time, epoch milliseconds.
        meta: of the model that forecasts.
        candles: those that the model may know then.
        forecasts: what it has said, by origin.
    """

    now: int
    meta: ModelMeta
    candles: pd.DataFrame
    forecasts: tuple[Forecast, ...]

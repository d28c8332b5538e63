"""How far back a forecast looks."""

from __future__ import annotations

import pandas as pd

from mlwidgets.features import candles_needed
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.market.dates import from_epoch_ms
from mlwidgets.market.timeframes import timeframe_delta

_CONTEXT = pd.Timedelta(days=120)
"""Time before the end of training, for which the regime's filter has forgotten its start."""

_SETTLED = 2000
"""Candles after which the slowest average owes its start less than a part in ten thousand."""


def wanted_since(meta: ModelMeta) -> pd.Timestamp:
    """Open time of the first candle that a model's forecasts want, up to the last closed one.

    Interval and confidence adapt to the outcomes since training, so all candles since then
    matter; the window and the regime look further back.
    """
    candles = max(_SETTLED, candles_needed(meta.config.sequence_length))
    return from_epoch_ms(meta.trained_until) - max(
        _CONTEXT, timeframe_delta(meta.timeframe) * candles
    )

"""Forecasts with production models, loaded once a version."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pandas as pd

from mlwidgets.components.market.access import SIMULATED_SYMBOL, MarketAccess
from mlwidgets.components.market.state import Series
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.context import wanted_since
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.registry import ModelRegistry

if TYPE_CHECKING:  # torch takes seconds to import
    from mlwidgets.forecast.model import TrainedModel


class Forecaster:
    """Forecasts from the last closed candle; safe to use from several threads.

    Args:
        models: where the models are.
        access: where candles come from that no chart shows.
    """

    def __init__(self, models: ModelRegistry, access: MarketAccess) -> None:
        self._models, self._access = models, access
        self._turn = threading.Lock()  # a model remembers its last outputs
        self._kept: dict[tuple[str, str], TrainedModel] = {}

    def forecast(self, meta: ModelMeta, series: Series) -> Forecast:
        """What a model says.

        Args:
            meta: of a production model.
            series: the candles on the page; they are used where they are of its timeframe.

        Raises:
            ModelNotFound, ModelFileError: it is gone, or its files are damaged.
            CandleError, ModelMismatch, NotEnoughCandles: the candles do not suffice.
            MarketError: its own candles cannot be had.
        """
        candles = self._candles(meta, series)
        with self._turn:
            return self._loaded(meta).forecast(candles)

    def _candles(self, meta: ModelMeta, series: Series) -> pd.DataFrame:
        if series.timeframe == meta.timeframe:
            return series.candles
        if meta.symbol == SIMULATED_SYMBOL:
            return self._access.simulated(meta.timeframe)
        if series.origin == "exchange":
            return self._access.fetched(meta.symbol, meta.timeframe, wanted_since(meta))
        return self._access.stored(meta.symbol, meta.timeframe)

    def _loaded(self, meta: ModelMeta) -> TrainedModel:
        slot = (meta.symbol, meta.model_type)
        model = self._kept.get(slot)
        if model is None or model.meta != meta:
            model = self._kept[slot] = self._models.load(*slot, meta.version)
        return model

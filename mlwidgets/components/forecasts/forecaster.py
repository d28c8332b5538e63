"""Forecasts with production models, loaded once a version."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from mlwidgets.components.forecasts.grounds import Reading, grounds_of
from mlwidgets.components.market.series import Series
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.context import wanted_since
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.record.values import RecordedModel

if TYPE_CHECKING:  # torch takes seconds to import
    from mlwidgets.forecast.model import TrainedModel


class Access(Protocol):
    """What is asked of a `MarketAccess`."""

    def stored(self, symbol: str, timeframe: str) -> pd.DataFrame:
        """Every candle that the store has."""

    def fetched(
        self, symbol: str, timeframe: str, since: pd.Timestamp | None = None
    ) -> pd.DataFrame:
        """The same, once the exchange has brought what it lacks."""

    def simulated(self, timeframe: str) -> pd.DataFrame:
        """The simulated market."""


class Loading(Protocol):
    """What is asked of a `ModelRegistry`."""

    def load(
        self, symbol: str, model_type: str, version: str | None = None, *, recorded: bool = True
    ) -> TrainedModel:
        """A model of the registry."""


class Forecaster:
    """Forecasts from the last closed candle; safe to use from several threads.

    Args:
        models: where the models are.
        access: where candles come from that no chart shows.
        recorded: False for forecasts that nobody acts on, as in a replay; candles that close
            later than now are then left out.
    """

    def __init__(self, models: Loading, access: Access, *, recorded: bool = True) -> None:
        self._models, self._access, self._recorded = models, access, recorded
        self._turn = threading.Lock()  # a model remembers its last outputs
        self._kept: dict[tuple[str, str], TrainedModel] = {}

    def read(self, meta: ModelMeta, series: Series, now: pd.Timestamp | None = None) -> Reading:
        """What a model says, and what that stands on.

        Args:
            meta: of a production model.
            series: the candles on the page; they are used where they are of its timeframe.
            now: the page's time; default: when the last of them closed.

        Raises:
            ModelNotFound, ModelFileError: it is gone, or its files are damaged.
            CandleError, ModelMismatch, NotEnoughCandles: the candles do not suffice.
            MarketError: its own candles cannot be had.
        """
        candles = self._candles(meta, series, now)
        with self._turn:
            model = self._loaded(meta)
            return Reading(model.forecast(candles), grounds_of(model, candles))

    def recorded(self, meta: ModelMeta) -> RecordedModel:
        """A production model as the track record keeps it.

        Raises:
            ModelNotFound, ModelFileError: it is gone, or its files are damaged.
        """
        with self._turn:
            regime = self._loaded(meta).regime
        return RecordedModel.of(meta, tuple(regime.to_array().tolist()))

    def _candles(self, meta: ModelMeta, series: Series, now: pd.Timestamp | None) -> pd.DataFrame:
        if series.timeframe == meta.timeframe:
            return series.candles
        own, until = self._own_candles(meta, series), series.closed_at if now is None else now
        if self._recorded or until is None:
            return own
        return own.loc[own.index <= until - timeframe_delta(meta.timeframe)]

    def _own_candles(self, meta: ModelMeta, series: Series) -> pd.DataFrame:
        if meta.symbol == SIMULATED_SYMBOL:
            return self._access.simulated(meta.timeframe)
        if series.origin == "exchange" and self._recorded:
            return self._access.fetched(meta.symbol, meta.timeframe, wanted_since(meta))
        return self._access.stored(meta.symbol, meta.timeframe)

    def _loaded(self, meta: ModelMeta) -> TrainedModel:
        slot = (meta.symbol, meta.model_type)
        model = self._kept.get(slot)
        if model is None or model.meta != meta:
            model = self._models.load(*slot, meta.version, recorded=self._recorded)
            self._kept[slot] = model
        return model

"""The forecast of a page, kept without widgets."""

from __future__ import annotations

from typing import Protocol

import pandas as pd
from traitlets import Bool, Dict, HasTraits, Instance, Unicode, observe

from mlwidgets.components.background import in_thread
from mlwidgets.components.forecasts.grounds import Grounds, Reading
from mlwidgets.components.market.series import Series
from mlwidgets.components.models.state import Models
from mlwidgets.errors import MlwidgetsError, ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.context import wanted_since
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.forecast.spec import MODEL_TYPES


class Forecasts(Protocol):
    """What is asked of a `Forecaster`."""

    def read(self, meta: ModelMeta, series: Series) -> Reading:
        """What a model says, from some candles."""


class ForecastState(HasTraits):
    """The models in production for the chosen symbol, and what the chosen one says.

    Args:
        models: the registry.
        forecasts: makes them.
        symbol: the chosen one.
        model_type: `LSTM` or `HYBRID`.
    """

    symbol = Unicode()
    model_type = Unicode("LSTM")
    metas = Dict(help="`ModelMeta` by model type: what exists")
    damaged = Dict(help="why a model cannot be read, by model type")
    forecast = Instance(Forecast, allow_none=True)
    grounds = Instance(Grounds, (), help="what the forecast stands on")
    problem = Unicode(help="why the chosen model says nothing, though it exists")
    without_candles = Bool(False, help="whether there are none to forecast from")

    def __init__(
        self, models: Models, forecasts: Forecasts, *, symbol: str, model_type: str = "LSTM"
    ) -> None:
        super().__init__(symbol=symbol, model_type=model_type)
        self._models, self._forecasts = models, forecasts
        self._made_from: tuple[ModelMeta, Series] | None = None
        self.read_models()

    @property
    def meta(self) -> ModelMeta | None:
        """The chosen model."""
        return self.metas.get(self.model_type)

    @property
    def since(self) -> pd.Timestamp | None:
        """From where on the chosen model wants candles."""
        return wanted_since(self.meta) if self.meta else None

    def read_models(self) -> None:
        """See what is in production."""
        metas: dict[str, ModelMeta] = {}
        damaged: dict[str, str] = {}
        for model_type in MODEL_TYPES:
            try:
                metas[model_type] = self._models.get_meta(self.symbol, model_type)
            except ModelNotFound:
                continue
            except MlwidgetsError as error:
                damaged[model_type] = error.message
        with self.hold_trait_notifications():
            self.metas, self.damaged = metas, damaged
            if self.forecast is not None and not self._is_of(self.forecast):
                self.forecast = None

    def ask(self, forecasts: Forecasts) -> None:
        """Have forecasts made by another maker from the next look on, as in a replay."""
        self._forecasts = forecasts
        self._forget()

    async def look_ahead(self, series: Series | None) -> None:
        """Ask the chosen model, unless it has said what it says of these candles.

        Args:
            series: the market's candles; of a simulated stand-in nothing is said.
        """
        meta = self.meta
        self.without_candles = series is not None and series.symbol != self.symbol
        if meta is None or series is None or series.candles.empty or self.without_candles:
            self._forget()
            return
        if self._made_from is not None and self._same(meta, series):
            return
        self._made_from = (meta, series)
        problem, reading = "", None
        forecasts = self._forecasts
        try:
            reading = await in_thread(lambda: forecasts.read(meta, series))
        except MlwidgetsError as error:
            problem = error.message
        if self._made_from == (meta, series) and forecasts is self._forecasts:
            with self.hold_trait_notifications():
                self.grounds = reading.grounds if reading else Grounds()
                self.forecast = reading.forecast if reading else None
                self.problem = problem

    def _same(self, meta: ModelMeta, series: Series) -> bool:
        assert self._made_from is not None
        return self._made_from[0] == meta and self._made_from[1] is series

    def _is_of(self, forecast: Forecast) -> bool:
        meta = self.meta
        return meta is not None and (
            forecast.symbol, forecast.model_type, forecast.model_version
        ) == (meta.symbol, meta.model_type, meta.version)  # fmt: skip

    @observe("symbol", "model_type")
    def _chosen(self, _: object) -> None:
        if hasattr(self, "_models"):
            self._forget()
            self.read_models()

    def _forget(self) -> None:
        self._made_from, self.forecast, self.problem = None, None, ""

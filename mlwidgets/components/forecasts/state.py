"""The forecast of a page, kept without widgets."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import pandas as pd
from traitlets import Bool, Dict, HasTraits, Instance, Unicode, observe

from mlwidgets.components.background import in_thread
from mlwidgets.components.forecasts.grounds import Grounds, Reading
from mlwidgets.components.market.series import Series
from mlwidgets.components.models.state import Models
from mlwidgets.components.texts import text
from mlwidgets.components.trouble import in_words
from mlwidgets.errors import MlwidgetsError, ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.context import wanted_since
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.timeframes import timeframe_delta

ASK_AGAIN = 10.0
"""Seconds after which a model is asked again that could not answer or lacked a candle."""


class Forecasts(Protocol):
    """What is asked of a `Forecaster`."""

    def read(self, meta: ModelMeta, series: Series, now: pd.Timestamp) -> Reading:
        """What a model says, from some candles, or from its own that have closed by now."""


class ForecastState(HasTraits):
    """The models in production for the chosen symbol, and what the chosen one says.

    Args:
        models: the registry.
        forecasts: makes them.
        symbol: the chosen one.
        model_type: `LSTM` or `HYBRID`.
        clock: gives seconds that only grow.
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
        self, models: Models, forecasts: Forecasts, *, symbol: str, model_type: str = "LSTM",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(symbol=symbol, model_type=model_type)
        self._models, self._forecasts, self._clock = models, forecasts, clock
        self._question: tuple[object, ...] | None = None
        self._answered: float | None = None
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

    async def look_ahead(self, series: Series | None, now: pd.Timestamp) -> None:
        """Ask the chosen model, unless it has said what there is to say.

        It is asked again when a candle of its own length has closed, and every `ASK_AGAIN` seconds
        while it cannot answer, or while the candle that has closed cannot be had.

        Args:
            series: the market's candles; of a simulated stand-in nothing is said.
            now: the page's time.
        """
        meta = self.meta
        self.without_candles = series is not None and series.symbol != self.symbol
        if meta is None or series is None or series.candles.empty or self.without_candles:
            self._forget()
            return
        if meta.symbol == SIMULATED_SYMBOL and meta.timeframe != series.timeframe:
            self._forget(text("forecast.other_simulation", timeframe=meta.timeframe))
            return
        question = _question(meta, series, now)
        if question == self._question and not self._ask_again(meta, series, now):
            return
        self._question, self._answered = question, None
        await self._ask(question, meta, series, now)

    async def _ask(
        self, question: tuple[object, ...], meta: ModelMeta, series: Series, now: pd.Timestamp
    ) -> None:
        forecasts, problem, reading = self._forecasts, "", None
        try:
            reading = await in_thread(lambda: forecasts.read(meta, series, now))
        except Exception as error:  # what the model said before is no longer true
            problem = in_words(error)
        if self._question != question or forecasts is not self._forecasts:
            return
        self._answered = self._clock()
        with self.hold_trait_notifications():
            self.grounds = reading.grounds if reading else Grounds()
            self.forecast = reading.forecast if reading else None
            self.problem = problem

    def _ask_again(self, meta: ModelMeta, series: Series, now: pd.Timestamp) -> bool:
        if self._answered is None or self._clock() - self._answered < ASK_AGAIN:
            return False
        return bool(self.problem) or (meta.timeframe != series.timeframe and self._late(now))

    def _late(self, now: pd.Timestamp) -> bool:
        """Whether a candle has closed that the forecast does not know."""
        if self.forecast is None:
            return False
        return now >= self.forecast.origin + 2 * timeframe_delta(self.forecast.timeframe)

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

    def _forget(self, problem: str = "") -> None:
        self._question = None
        with self.hold_trait_notifications():
            self.forecast, self.problem = None, problem


def _question(meta: ModelMeta, series: Series, now: pd.Timestamp) -> tuple[object, ...]:
    """What an answer depends on: the candles on the page, or when the model's own last closed."""
    if meta.timeframe == series.timeframe:
        return meta, series
    return meta, series.timeframe, series.origin, now.floor(timeframe_delta(meta.timeframe))

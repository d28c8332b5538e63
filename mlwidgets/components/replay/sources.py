"""What a replay reads: stored candles and production models, or those that a cell has at hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from mlwidgets.components.forecasts.forecaster import Access, Loading
from mlwidgets.components.models.state import Models
from mlwidgets.errors import ModelNotFound, SpecError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.market.candles import candles_of, label_candles

if TYPE_CHECKING:  # torch takes seconds to import
    from mlwidgets.forecast.model import TrainedModel


class StoredMarket(Access, Protocol):
    """What is asked of a `MarketAccess`."""

    @property
    def id(self) -> str:
        """ccxt's id of the exchange."""


class KnownModels(Models, Loading, Protocol):
    """What is asked of a `ModelRegistry`."""


class ReplaySources(Protocol):
    """Where candles and models are; the dashboards' `Sources` is one."""

    @property
    def market(self) -> StoredMarket:
        """The store."""

    @property
    def models(self) -> KnownModels:
        """The registry."""


@dataclass(frozen=True, slots=True)
class Given:
    """A frame of candles, and perhaps a model, in the place of store and registry.

    Args:
        candles: canonical, labelled with symbol and timeframe.
        model: what forecasts; it need not be saved.

    Raises:
        SpecError: the candles carry no label.
    """

    candles: pd.DataFrame
    model: TrainedModel | None = None

    def __post_init__(self) -> None:
        if None in (self.symbol, self.timeframe):
            raise SpecError(
                "The candles carry no label, so nobody knows what they are of; take them from "
                "read_candles(..., symbol=, timeframe=) or set candles.attrs."
            )

    @property
    def id(self) -> str:
        """Where the candles come from."""
        return str(self.candles.attrs.get("source") or "file")

    @property
    def symbol(self) -> str | None:
        """What the candles are of."""
        return self.candles.attrs.get("symbol")

    @property
    def timeframe(self) -> str | None:
        """Their length."""
        return self.candles.attrs.get("timeframe")

    @property
    def market(self) -> Given:
        """The candles."""
        return self

    @property
    def models(self) -> Given:
        """The model."""
        return self

    def stored(self, symbol: str, timeframe: str) -> pd.DataFrame:
        """The candles, or none where they are of something else.

        Raises:
            CandleError: they break the contract.
        """
        if (symbol, timeframe) == (self.symbol, self.timeframe):
            return candles_of(self.candles, symbol, timeframe)
        none = self.candles.iloc[:0].copy()
        return label_candles(none, symbol=symbol, timeframe=timeframe, source=self.id)

    def fetched(
        self, symbol: str, timeframe: str, since: pd.Timestamp | None = None
    ) -> pd.DataFrame:
        """The same: there are no others."""
        return self.stored(symbol, timeframe)

    def simulated(self, timeframe: str) -> pd.DataFrame:
        """The same: there are no others."""
        return self.stored(str(self.symbol), timeframe)

    def get_meta(self, symbol: str, model_type: str, version: str | None = None) -> ModelMeta:
        """Metadata of the model.

        Raises:
            ModelNotFound: there is none of that symbol and type.
        """
        return self.load(symbol, model_type, version).meta

    def load(
        self, symbol: str, model_type: str, version: str | None = None, *, recorded: bool = False
    ) -> TrainedModel:
        """The model, which tells nobody of its forecasts.

        Raises:
            ModelNotFound: there is none of that symbol and type.
        """
        model = self.model
        if model is None or (model.meta.symbol, model.meta.model_type) != (symbol, model_type):
            raise ModelNotFound(f"No {model_type} model of {symbol} was given.")
        return replace(model, on_forecast=None)

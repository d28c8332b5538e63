"""The saved models' current forecasts, with the models kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from mlwidgets.forecast.context import wanted_since
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.forecast.spec import ModelType
from mlwidgets.registry import ModelRegistry
from mlwidgets.server.api.market import Market

if TYPE_CHECKING:  # torch takes seconds to import
    from mlwidgets.forecast.model import TrainedModel

_MODELS_KEPT = 16


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A model; it remembers its last outputs, so that one thread at a time may ask it."""

    model: TrainedModel
    turn: threading.Lock = field(default_factory=threading.Lock)


class Forecaster:
    """Forecasts with production models, loaded once a version.

    Args:
        registry: where they are.
        market: where candles come from.
    """

    def __init__(self, registry: ModelRegistry, market: Market) -> None:
        self._registry = registry
        self._market = market
        self._kept: OrderedDict[tuple[str, ...], _Loaded] = OrderedDict()
        self._keeping = threading.Lock()

    def forecast(
        self, symbol: str, model_type: ModelType, version: str | None, *, offline: bool = False
    ) -> Forecast:
        """Forecast from the last closed candle.

        Args:
            symbol: without separators.
            model_type: LSTM or HYBRID.
            version: an archived version; None for production.
            offline: from the last stored candle, and ask no exchange.

        Raises:
            ModelNotFound, ModelFileError: there is no such model, or its files are damaged.
            ExchangeUnavailable, NotEnoughCandles, ModelMismatch: the candles do not suffice.
        """
        loaded = self._load(symbol, model_type, version)
        meta = loaded.model.meta
        now = pd.Timestamp.now("UTC")
        candles = self._market.candles(
            symbol, meta.timeframe, wanted_since(meta), now, offline=offline
        )
        with loaded.turn:
            return loaded.model.forecast(candles)

    def _load(self, symbol: str, model_type: ModelType, version: str | None) -> _Loaded:
        meta = self._registry.get_meta(symbol, model_type, version)
        with self._keeping:
            key = meta.symbol, meta.model_type, meta.version, meta.weights_sha256
            if key not in self._kept:
                self._kept[key] = _Loaded(self._registry.load(symbol, model_type, meta.version))
            self._kept.move_to_end(key)
            if len(self._kept) > _MODELS_KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]

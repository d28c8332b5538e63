"""`mlwidgets forecast`: what the saved models say of the price."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from mlwidgets.cli.candle_source import LoadedCandles, choose_candles, latest_candles
from mlwidgets.cli.figures import duration
from mlwidgets.cli.model_views import forecast_panel
from mlwidgets.cli.options import CandleOptions, ModelName, OutputOptions
from mlwidgets.cli.output import Output
from mlwidgets.errors import ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.context import wanted_since
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.registry.registry import ModelRegistry


def run(
    model: ModelName | None, candles: CandleOptions, options: OutputOptions, *, version: str | None
) -> None:
    """Forecast with each model asked for."""
    output = Output(options.as_json)
    registry = ModelRegistry()
    symbol = choose_candles(candles).symbol
    models = [registry.load(symbol, kind, version) for kind in _kinds(registry, symbol, model)]
    forecasts: list[Forecast] = []
    for one in models:
        loaded = candles_for(one.meta, candles, output)
        forecasts.append(one.forecast(loaded.frame))
        output.show(forecast_panel(forecasts[-1]))
        _warn_of_age(forecasts[-1], loaded, output)
    output.finish({"forecasts": [one.to_json() for one in forecasts]})


def candles_for(meta: ModelMeta, options: CandleOptions, output: Output) -> LoadedCandles:
    """Candles from before the end of a model's training up to now."""
    return latest_candles(_at(meta.timeframe, options), wanted_since(meta)).load(output)


def _at(timeframe: str, options: CandleOptions) -> CandleOptions:
    if options.timeframe is not None or options.data is not None:
        return options
    return replace(options, timeframe=timeframe)


def _kinds(registry: ModelRegistry, symbol: str, model: ModelName | None) -> list[ModelName]:
    if model is not None:
        return [model]
    found = [kind for kind in MODEL_TYPES if registry.list_versions(symbol, kind)]
    if not found:
        raise ModelNotFound(
            f"There is no model of {symbol} in {registry.root}; train one with "
            f"'mlwidgets train {symbol}'.",
            symbol=symbol,
        )
    return found


def _warn_of_age(forecast: Forecast, loaded: LoadedCandles, output: Output) -> None:
    if loaded.simulated:
        return
    known = pd.Timestamp(forecast.origin) + timeframe_delta(forecast.timeframe)
    age = pd.Timestamp.now("UTC") - known
    if age > 2 * timeframe_delta(forecast.timeframe):
        output.note(
            f"The last candle closed {duration(age.total_seconds())} ago; "
            "this is a forecast from then."
        )

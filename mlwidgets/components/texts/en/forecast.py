"""English texts of forecasts and regimes."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "forecast.confidence": "Confidence",
    "forecast.confidence.help": (
        "The calibrated probability that the price ends on the predicted side."
    ),
    "forecast.coverage": "{share} of prices",
    "forecast.ends_higher": "that the price ends higher",
    "forecast.ends_lower": "that the price ends lower",
    "forecast.from": "from {price} at the last close",
    "forecast.heading": "ML forecast",
    "forecast.in": "in {duration}",
    "forecast.interval": "Confidence Interval",
    "forecast.label": "ML: {price}",
    "forecast.measured": "In its backtest {share} of the directions were right.",
    "forecast.no_call": "the model calls no direction",
    "forecast.no_candles": "There are no candles of {symbol} to forecast from.",
    "forecast.no_confidence": "not from candles this old",
    "forecast.no_model": "There is no {model_type} model of this symbol yet",
    "forecast.none": "No {model_type} model of {symbol} yet.",
    "forecast.none.next": "Train one, and its forecast appears here by itself.",
    "forecast.passed": "has passed",
    "forecast.price": "Predicted Price",
    "forecast.regime": "Market Regime",
    "forecast.show": "Show ML on Chart",
    "forecast.stale": (
        "The last candle closed {age}: the market has moved since, and this forecast knows "
        "nothing of it."
    ),
    "forecast.target": "Target time",
    "forecast.to_ml": "Train a model",
    "forecast.train_again": "Train again",
    "forecast.trained": "Last Trained Date",
    "forecast.types": "Model type",
    "forecast.version": "Model Version",
    "forecast.waiting": "Waiting for candles.",
    "regime.bear": "Bear",
    "regime.bull": "Bull",
    "regime.sideways": "Sideways",
}

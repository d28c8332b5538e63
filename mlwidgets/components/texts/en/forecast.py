"""English texts of forecasts and regimes."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "forecast.checking": "checking the record",
    "forecast.confidence": "Confidence",
    "forecast.confidence.help": (
        "The calibrated probability that the price ends on the predicted side."
    ),
    "forecast.confidence.more": "What the confidence means",
    "forecast.coverage": "{share} of prices",
    "forecast.dots": "Earlier forecasts:",
    "forecast.dots.right": "right",
    "forecast.dots.wrong": "wrong",
    "forecast.doubt.accuracy": (
        "Over the last {window} {live} of the directions were right; the backtest promised "
        "{promised}."
    ),
    "forecast.doubt.age": "The model was trained {age}: markets change.",
    "forecast.doubt.coverage": (
        "Over the last {window} the interval held {live} of the prices; the backtest "
        "promised {promised}."
    ),
    "forecast.doubt.features": (
        "The candles are unlike any in training: {share} of what the model looks at ({features})."
    ),
    "forecast.doubt.passed": "The target time has passed: it says nothing of what comes next.",
    "forecast.doubt.regime": (
        "The market is {regime}; training held {days} of that, and it usually lasts {usual}."
    ),
    "forecast.doubt.regimes": ("The market is {regime}; which regimes training held is not known."),
    "forecast.doubt.unchecked": "Its recent quality cannot be checked: {problem}",
    "forecast.down": "down",
    "forecast.ends_higher": "that the price ends higher",
    "forecast.ends_lower": "that the price ends lower",
    "forecast.flat": "no move",
    "forecast.from": "from {price} at the last close",
    "forecast.heading": "ML forecast",
    "forecast.in": "in {duration}",
    "forecast.interval": "Confidence Interval",
    "forecast.label": "ML: {price}",
    "forecast.label.not_trusted": "ML: not trusted",
    "forecast.no_call": "the model calls no direction",
    "forecast.no_candles": "There are no candles of {symbol} to forecast from.",
    "forecast.no_confidence": "the forecast is not trusted",
    "forecast.no_model": "There is no {model_type} model of this symbol yet",
    "forecast.none": "No {model_type} model of {symbol} yet.",
    "forecast.none.next": "Train one, and its forecast appears here by itself.",
    "forecast.not_trusted": "Not to be trusted now",
    "forecast.other_simulation": (
        "This model is of the {timeframe} simulated market, which is not the one on the chart: "
        "each simulated timeframe is a market of its own. Choose the timeframe {timeframe}."
    ),
    "forecast.passed": "has passed",
    "forecast.price": "Predicted Price",
    "forecast.regime": "Market Regime",
    "forecast.regime.since": "since {time} ({age})",
    "forecast.show": "Show ML on Chart",
    "forecast.stale": (
        "The last candle closed {age}: the market has moved since, and this forecast knows "
        "nothing of it."
    ),
    "forecast.tab": "ML",
    "forecast.target": "Target time",
    "forecast.to_ml": "Train a model",
    "forecast.train_again": "Train again",
    "forecast.trained": "Last Trained Date",
    "forecast.types": "Model type",
    "forecast.unchecked": "its record cannot be read",
    "forecast.up": "up",
    "forecast.version": "Model Version",
    "forecast.waiting": "Waiting for candles.",
    "forecast.worth.backtest": (
        "In the backtest, of {count} forecasts with a confidence of {low} to {high}, {right} "
        "were right."
    ),
    "forecast.worth.error": (
        "Over its backtest, confidence and outcome were {error} points apart on average."
    ),
    "forecast.worth.record": (
        "Live, of {count} forecasts with a confidence of {low} to {high}, {right} were right."
    ),
    "forecast.worth.replay": (
        "In this replay, of {count} forecasts with a confidence of {low} to {high}, {right} were "
        "right."
    ),
    "forecast.worth.unknown": "How reliable it is has not been measured yet.",
    "regime.bear": "Bear",
    "regime.bull": "Bull",
    "regime.sideways": "Sideways",
}

"""English texts of backtests and their metrics."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "evaluate.anyway": "Save anyway",
    "evaluate.baseline.last_value": "Last value",
    "evaluate.blocked.busy": "One moment: something is on its way.",
    "evaluate.blocked.changed": "The parameters have changed since the backtest: run it again.",
    "evaluate.blocked.first": "Run Backtest first.",
    "evaluate.blocked.running": "A backtest is running.",
    "evaluate.blocked.saved": "Already saved as {version}.",
    "evaluate.candidate": "Candidate",
    "evaluate.chart.actual": "Actual",
    "evaluate.chart.came": "Rose in fact",
    "evaluate.chart.coverage": "Coverage over time",
    "evaluate.chart.coverage.note": (
        "Share of prices inside the interval, over {count} forecasts each"
    ),
    "evaluate.chart.errors": "Errors over time",
    "evaluate.chart.errors.note": "Mean absolute error in the quote currency",
    "evaluate.chart.every": "One forecast in {every} is drawn; all are measured.",
    "evaluate.chart.intended": "{share} % intended",
    "evaluate.chart.interval": "{share} % interval",
    "evaluate.chart.kept": "Promise kept",
    "evaluate.chart.no_moves": "No price moved in this window.",
    "evaluate.chart.predicted": "{name}, predicted",
    "evaluate.chart.price": "Price and prediction",
    "evaluate.chart.promised": "Promised probability of a rise",
    "evaluate.chart.regimes": "Accuracy by regime",
    "evaluate.chart.regimes.note": "Directions called right (forecasts); a coin calls half",
    "evaluate.chart.reliability": "Reliability of confidence",
    "evaluate.chart.too_few": "Too few forecasts for a line over time.",
    "evaluate.doubt.accuracy": "It calls fewer directions right than the production model.",
    "evaluate.doubt.chance": "It is no better than chance.",
    "evaluate.doubt.mae": "Its mean absolute error is larger than the production model's.",
    "evaluate.doubt.outdated": (
        "Another model has become production since this backtest; they were never compared."
    ),
    "evaluate.doubt.worse": (
        "Its errors are larger than the production model's, and hardly by chance."
    ),
    "evaluate.drawing": "Drawing the charts …",
    "evaluate.empty": "No backtest of {symbol} {model_type} yet.",
    "evaluate.empty.next": (
        "Choose a test window and hyper-parameters, then press Run Backtest. Nothing is saved "
        "by it."
    ),
    "evaluate.empty.running": "The backtest is running.",
    "evaluate.empty.running.next": (
        "Its metrics and charts appear here; it goes on if you close the page."
    ),
    "evaluate.end": "To, inclusive (UTC)",
    "evaluate.end.hint": "Empty: up to the last candle",
    "evaluate.field.above": "More than {limit}.",
    "evaluate.field.at_least": "At least {limit}.",
    "evaluate.field.at_most": "At most {limit}.",
    "evaluate.field.below": "Less than {limit}.",
    "evaluate.field.beyond": "The candles reach no further; the last whole day is {last}.",
    "evaluate.field.date": "A date, such as 2025-08-20.",
    "evaluate.field.end_first": "The last day lies before the first one.",
    "evaluate.field.kernel": "The kernel ({width} candles) must fit into the sequence.",
    "evaluate.field.number": "A number, such as 0.001.",
    "evaluate.field.refit": "A whole number of {timeframe} candles, such as 7d.",
    "evaluate.field.whole": "A whole number, such as 20.",
    "evaluate.forecasts": "{count} forecasts",
    "evaluate.heading": "Backtest",
    "evaluate.keep": "Do not save",
    "evaluate.more": "More hyper-parameters",
    "evaluate.note.no_production": "No model was in production to compare with.",
    "evaluate.note.not_compared": (
        "Production {version} could not be measured on this window: {why}."
    ),
    "evaluate.note.nothing_learnt": (
        "Nothing was learnt: no epoch beat the untrained network on later candles."
    ),
    "evaluate.note.other": (
        "These results are of the last backtest; the form shows other parameters."
    ),
    "evaluate.note.simulated": "Trained and tested on simulated candles.",
    "evaluate.note.tries": (
        "{count} configurations were tried on these hours: the best of several looks better than "
        "it is. Measure the one that you choose on later hours too."
    ),
    "evaluate.origin.backtest": "The parameters of the last backtest",
    "evaluate.origin.defaults": "The default parameters: nothing is in production yet",
    "evaluate.origin.production": "The parameters of production {version}",
    "evaluate.production": "Production {version}",
    "evaluate.progress": "Progress of the backtest",
    "evaluate.refit": "Train again every",
    "evaluate.refit.hint": "Such as 7d; empty: once",
    "evaluate.replaces.damaged": "Replaces the damaged production model.",
    "evaluate.replaces.model": (
        "Replaces production {version}, trained {age}; it goes to the archive."
    ),
    "evaluate.replaces.nothing": "Replaces nothing: the first model.",
    "evaluate.reset": "Back to production's parameters",
    "evaluate.reset.defaults": "Back to the default parameters",
    "evaluate.results": "Results",
    "evaluate.run": "Run Backtest",
    "evaluate.safe": "Nothing is saved by it.",
    "evaluate.save": "Save Model",
    "evaluate.slot": "{symbol} {model_type}, {horizon} ahead, {timeframe} candles",
    "evaluate.start": "From (UTC)",
    "evaluate.start.hint": "Empty: 30 days before the end",
    "evaluate.state.cancelled": "The backtest was stopped {age}.",
    "evaluate.state.failed": "The backtest failed {age}.",
    "evaluate.state.interrupted": "The backtest was interrupted {age}; nobody works on it.",
    "evaluate.stop": "Stop",
    "evaluate.sure": "Save this model all the same?",
    "evaluate.tested": (
        "{count} forecasts from {first} to {last}, none of it seen in training; trained on "
        "{points} candles; took {duration}, {age}."
    ),
    "evaluate.verdict.chance": "Better than chance",
    "evaluate.verdict.drift": "No better than calling the drift",
    "evaluate.verdict.no_better": "No better than chance",
    "evaluate.verdict.production": "Better than production",
    "evaluate.verdict.too_short": "Too short to tell",
    "evaluate.verdict.too_short.days": "Too short to tell (needs {count} days)",
    "evaluate.verdict.too_short.hours": "Too short to tell (needs {count} hours)",
    "evaluate.verdict.unproven": (
        "Better than production, but its direction is not proven beyond chance"
    ),
    "evaluate.verdict.worse": "Worse than production",
    "evaluate.why.invalid": "Mend the marked fields first.",
    "evaluate.why.running": "A backtest is running; stop it to start another.",
    "evaluate.window": "Test window",
    "metric.best": "better value",
    "metric.better": "better",
    "metric.brier": "Brier score",
    "metric.brier.hint": "of the probability; a coin has 0.25",
    "metric.calibration_error": "Calibration error",
    "metric.calibration_error.hint": "probability promised against came true",
    "metric.coin": "a coin does as well in {tries} of 100 tries ({p})",
    "metric.coin.rarely": "a coin does as well in fewer than 1 of 100 tries ({p})",
    "metric.coverage": "Coverage",
    "metric.coverage.hint": "prices inside the interval",
    "metric.difference": "Difference",
    "metric.difference.chance": "The difference of the errors may be chance ({p}).",
    "metric.difference.real": "The difference of the errors is hardly chance ({p}).",
    "metric.directional_accuracy": "Directional Accuracy",
    "metric.directional_accuracy.hint": "directions called right; higher is better",
    "metric.intended": "{share} intended",
    "metric.interval": "95 %: {low} to {high}",
    "metric.mae": "MAE",
    "metric.mae.hint": "mean absolute error; lower is better",
    "metric.mape": "MAPE",
    "metric.metric": "Metric",
    "metric.no_skill": "luck does as well in {tries} of 100 tries ({p})",
    "metric.no_skill.rarely": "luck does as well in fewer than 1 of 100 tries ({p})",
    "metric.points": "{value} pp",
    "metric.r2_returns": "R² of returns",
    "metric.r2_returns.hint": "how much of the move is explained",
    "metric.r2_score": "R²",
    "metric.r2_score.hint": "of prices; near 1 for anything",
    "metric.rmse": "RMSE",
    "metric.rmse.hint": "weighs large errors more",
    "metric.same": "the same",
    "metric.skill": "Skill",
    "metric.skill.hint": "less error than the last price",
    "metric.table": "Metrics",
    "metric.width": "Interval width",
    "metric.width.hint": "share of the price",
    "metric.winkler": "Winkler score",
    "metric.winkler.hint": "width and misses; lower is better",
    "metric.worse": "worse",
}

"""English texts of track records."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "record.accuracy": "Directional accuracy",
    "record.backtest": "Backtest",
    "record.chart": "Directional accuracy, live",
    "record.chart.live": "Live",
    "record.chart.note": "Each point: the last {count} forecasts. Half is a coin.",
    "record.chart.replay": "Directional accuracy, in this replay",
    "record.chart.replayed": "Replay",
    "record.chart.too_few": "The line begins with {count} scored forecasts.",
    "record.coverage": "Interval coverage",
    "record.empty": "No forecast on record yet.",
    "record.empty.next": (
        "Each forecast of a production model is written down when it is made, and scored "
        "when its target closes."
    ),
    "record.empty.next.replay": (
        "What the model forecasts here is scored when its target closes. Nothing is written down."
    ),
    "record.empty.replay": "No forecast in this replay yet.",
    "record.heading": "Track record",
    "record.mae": "Mean absolute error",
    "record.reading": "Reading the record.",
    "record.reason.regime": "The market has turned: {regime}. Training held {days} of that.",
    "record.retrain": "Retrain",
    "record.scored": "Forecasts scored",
    "record.simulated": "simulated market",
    "record.tab": "Record",
    "record.verdict.as_promised": "As promised",
    "record.verdict.no_promise": "No backtest measured this model",
    "record.verdict.no_promise.replay": "Nothing to compare with here",
    "record.verdict.too_few": "Too few to tell: {count} of {needed}",
    "record.verdict.too_short": "Too few to tell: the backtest itself was too short",
    "record.verdict.worse": "Worse than promised",
    "record.verdicts": "Against the backtest, tested",
    "record.why": "It is time to train again",
    "record.window.day": "day",
    "record.window.month": "month",
    "record.window.week": "week",
}

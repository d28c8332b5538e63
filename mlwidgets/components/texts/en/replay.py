"""English texts of the replay."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "replay.accuracy": "Directional accuracy",
    "replay.back": "One candle back",
    "replay.banner": "Replay: the market as it was. Nothing is recorded.",
    "replay.begin": "Replay",
    "replay.begin.help": "Go back to a past hour and let the market play from there",
    "replay.coverage": "In the interval",
    "replay.end": "The stored candles end here.",
    "replay.fair": "Go to {time}",
    "replay.forecasts": "Forecasts",
    "replay.help": "Space plays and pauses, the left and right arrow keys step by a candle.",
    "replay.jump": "Go to",
    "replay.label": "Replay of {symbol}, {timeframe}",
    "replay.leave": "Back to live",
    "replay.none": "none yet",
    "replay.nothing": (
        "There are no stored candles of {symbol} to replay; let the chart load them first."
    ),
    "replay.own_hours": "No verdict: hours that the backtest itself may have measured",
    "replay.pause": "Pause",
    "replay.play": "Play",
    "replay.promised": "{share} promised",
    "replay.reading": "Reading candles…",
    "replay.record": "Replay, not recorded",
    "replay.scored": "{made} made, {scored} scored",
    "replay.shares": "{hits} of {count}",
    "replay.speed": "Speed: seconds of the market in a second",
    "replay.speed.name": "{speed}×",
    "replay.step": "One candle on",
    "replay.trained": (
        "This model was trained on these candles, up to {time}: what it says here proves nothing, "
        "so it is not asked."
    ),
}

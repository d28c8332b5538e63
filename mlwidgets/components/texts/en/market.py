"""English texts of the market."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "market.asking": "{exchange}: connecting",
    "market.attempt": "attempt {attempt} in {duration}",
    "market.delayed": "{exchange}: delayed",
    "market.exchange": "{exchange}: connected",
    "market.last": "The last candle closed {time} ({age}).",
    "market.live": "{exchange}: live",
    "market.offline": "Offline",
    "market.offline.reason": "Offline: no exchange is asked.",
    "market.polling": "{exchange}: polling",
    "market.reconnecting": "{exchange}: reconnecting",
    "market.replay": "Replay",
    "market.simulated": "Simulated market",
    "market.simulated.chosen": (
        "This market is simulated: its prices are drawn by a random generator."
    ),
    "market.simulated.instead": (
        "No candles of {symbol} are stored either, so this chart shows a simulated market, SIMUSDT."
    ),
    "market.stored": "The chart shows stored candles; the last one closed {time} ({age}).",
    "market.unreachable": "{exchange}: unreachable",
    "market.unreachable.reason": (
        "{exchange} cannot be reached; it is asked again until it answers."
    ),
}

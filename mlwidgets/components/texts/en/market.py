"""English texts of the market."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "market.asking": "{exchange}: connecting",
    "market.exchange": "{exchange}: connected",
    "market.last": "The last candle closed {time} ({age}).",
    "market.offline": "Offline",
    "market.offline.reason": "Offline: no exchange is asked.",
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
        "{exchange} cannot be reached; it is asked again every half minute."
    ),
}

"""Where a page's market comes from, in words."""

from __future__ import annotations

from mlwidgets.components.formats import age, moment
from mlwidgets.components.market.access import SIMULATED_SYMBOL
from mlwidgets.components.market.state import MarketState, Series
from mlwidgets.components.texts import text

_CHIPS = {
    "asking": "market.asking",
    "exchange": "market.exchange",
    "unreachable": "market.unreachable",
    "offline": "market.offline",
    "simulated": "market.simulated",
}


def chip_words(state: MarketState) -> dict[str, str]:
    """Connection, for the bar: what kind, what to say, what a closer look says."""
    kind = state.connection
    if state.series is not None and state.series.origin == "simulated":
        kind = "simulated"
    closer = (state.problem, _closed(state.series, "market.last"))
    return {
        "kind": kind,
        "text": text(_CHIPS[kind], exchange=state.exchange.capitalize()),
        "title": " ".join(part for part in closer if part),
    }


def market_notice(state: MarketState) -> dict[str, str] | None:
    """What has to be said above a chart; None where it shows just what it seems to."""
    series = state.series
    if series is not None and series.origin == "simulated":
        return {"kind": "warn", "text": _simulated(state)}
    if state.connection in ("unreachable", "offline") and series is not None:
        return {"kind": "warn", "text": f"{_reason(state)} {_closed(series, 'market.stored')}"}
    if state.problem:
        return {"kind": "error", "text": state.problem}
    return None


def _simulated(state: MarketState) -> str:
    if state.symbol == SIMULATED_SYMBOL:
        return text("market.simulated.chosen")
    return f"{_reason(state)} {text('market.simulated.instead', symbol=state.symbol)}"


def _reason(state: MarketState) -> str:
    if state.connection == "offline":
        return text("market.offline.reason")
    return text("market.unreachable.reason", exchange=state.exchange.capitalize())


def _closed(series: Series | None, key: str) -> str:
    """When the last candle closed; empty where there is none."""
    closed = series.closed_at if series else None
    if closed is None:
        return ""
    milliseconds = int(closed.timestamp() * 1000)
    return text(key, time=moment(milliseconds), age=age(milliseconds))

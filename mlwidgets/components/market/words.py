"""Where a page's market comes from, in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.formats import age, moment
from mlwidgets.components.market.access import SIMULATED_SYMBOL
from mlwidgets.components.market.like import MarketLike
from mlwidgets.components.market.state import FOLLOWED, MarketState, Series
from mlwidgets.components.texts import text

_CHIPS = {
    "asking": "market.asking",
    "live": "market.live",
    "delayed": "market.delayed",
    "polling": "market.polling",
    "reconnecting": "market.reconnecting",
    "exchange": "market.exchange",
    "unreachable": "market.unreachable",
    "offline": "market.offline",
    "simulated": "market.simulated",
    "replay": "market.replay",
}

_UNITS = ((1, "unit.second"), (60, "unit.minute"), (3600, "unit.hour"), (86_400, "unit.day"))
"""Seconds of the units in which a page counts by itself."""


def chip_words(state: MarketLike) -> dict[str, Any]:
    """Connection, for the bar: what kind, what to say, what a closer look says.

    `past` and `ahead` say how long ago the last word was and how long it takes until the next
    attempt; the page counts both, each second, from the times that `chip_pulse` tells.
    """
    kind = _kind(state)
    reason = state.status.reason if state.status is not None else ""
    attempt = state.status.attempt if state.status is not None else 0
    drawn = kind == "replay" and _is_simulated(state)
    closer = (
        text("market.simulated.chosen") if drawn else "",
        state.problem or reason,
        _closed(state.series, "market.last"),
    )
    return {
        "kind": kind,
        "text": text(_CHIPS[kind], exchange=state.exchange.capitalize()),
        "title": " ".join(part for part in closer if part),
        "past": text("age.past", duration="{}"),
        "ahead": text("market.attempt", attempt=attempt + 1, duration="{}") if attempt else "",
        "units": [[seconds, text(key, count="{}")] for seconds, key in _UNITS],
    }


def chip_pulse(state: MarketLike) -> dict[str, float | None]:
    """Times for the chip: the clock's, the exchange's last word, the next attempt (epoch ms)."""
    told = _kind(state) in (*FOLLOWED, "unreachable")
    next_try = state.status.next_try if state.status is not None and told else None
    return {
        "now": state.clock.now().timestamp() * 1000,
        "heard": state.updated if told else None,
        "next": next_try.timestamp() * 1000 if next_try is not None else None,
    }


def market_notice(state: MarketState) -> dict[str, str] | None:
    """What has to be said above a chart; None where it shows just what it seems to."""
    series = state.series
    if _is_simulated(state):
        return {"kind": "warn", "text": _simulated(state)}
    if state.connection in ("unreachable", "offline") and series is not None:
        return {"kind": "warn", "text": f"{_reason(state)} {_closed(series, 'market.stored')}"}
    if state.problem:
        return {"kind": "error", "text": state.problem}
    return None


def _kind(state: MarketLike) -> str:
    if state.connection == "replay":
        return "replay"
    return "simulated" if _is_simulated(state) else state.connection


def _is_simulated(state: MarketLike) -> bool:
    return state.series is not None and state.series.origin == "simulated"


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

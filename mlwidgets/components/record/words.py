"""A track record in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mlwidgets.components.forecasts.doubt_words import REGIMES, WINDOWS, days_words, fall_words
from mlwidgets.components.forecasts.trust import falls
from mlwidgets.components.formats import NOTHING, age, money, percent
from mlwidgets.components.texts import text
from mlwidgets.market.dates import epoch_ms
from mlwidgets.record.regimes import unseen_regime
from mlwidgets.record.track_record import TrackRecord
from mlwidgets.record.windows import Window

_VERDICTS = {
    "as_promised": "record.verdict.as_promised", "worse_than_promised": "record.verdict.worse",
    "too_few": "record.verdict.too_few", "no_promise": "record.verdict.no_promise",
    "own_hours": "replay.own_hours",
}  # fmt: skip


def table_words(record: TrackRecord) -> list[dict[str, Any]]:
    """Rows of numbers: last day, week and month, then what the backtest promised."""
    shown = [window for window in record.windows if window.name in WINDOWS]
    if not shown:
        return []
    last = shown[-1]
    symbol = record.symbol
    return [
        _row("record.accuracy", [percent(one.directional_accuracy) for one in shown],
             percent(last.promised_accuracy)),
        _row("record.coverage", [percent(one.coverage) for one in shown],
             percent(last.promised_coverage)),
        _row("record.mae", [money(one.mae, symbol) for one in shown],
             money(last.promised_mae, symbol)),
        _row("record.scored", [f"{one.scored:,}" for one in shown], _origins(record)),
    ]  # fmt: skip


def verdict_words(record: TrackRecord, *, replay: bool = False) -> list[dict[str, str]]:
    """Each window's verdict: does the model do what its backtest promised?"""
    return [
        {"window": text(WINDOWS[one.name]), "kind": one.verdict,
         "text": verdict_of(one, replay=replay)}
        for one in record.windows
        if one.name in WINDOWS
    ]  # fmt: skip


def verdict_of(window: Window, *, replay: bool = False) -> str:
    """A verdict with what it rests on; in a replay a promise may be one of a later time."""
    if window.verdict == "no_promise" and replay:
        return text("record.verdict.no_promise.replay")
    if window.verdict == "too_few":
        if window.needed is None:
            return text("record.verdict.too_short")
        return text(_VERDICTS["too_few"], count=f"{window.scored:,}", needed=f"{window.needed:,}")
    return text(_VERDICTS[window.verdict])


def reason_words(record: TrackRecord) -> list[str]:
    """Why to train again."""
    said = [fall_words(fall) for fall in falls(record)]
    kinds = {reason.kind for reason in record.reasons}
    regime = _unseen(record) if "regime" in kinds else None
    if regime is not None:
        days = days_words((record.training_regimes or {}).get(regime, 0.0))
        said.append(text("record.reason.regime", regime=text(REGIMES[regime]), days=days))
    if "age" in kinds and record.model is not None:
        old = age(record.model.trained_at, epoch_ms(record.now))
        said.append(text("forecast.doubt.age", age=old))
    return said


def _unseen(record: TrackRecord) -> str | None:
    """The regime of most forecasts of the last week, of which training held too little."""
    if record.model is None:
        return None
    rows = record.judged
    recent = rows.loc[rows["made_at"] > record.now - pd.Timedelta(days=7), "regime"]
    return unseen_regime(recent, record.training_regimes, record.model)


def _row(key: str, live: list[str], promised: str) -> dict[str, Any]:
    return {"name": text(key), "live": live, "promised": promised}


def _origins(record: TrackRecord) -> str:
    origins = record.model.promised("origins") if record.model else None
    return NOTHING if origins is None else f"{origins:,.0f}"

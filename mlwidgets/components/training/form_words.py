"""What the form of a search says besides what is typed."""

from __future__ import annotations

import datetime as dt
import time

import pandas as pd

from mlwidgets.components.formats import age, duration, moment, percent
from mlwidgets.components.texts import text
from mlwidgets.components.training.fields import HISTORIES
from mlwidgets.components.training.names import full_name
from mlwidgets.components.training.sources import train_request
from mlwidgets.components.training.state import TrainState
from mlwidgets.jobs.requests import LoadedCandles, SimulatedCandles, TrainRequest
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.search.ranges import Choice, Fixed
from mlwidgets.search.space import Range, default_space

_WEEK = 7 * 86_400
_HISTORIES = {
    "3m": "train.history.3m", "6m": "train.history.6m", "1y": "train.history.1y",
    "2y": "train.history.2y", "3y": "train.history.3y", "5y": "train.history.5y",
}  # fmt: skip
_WORDS = {
    "heading": "train.heading", "history": "train.history.length", "trials": "train.n_trials",
    "folds": "train.n_folds", "seed": "train.seed", "ranges": "train.ranges",
    "reset": "train.ranges.reset", "ranges_note": "train.ranges.note",
    "edited": "train.ranges.edited", "low": "train.range.low", "high": "train.range.high",
    "log": "train.range.log", "kind": "train.range.kind", "range": "train.range.range",
    "choice": "train.range.choice", "fixed": "train.range.fixed",
    "options": "train.range.options", "value": "train.range.value",
    "start": "train.start", "starting": "train.starting", "runs": "train.runs",
}  # fmt: skip


def form_words() -> dict[str, object]:
    """The texts that depend on nothing."""
    histories = [{"value": value, "name": text(key)} for value, key in _HISTORIES.items()]
    return {**{name: text(key) for name, key in _WORDS.items()}, "histories": histories}


def field_notes(state: TrainState) -> dict[str, str]:
    """What stands below fields that need it."""
    if state.choice.symbol == SIMULATED_SYMBOL:
        return {"history": text("train.history.simulated", count=f"{_simulated():,}")}
    span = pd.DateOffset(months=HISTORIES[state.fields.values["history"]])
    now = pd.Timestamp.now("UTC")
    count = int((now - (now - span)) / timeframe_delta(state.choice.timeframe))
    size = text("train.history.candles", count=f"{count:,}", timeframe=state.choice.timeframe)
    return {"history": size, "n_folds": text("train.n_folds.note")}


def warning_words(state: TrainState) -> list[str]:
    """What should be known before a search is started; it can be all the same."""
    said = []
    if state.fields.too_old and state.choice.symbol != SIMULATED_SYMBOL:
        said.append(text("train.warning.old"))
    if state.known_end is not None and time.time() - state.known_end / 1000 > _WEEK:
        day = moment(state.known_end)[:10]
        said.append(text("train.warning.ends", day=day, age=age(state.known_end)))
    return said


def saving_words(state: TrainState) -> str:
    """What will become of the best model."""
    meta, choice = state.production, state.choice
    if state.damaged:
        return text("train.saving.damaged", symbol=choice.symbol, model_type=choice.model_type)
    if meta is None:
        return text("train.saving.first", symbol=choice.symbol, model_type=choice.model_type)
    said = text(
        "train.saving.replaces", model_type=meta.model_type, version=meta.version,
        age=age(meta.trained_at), accuracy=percent(meta.accuracy),
    )  # fmt: skip
    if (meta.timeframe, meta.horizon) == (choice.timeframe, choice.horizon):
        return said
    other = text("train.saving.other", horizon=meta.horizon, timeframe=meta.timeframe)
    return f"{said} {other}"


def blocked_words(state: TrainState) -> str:
    """Why no search can be started; empty where one can."""
    if state.active:
        return text("train.blocked.runs")
    return text("train.blocked.problems") if state.problems else ""


def running_facts(state: TrainState) -> list[dict[str, str]]:
    """What the running search was asked for; nothing where none runs."""
    if not state.active or state.record is None:
        return []
    request = train_request(state.record)
    space = request.space or default_space(request.model_type)
    facts = [
        (text("train.history.length"), _history(request)),
        (text("train.n_trials"), f"{request.n_trials:,}"),
        (text("train.n_folds"), f"{request.n_folds}"),
        (text("train.seed"), f"{request.seed}"),
    ]
    names = space.describe(request.model_type)
    ranges = [(full_name(name), range_words(getattr(space, name))) for name in names]
    return [{"name": name, "value": value} for name, value in [*facts, *ranges]]


def range_words(chosen: Range) -> str:
    """A range in the page's language.

    >>> range_words(default_space("LSTM").hidden_size), range_words(Fixed(20))
    ('8 – 48, log', '20')
    """
    if isinstance(chosen, Fixed):
        return f"{chosen.value:g}"
    if isinstance(chosen, Choice):
        return ", ".join(f"{option:g}" for option in chosen.options)
    ends = f"{chosen.low:g} – {chosen.high:g}"
    return f"{ends}, {text('train.range.log')}" if chosen.log else ends


def _history(request: TrainRequest) -> str:
    candles = request.candles
    if isinstance(candles, SimulatedCandles):
        return text("train.history.simulated", count=f"{candles.periods:,}")
    if not isinstance(candles, LoadedCandles):
        return text("train.history.frame")
    if candles.start is None:
        return text("train.history.2y")
    start = candles.start if candles.start.tzinfo else candles.start.replace(tzinfo=dt.UTC)
    return text("train.history.since", day=f"{start:%Y-%m-%d}")


def _simulated() -> int:
    return SimulatedCandles().periods


def elapsed_words(seconds: float) -> str:
    """A working time that grows by seconds and stays as wide."""
    whole = int(seconds)
    if whole >= 86_400:
        return duration(whole)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"

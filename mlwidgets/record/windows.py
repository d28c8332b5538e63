"""Live quality over the last day, week and month beside what the backtest promised."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd

from mlwidgets.evaluation.diebold_mariano import diebold_mariano
from mlwidgets.evaluation.intervals import interval_coverage
from mlwidgets.evaluation.metrics import mae
from mlwidgets.evaluation.significance import direction_test
from mlwidgets.evaluation.verdict import HORIZONS_TO_COMPARE
from mlwidgets.forecast.spec import Value
from mlwidgets.record.falls import fall_p_value, needed_for_a_fall
from mlwidgets.record.values import RecordedModel

ALPHA = 0.05
"""Level of a window's verdict; its two tests share it (Bonferroni)."""

DAY_MS = 86_400_000

WindowName = Literal["day", "week", "month", "all"]

DAYS: dict[WindowName, int | None] = {"day": 1, "week": 7, "month": 30, "all": None}
"""How many days each window goes back from now."""

VerdictKind = Literal["as_promised", "worse_than_promised", "too_few", "no_promise", "own_hours"]


class Measured(Value):
    """A window's numbers; None where one is not defined."""

    directional_accuracy: float | None = None
    """Share of directions called right."""
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    """95 % confidence interval of the directional accuracy, overlap accounted for."""
    promised_accuracy: float | None = None
    accuracy_p_value: float | None = None
    """Chance of so low an accuracy if the backtest's still holds (Fisher's exact test)."""
    coverage: float | None = None
    """Share of targets within the interval."""
    promised_coverage: float | None = None
    coverage_p_value: float | None = None
    """Chance of so low a coverage if the backtest's still holds (Fisher's exact test)."""
    mae: float | None = None
    """Mean absolute error, in the quote currency."""
    promised_mae: float | None = None
    """The backtest's; not tested, because it grows with the price and its volatility."""
    last_value_mae: float | None = None
    """MAE of the last-value forecast on the same origins."""
    mae_p_value: float | None = None
    """Chance that the last value's error is no smaller (Diebold-Mariano); low is bad."""


class Window(Measured):
    """The forecasts whose targets closed within some time, and the verdict on them."""

    name: WindowName
    since: int | None
    """Targets that closed after this time count, epoch milliseconds; null for all."""
    forecasts: int
    """Forecasts whose target closed within the window."""
    scored: int
    """Those whose outcome is known."""
    effective: float
    """Independent forecasts that tell as much: of those that share candles one counts."""
    verdict: VerdictKind
    text: str
    needed: int | None = None
    """Scored forecasts that would settle it, where they are too few."""


def windows(forecasts: pd.DataFrame, model: RecordedModel, now: int) -> Iterator[Window]:
    """Measure each window.

    Args:
        forecasts: of the model, as in `TrackRecord.forecasts`, by origin.
        model: the model, which brings its backtest's numbers.
        now: epoch milliseconds.
    """
    closed = _closed_at(forecasts, model.step_ms)
    own = _in_own_hours(forecasts, model, now)
    measured_by = model.replace(metrics={}) if own else model
    for name, days in DAYS.items():
        since = None if days is None else now - days * DAY_MS
        inside = (closed <= now) & (closed > (-1 if since is None else since))
        window = _window(forecasts.loc[inside], measured_by, name, since)
        yield window.replace(verdict="own_hours", text=_OWN_HOURS) if own else window


_OWN_HOURS = "No verdict: hours that the backtest itself may have measured"


def _in_own_hours(forecasts: pd.DataFrame, model: RecordedModel, now: int) -> bool:
    """Whether a backtest may have measured some of the forecasts, or will only do so later.

    It ran on candles that had closed when the model was trained, so what closed until then may
    be its own; only a replay has such forecasts. To hold it to its promise there would be to
    compare forecasts with themselves.

    Args:
        forecasts: of the model, as in `TrackRecord.forecasts`.
        model: the model.
        now: epoch milliseconds.
    """
    if not model.metrics:
        return False
    closed = _closed_at(forecasts, model.step_ms)
    return now < model.trained_at or bool((closed <= model.trained_at).any())


def _closed_at(forecasts: pd.DataFrame, step_ms: int) -> np.ndarray:
    times = pd.DatetimeIndex(forecasts["target_time"]).as_unit("ms").asi8
    return np.asarray(times + step_ms)


def _window(
    rows: pd.DataFrame, model: RecordedModel, name: WindowName, since: int | None
) -> Window:
    scored = rows.loc[rows["actual"].notna()]
    overlap = most_overlapping(scored, model)
    effective = len(scored) / overlap
    measured = _measured(scored, model, overlap, effective) if len(scored) else _promise(model)
    kind, text, needed = _verdict(measured, model, overlap, effective)
    return Window(
        **measured.model_dump(), name=name, since=since, forecasts=len(rows),
        scored=len(scored), effective=effective, verdict=kind, text=text, needed=needed,
    )  # fmt: skip


def most_overlapping(scored: pd.DataFrame, model: RecordedModel) -> int:
    """How many forecasts share candles with each other at most; 1 where they are a horizon apart.

    People do not look every hour, so this may be less than the horizon in candles.
    """
    times = np.sort(pd.DatetimeIndex(scored.index).as_unit("ms").asi8)
    after = np.searchsorted(times, times + model.steps * model.step_ms)
    return int(np.max(after - np.arange(len(times)), initial=1))


def _promise(model: RecordedModel) -> Measured:
    return Measured(
        promised_accuracy=model.promised("directionalAccuracy"),
        promised_coverage=model.promised("coverage"), promised_mae=model.promised("mae"),
    )  # fmt: skip


def _measured(
    scored: pd.DataFrame, model: RecordedModel, overlap: int, effective: float
) -> Measured:
    names = ("close", "actual", "predicted", "lower", "upper")
    close, actual, predicted, lower, upper = (scored[name].to_numpy(np.float64) for name in names)
    direction = direction_test(close, actual, predicted, horizon=overlap)
    coverage = interval_coverage(actual, lower, upper)
    promise = _promise(model)
    backtested = promised_origins(model)
    enough = len(scored) >= HORIZONS_TO_COMPARE * overlap
    worse = diebold_mariano(
        actual - predicted, actual - close, horizon=overlap, alternative="greater"
    )
    moved = effective * direction.origins / len(scored)
    return promise.replace(
        directional_accuracy=_finite(direction.accuracy),
        accuracy_low=_finite(direction.lower), accuracy_high=_finite(direction.upper),
        accuracy_p_value=_fall(direction.accuracy, moved, promise.promised_accuracy, backtested),
        coverage=coverage,
        coverage_p_value=_fall(coverage, effective, promise.promised_coverage, backtested),
        mae=mae(actual, predicted), last_value_mae=mae(actual, close),
        mae_p_value=_finite(worse.p_value) if enough else None,
    )  # fmt: skip


def promised_origins(model: RecordedModel) -> float:
    """Independent origins behind the backtest's numbers."""
    return (model.promised("origins") or 0.0) / model.steps


def _fall(share: float, n: float, promised: float | None, promised_n: float) -> float | None:
    if promised is None or not math.isfinite(share):
        return None
    return _finite(fall_p_value(share, n, promised, promised_n))


def _verdict(
    measured: Measured, model: RecordedModel, overlap: int, effective: float
) -> tuple[VerdictKind, str, int | None]:
    promised, backtested = measured.promised_accuracy, promised_origins(model)
    if promised is None or backtested < 1:
        return "no_promise", "No backtest measured this model", None
    alpha = ALPHA / 2
    if fallen := [
        word
        for word, p_value in _tests(measured).items()
        if p_value is not None and p_value < alpha
    ]:
        return "worse_than_promised", f"Worse than promised ({' and '.join(fallen)})", None
    independent = needed_for_a_fall(promised, backtested, alpha)
    if independent is None:
        return "too_few", "Too few to tell: the backtest was too short to compare with", None
    if effective < independent:
        needed = math.ceil(independent * overlap)
        return "too_few", f"Too few to tell (needs {needed:,})", needed
    return "as_promised", "As promised", None


def _tests(measured: Measured) -> dict[str, float | None]:
    return {"accuracy": measured.accuracy_p_value, "coverage": measured.coverage_p_value}


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

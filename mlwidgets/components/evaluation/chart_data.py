"""What the charts of a backtest draw, as arrays: computed once, and thin enough to be drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlwidgets.evaluation.intervals import rolling_coverage
from mlwidgets.evaluation.metrics import Floats, direction_scores
from mlwidgets.evaluation.probability import Reliability, reliability
from mlwidgets.market.regimes import REGIMES

MOST = 400
"""Points that a line is drawn with; more cannot be told apart and slow the page down."""

Times = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Values over time: times without a zone mean UTC, shape (n,); values of shape (n,)."""

    time: Times
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class RegimeScore:
    """How many directions were called right in a regime, of how many."""

    regime: str
    accuracy: float
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class ForecastData:
    """A forecast's part of the charts.

    Attributes:
        time: of the drawn targets, shape (n,), at most `MOST`.
        predicted: prices at them, as are lower and upper.
        errors: mean absolute error, in the quote currency, of blocks of origins.
        reliability: what probabilities promised and what came; None where no price moved.
        coverage: over runs of `run` origins; empty where the window is too short.
        run: origins a run.
        regimes: scores of the regimes that there were.
    """

    time: Times
    predicted: Floats
    lower: Floats
    upper: Floats
    errors: Line
    reliability: Reliability | None
    coverage: Line
    run: int
    regimes: tuple[RegimeScore, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ChartData:
    """What all charts draw: forecasts by name, and the actual prices of the first one's targets."""

    actual: Line
    forecasts: dict[str, ForecastData]
    every: int
    """Each so many-th forecast is drawn; 1 where all are."""


def chart_data(series: Mapping[str, pd.DataFrame]) -> ChartData:
    """Compute what is drawn of predictions.

    Args:
        series: by name, predictions as `BacktestReport` has them.

    >>> import pandas as pd
    >>> time = pd.date_range("2025-01-01", periods=1000, freq="h", tz="UTC", name="time")
    >>> one = pd.DataFrame({"target_time": time, "close": 100.0, "predicted": 101.0,
    ...     "actual": 102.0, "lower": 99.0, "upper": 103.0, "probability_up": 0.6,
    ...     "regime": "Bull"}, index=time)
    >>> data = chart_data({"LSTM": one})
    >>> data.every, len(data.actual.time), data.forecasts["LSTM"].regimes[0].accuracy
    (3, 334, 1.0)
    """
    known = {name: rows.loc[rows["actual"].notna()] for name, rows in series.items()}
    first = next(iter(known.values()))
    every = math.ceil(len(first) / MOST) or 1
    drawn = first.iloc[::every]
    return ChartData(
        Line(_times(drawn["target_time"]), _floats(drawn, "actual")),
        {name: _forecast(rows) for name, rows in known.items()},
        every,
    )


def _forecast(rows: pd.DataFrame) -> ForecastData:
    every = math.ceil(len(rows) / MOST) or 1
    drawn = rows.iloc[::every]
    close, actual, predicted, lower, upper, probability = (
        _floats(rows, name)
        for name in ("close", "actual", "predicted", "lower", "upper", "probability_up")
    )
    run = min(500, max(24, len(rows) // 5))
    moved = bool((actual != close).any())
    return ForecastData(
        _times(drawn["target_time"]),
        predicted[::every], lower[::every], upper[::every],
        errors=_block_means(_times(rows["target_time"]), np.abs(actual - predicted)),
        reliability=reliability(close, actual, probability) if moved else None,
        coverage=_rolling(_times(rows["target_time"]), actual, lower, upper, run),
        run=run,
        regimes=tuple(_regimes(rows)),
    )  # fmt: skip


def _block_means(time: Times, values: Floats, blocks: int = 60) -> Line:
    """Means of blocks of equal length, each at its last time: single errors are noise."""
    length = math.ceil(len(values) / blocks) or 1
    starts = np.arange(0, len(values), length)
    ends = np.minimum(starts + length, len(values))
    return Line(time[ends - 1], np.add.reduceat(values, starts) / (ends - starts))


def _rolling(time: Times, actual: Floats, lower: Floats, upper: Floats, run: int) -> Line:
    shares = rolling_coverage(actual, lower, upper, window=run)
    every = math.ceil(len(shares) / MOST) or 1
    return Line(time[run - 1 :][::every], shares[::every])


def _regimes(rows: pd.DataFrame) -> list[RegimeScore]:
    scores = []
    for regime in REGIMES:
        part = rows.loc[rows["regime"] == regime]
        called = (
            direction_scores(*(_floats(part, n) for n in ("close", "actual", "predicted")))
            if len(part) else np.empty(0)
        )  # fmt: skip
        if called.size:
            scores.append(RegimeScore(regime, float(called.mean()), called.size))
    return scores


def _times(column: pd.Series) -> Times:
    times: Times = pd.DatetimeIndex(column).tz_convert(None).as_unit("ms").to_numpy()
    return times


def _floats(rows: pd.DataFrame, name: str) -> Floats:
    return rows[name].to_numpy(np.float64)

"""Chronological splits: walk-forward folds for the search, the test window of a backtest."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import pandas as pd

from mlwidgets.errors import NotEnoughCandles, SpecError


@dataclass(frozen=True, slots=True)
class Fold:
    """One train/validation pair: half-open ranges of origin positions, oldest first.

    Attributes:
        train_start: first origin to train on.
        train_stop: one past the last origin to train on.
        validation_start: first origin to validate on.
        validation_stop: one past the last origin to validate on.
    """

    train_start: int
    train_stop: int
    validation_start: int
    validation_stop: int

    @property
    def train(self) -> slice:
        """The training origins."""
        return slice(self.train_start, self.train_stop)

    @property
    def validation(self) -> slice:
        """The validation origins."""
        return slice(self.validation_start, self.validation_stop)


def walk_forward(
    n_origins: int,
    n_folds: int,
    *,
    gap: int,
    validation_size: int | None = None,
    min_train: int = 1,
    max_train: int | None = None,
) -> list[Fold]:
    """Cut origins into chronological folds, each trained on what lies before its validation.

    Validation blocks are contiguous, equally long and end with the last origin. `gap` origins
    between train and validation are used by neither: with `gap` at least the horizon in
    candles, the last training target is known before the first validation origin, however
    many candles are missing from the data.

    Args:
        n_origins: how many origins there are.
        n_folds: how many folds to cut.
        gap: origins to leave out before each validation block; at least the horizon.
        validation_size: origins in each validation block; by default as many as the first
            fold can train on, or fewer where `min_train` asks for it.
        min_train: fewest origins that the first fold may train on.
        max_train: train on at most the last so many origins (sliding); None: on all
            (expanding).

    Returns:
        The folds, oldest first.

    Raises:
        SpecError: a number that is no positive integer, or max_train < min_train.
        NotEnoughCandles: the origins do not suffice; the message says how many are needed.

    >>> walk_forward(100, 2, gap=1)
    [Fold(train_start=0, train_stop=33, validation_start=34, validation_stop=67), \
Fold(train_start=0, train_stop=66, validation_start=67, validation_stop=100)]
    """
    for name, value in (("n_folds", n_folds), ("gap", gap), ("min_train", min_train)):
        _at_least_one(name, value)
    if validation_size is not None:
        _at_least_one("validation_size", validation_size)
    if max_train is not None and max_train < min_train:
        raise SpecError(
            f"max_train ({max_train}) is below min_train ({min_train}); raise max_train.",
            field="max_train", value=max_train,
        )  # fmt: skip
    size = validation_size or min(
        (n_origins - gap) // (n_folds + 1), (n_origins - gap - min_train) // n_folds
    )
    needed = min_train + gap + n_folds * (validation_size or 1)
    if n_origins < needed:
        raise NotEnoughCandles(
            f"{n_folds} folds need at least {needed:,} origins ({min_train:,} to train on, a gap "
            f"of {gap:,}, {n_folds} x {validation_size or 1:,} to validate on); there are "
            f"{max(n_origins, 0):,}. Use fewer folds or more candles.",
            needed=needed, available=n_origins,
        )  # fmt: skip
    first = n_origins - n_folds * size
    return [_fold(first + i * size, size, gap, max_train) for i in range(n_folds)]


def backtest_window(
    origins: pd.DatetimeIndex,
    start: str | dt.date | None = None,
    end: str | dt.date | None = None,
    *,
    days: float = 30,
    candles: pd.DatetimeIndex | None = None,
) -> range:
    """Turn the dates of a backtest into the range of origins that it forecasts.

    Args:
        origins: times of the origins, UTC, increasing.
        start: first origin's time, inclusive; a date without zone is UTC. Default: `days`
            before the end.
        end: where the window ends, exclusive. Default: after the last origin.
        days: length of the window where no start is given.
        candles: times that dates are checked against, where the data span more than the
            origins do (the last candles are targets only); default: the origins.

    Returns:
        Positions in `origins`, at least one.

    Raises:
        SpecError: no date, an end not after the start, a date outside the data, or no origin in
            between; the message gives the span of the data.
        NotEnoughCandles: there are no origins at all.

    >>> time = pd.date_range("2025-01-01", periods=24 * 60, freq="h", tz="UTC")
    >>> backtest_window(time)
    range(720, 1440)
    >>> backtest_window(time, "2025-01-02", "2025-01-04")
    range(24, 72)
    """
    data = origins if candles is None else candles
    if not len(origins):
        raise NotEnoughCandles("There is no origin to test on: load more candles.", needed=1)
    if not (math.isfinite(days) and 0 < days < 100_000):
        raise SpecError(f"days must be a positive number, not {days}.", field="days", value=days)
    first, after = _moment("start", start), _moment("end", end)
    if first is not None and after is not None and after <= first:
        raise SpecError(
            f"The test window is empty: its end ({_text(after)}) is not after its start "
            f"({_text(first)}). {_span(data)}",
            start=_text(first), end=_text(after),
        )  # fmt: skip
    if after is None:
        after = origins[-1] + _step(data)
    if first is None:
        first = after - pd.Timedelta(days=days)
    _check_inside(first, after, data)
    window = range(int(origins.searchsorted(first)), int(origins.searchsorted(after)))
    if not window:
        raise SpecError(
            f"No origin lies between {_text(first)} and {_text(after)}. {_span(data)}",
            start=_text(first), end=_text(after),
        )  # fmt: skip
    return window


def _fold(start: int, size: int, gap: int, max_train: int | None) -> Fold:
    stop = start - gap
    return Fold(max(0, stop - max_train) if max_train else 0, stop, start, start + size)


def _at_least_one(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SpecError(
            f"{name} must be a whole number of at least 1, not {value!r}.",
            field=name, value=repr(value),
        )  # fmt: skip


def _moment(name: str, value: str | dt.date | None) -> pd.Timestamp | None:
    if value is None:
        return None
    try:
        if not isinstance(value, (str, dt.date)):
            raise TypeError
        moment = pd.Timestamp(value)
        if pd.isna(moment):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise SpecError(
            f"{name} {value!r} is no date; write it as '2025-08-20' or '2025-08-20 14:00'.",
            field=name, value=repr(value),
        ) from None  # fmt: skip
    return moment.tz_localize("UTC") if moment.tz is None else moment.tz_convert("UTC")


def _step(data: pd.DatetimeIndex) -> pd.Timedelta:
    if len(data) < 2:
        return pd.Timedelta(milliseconds=1)
    return pd.Timedelta((data[1:] - data[:-1]).min())


def _check_inside(first: pd.Timestamp, after: pd.Timestamp, data: pd.DatetimeIndex) -> None:
    if not data[0] <= first <= data[-1] or after > data[-1] + _step(data):
        raise SpecError(
            f"The test window {_text(first)} to {_text(after)} lies outside "
            f"the data. {_span(data)} "
            "Choose dates within them, or load more candles.",
            start=_text(first), end=_text(after),
        )  # fmt: skip


def _span(data: pd.DatetimeIndex) -> str:
    return f"The candles span {_text(data[0])} to {_text(data[-1])}."


def _text(moment: pd.Timestamp) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"

"""The candle contract: what every part of mlwidgets may expect of a frame of candles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlwidgets.errors import CandleError, ModelMismatch, SpecError
from mlwidgets.market.timeframes import timeframe_delta

COLUMNS = ("open", "high", "low", "close", "volume")
"""The columns of a candle frame, in this order, each float64."""

SIMULATED = "simulated"
"""The source that simulated candles are labelled with."""

SIMULATED_SYMBOL = "SIMUSDT"
"""What simulated candles are of, unless they are given another name."""

_SIMULATED_NAMES = "SIM"
"""How the symbols of simulated markets begin."""

INDEX_DTYPE = "datetime64[ms, UTC]"
"""dtype of a candle frame's index; its integers are epoch milliseconds."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Missing candles between two that are there.

    Attributes:
        after: open time of the last candle before the gap.
        before: open time of the first candle after it.
        missing: how many candles are not there.
    """

    after: pd.Timestamp
    before: pd.Timestamp
    missing: int


def validate_candles(candles: pd.DataFrame, timeframe: str) -> pd.DataFrame:
    """Check candles against the contract and return them in its canonical form.

    The contract: a UTC DatetimeIndex named `time` holding open times, strictly
    increasing and on the timeframe's grid; float64 columns open, high, low, close,
    volume; positive finite prices, high >= max(open, close), low <= min(open, close),
    finite volume >= 0. Gaps are allowed.

    Args:
        candles: candles; other columns are dropped, integers become floats.
        timeframe: the candles' length.

    Returns:
        A new frame in canonical form (index dtype `INDEX_DTYPE`, columns `COLUMNS`).

    Raises:
        CandleError: with the first bad rows.
        UnknownTimeframe: the timeframe is not known.

    >>> time = pd.DatetimeIndex(["2025-01-01 00:00"], tz="UTC", name="time")
    >>> bar = {"open": 10, "high": 12, "low": 9, "close": 11, "volume": 3}
    >>> validate_candles(pd.DataFrame(bar, index=time), "1h").close.item()
    11.0
    """
    step = timeframe_delta(timeframe)
    if not isinstance(candles, pd.DataFrame):
        raise CandleError(f"Candles must be a pandas DataFrame, not {type(candles).__name__}.")
    missing = [name for name in COLUMNS if name not in candles.columns]
    if missing:
        raise CandleError(f"Candles lack the column(s) {', '.join(missing)}.", missing=missing)
    index = _checked_index(candles.index, timeframe, step)
    values = _checked_values(candles, index)
    checked = pd.DataFrame(values, index=index, columns=list(COLUMNS))
    checked.attrs.update(candles.attrs)
    return checked


def label_candles(
    candles: pd.DataFrame, *, symbol: str | None, timeframe: str, source: str
) -> pd.DataFrame:
    """Write into `candles.attrs` what the candles are of; models refuse those of another symbol.

    Args:
        candles: canonical candles, changed in place.
        symbol: the symbol without separators, or None where it is not known.
        timeframe: the candles' length.
        source: an exchange's id, a file's name, or `SIMULATED`.

    Returns:
        The same frame.
    """
    candles.attrs.update(symbol=symbol, timeframe=timeframe, source=source)
    return candles


def check_label(candles: pd.DataFrame, symbol: str, timeframe: str) -> None:
    """Refuse candles whose label says that they are of another symbol or timeframe.

    Raises:
        ModelMismatch: the label differs; candles without a label pass.
    """
    of = candles.attrs if isinstance(candles, pd.DataFrame) else {}
    for name, wanted in (("symbol", symbol), ("timeframe", timeframe)):
        given = of.get(name)
        if given is not None and given != wanted:
            raise ModelMismatch(
                f"The model is for {name} {wanted}, the candles are of {given}.",
                **{name: given, "model": wanted},
            )


def check_spacing(candles: pd.DataFrame, timeframe: str) -> None:
    """Refuse canonical candles that lie on the grid but are all further apart than a timeframe.

    Raises:
        ModelMismatch: they are of a longer timeframe.
    """
    spacing = candles.index[1:] - candles.index[:-1]
    if len(spacing) and spacing.min() > timeframe_delta(timeframe):
        hours = spacing.min() / pd.Timedelta(hours=1)
        raise ModelMismatch(
            f"The model is for {timeframe} candles; these are {hours:g} hours apart.",
            timeframe=timeframe,
        )


def candles_of(candles: pd.DataFrame, symbol: str, timeframe: str) -> pd.DataFrame:
    """Candles in canonical form, refused where they are not of a symbol and timeframe.

    Raises:
        CandleError: they break the contract.
        ModelMismatch: their label or their spacing says that they are of others.
    """
    check_label(candles, symbol, timeframe)
    candles = validate_candles(candles, timeframe)
    check_spacing(candles, timeframe)
    return candles


def is_simulated(candles: pd.DataFrame) -> bool:
    """Whether the candles' label says that they come from the simulator."""
    return candles.attrs.get("source") == SIMULATED


def check_simulated(candles: pd.DataFrame, symbol: str) -> None:
    """Refuse simulated candles of a real market's symbol, whose model theirs would replace.

    Raises:
        SpecError: they are simulated, and the symbol does not begin with `SIM`.
    """
    if is_simulated(candles) and not symbol.startswith(_SIMULATED_NAMES):
        raise SpecError(
            f"The candles are simulated, and a model of {symbol} could replace a real one; give "
            f"them a symbol that begins with {_SIMULATED_NAMES}, such as {SIMULATED_SYMBOL}.",
            field="symbol", value=symbol,
        )  # fmt: skip


def find_gaps(candles: pd.DataFrame, timeframe: str) -> list[Gap]:
    """List the gaps in canonical candles, oldest first.

    >>> time = pd.DatetimeIndex(["2025-01-01 00:00", "2025-01-01 03:00"], tz="UTC", name="time")
    >>> [gap.missing for gap in find_gaps(pd.DataFrame(index=time), "1h")]
    [2]
    """
    index = pd.DatetimeIndex(candles.index)
    steps = np.diff(index.as_unit("ms").asi8) // (timeframe_delta(timeframe).value // 1_000_000)
    return [
        Gap(index[i], index[i + 1], int(steps[i]) - 1) for i in np.flatnonzero(steps > 1).tolist()
    ]


def _checked_index(index: pd.Index, timeframe: str, step: pd.Timedelta) -> pd.DatetimeIndex:
    if not isinstance(index, pd.DatetimeIndex):
        raise CandleError(
            "Candles must be indexed by open time (a UTC DatetimeIndex), "
            f"not by {type(index).__name__}; read_candles() builds one."
        )
    if str(index.tz) not in ("UTC", "utc", "datetime.timezone.utc"):
        zone = "no timezone" if index.tz is None else f"timezone {index.tz}"
        raise CandleError(
            f"The index has {zone}; use UTC: candles.tz_localize('UTC') or tz_convert."
        )
    _refuse(np.asarray(index.isna()), index, "have no time")
    raw = index.as_unit("ns").asi8
    step_ns = step.value
    _refuse(raw % step_ns != 0, index, f"are off the {timeframe} grid")
    order = np.diff(raw, prepend=raw[:1] - 1)
    _refuse(order == 0, index, "repeat the time of the row before")
    _refuse(order < 0, index, "go back in time; sort the candles by open time")
    times = index.tz_convert(None).as_unit("ms").to_numpy()
    return pd.DatetimeIndex(times, name="time").tz_localize("UTC")


def _checked_values(candles: pd.DataFrame, index: pd.DatetimeIndex) -> np.ndarray:
    try:
        values = candles[list(COLUMNS)].to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    except (TypeError, ValueError) as error:
        raise CandleError(f"Candle columns must be numbers: {error}.") from None
    open_, high, low, close, volume = values.T
    _refuse(~np.isfinite(values).all(axis=1), index, "hold NaN or infinite values")
    _refuse(np.any(values[:, :4] <= 0, axis=1), index, "have a price that is not positive")
    _refuse(high < np.maximum(open_, close), index, "have a high below open or close")
    _refuse(low > np.minimum(open_, close), index, "have a low above open or close")
    _refuse(volume < 0, index, "have negative volume")
    return values


def _refuse(bad: np.ndarray, index: pd.DatetimeIndex, what: str) -> None:
    rows = np.flatnonzero(bad)
    if rows.size == 0:
        return
    first = [f"row {row} ({index[row]})" for row in rows[:3]]
    more = f" and {rows.size - 3} more" if rows.size > 3 else ""
    raise CandleError(
        f"{rows.size} candle(s) {what}: {', '.join(first)}{more}.",
        rows=rows[:20].tolist(), count=int(rows.size),
    )  # fmt: skip

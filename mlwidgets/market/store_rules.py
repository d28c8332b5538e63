"""What may enter the store: closed candles of the series, and no silent change of a stored one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from mlwidgets.errors import CandleError
from mlwidgets.market.bars import Bars, Merge, join, merge
from mlwidgets.market.candles import SIMULATED, is_simulated, validate_candles
from mlwidgets.market.dates import epoch_ms, from_epoch_ms
from mlwidgets.market.store_layout import Series
from mlwidgets.market.symbols import plain_symbol

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Changes:
    """What a write changes.

    Attributes:
        periods: the bars of each period that is not as stored.
        count: how many candles are added or replaced.
    """

    periods: dict[str, Bars]
    count: int


def acceptable_candles(candles: pd.DataFrame, series: Series, now: pd.Timestamp) -> pd.DataFrame:
    """The candles in canonical form.

    Raises:
        CandleError: they break the contract, are labelled as another series', or are not closed.
    """
    checked = validate_candles(candles, series.timeframe)
    _refuse_foreign_labels(checked, series)
    open_ = checked.index[checked.index > from_epoch_ms(epoch_ms(now) - series.step)]
    if len(open_):
        raise CandleError(
            f"{len(open_)} {series} candle(s) are not closed yet at {now:%Y-%m-%d %H:%M:%S} UTC, "
            f"the first opens at {open_[0]}; store them once they are closed.",
            count=len(open_), first=str(open_[0]),
        )  # fmt: skip
    return checked


def merged_or_refused(
    series: Series, stored: Mapping[str, Bars], arrivals: Mapping[str, Bars], *, replace: bool
) -> Changes:
    """Merge each period's arrivals into what is stored of it.

    Raises:
        CandleError: arrivals differ from stored candles and may not replace them.
    """
    merges = {period: merge(stored[period], bars) for period, bars in arrivals.items()}
    differing = sum(len(merged.stored) for merged in merges.values())
    if differing and not replace:
        raise _conflict(series, [m for m in merges.values() if len(m.stored)], differing)
    changed = {p: m.bars for p, m in merges.items() if m.added or len(m.stored)}
    return Changes(changed, differing + sum(merged.added for merged in merges.values()))


def _refuse_foreign_labels(candles: pd.DataFrame, series: Series) -> None:
    symbol, timeframe = candles.attrs.get("symbol"), candles.attrs.get("timeframe")
    if is_simulated(candles) and series.exchange != SIMULATED:
        raise CandleError(
            f"Simulated candles cannot be stored as {series.exchange}'s; "
            f"store them as exchange {SIMULATED!r}.",
            exchange=series.exchange,
        )
    if symbol is not None and plain_symbol(symbol) != series.symbol:
        raise CandleError(
            f"Candles of {symbol} cannot be stored as {series.symbol}'s; write them as {symbol}'s.",
            symbol=str(symbol), stored_as=series.symbol,
        )  # fmt: skip
    if timeframe is not None and timeframe != series.timeframe:
        raise CandleError(
            f"{timeframe} candles cannot be stored as {series.timeframe}; "
            f"write them as {timeframe}.",
            timeframe=str(timeframe), stored_as=series.timeframe,
        )  # fmt: skip


def _conflict(series: Series, merges: list[Merge], count: int) -> CandleError:
    stored = join([merged.stored for merged in merges])
    arrived = join([merged.arrived for merged in merges])
    times = [from_epoch_ms(time) for time in stored.times[:_NAMED].tolist()]
    rows = zip(times, stored.values.T.tolist(), arrived.values.T.tolist(), strict=False)
    named = "; ".join(f"{time}: stored {ours}, arrived {theirs}" for time, ours, theirs in rows)
    more = f"; and {count - _NAMED} more" if count > _NAMED else ""
    return CandleError(
        f"{count} {series} candle(s) differ from those stored ({named}{more}); nothing was "
        "stored. Pass replace=True if the arriving ones are right.",
        count=count, times=[str(time) for time in times],
    )  # fmt: skip

"""Bars as an exchange sends them, made canonical candles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mlwidgets.errors import BadMarketData, CandleError
from mlwidgets.market.candles import COLUMNS, validate_candles


@dataclass(frozen=True)
class Series:
    """What is fetched.

    Attributes:
        exchange: ccxt's id.
        symbol: without separators.
        name: ccxt's name of the symbol.
        timeframe: of the candles.
        step: their length, milliseconds.
        page: most bars a request.
    """

    exchange: str
    symbol: str
    name: str
    timeframe: str
    step: int
    page: int


def tidy(bars: list[list[Any]], series: Series) -> pd.DataFrame:
    """Bars as canonical candles: sorted, and those sent more than once kept once.

    Args:
        bars: epoch milliseconds, open, high, low, close and volume, each; what follows is
            left out.
        series: what they are of, for the error.

    Raises:
        BadMarketData: bars contradict each other or break the candle contract.
    """
    what = f"{series.exchange} sent {series.symbol} {series.timeframe} candles that cannot be used"
    frame = bars_frame(sorted({tuple(bar[:6]) for bar in bars}, key=lambda bar: bar[0]))
    clashes = frame.index[frame.index.duplicated()].unique()
    if len(clashes):
        raise BadMarketData(
            f"{what}: contradicting values for {len(clashes)} time(s), "
            f"{', '.join(map(str, clashes[:3]))}. Try again later, or fetch around them.",
            exchange=series.exchange, times=[str(clash) for clash in clashes[:20]],
        )  # fmt: skip
    try:
        return validate_candles(frame, series.timeframe)
    except CandleError as error:
        raise BadMarketData(
            f"{what}: {error} Try again later, or fetch around them.",
            exchange=series.exchange, **error.details,
        ) from error  # fmt: skip


def bars_frame(bars: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Bars as a frame on their open times, unchecked."""
    frame = pd.DataFrame(bars, columns=["time", *COLUMNS]).astype({"time": "int64"})
    frame["time"] = pd.to_datetime(frame["time"], unit="ms", utc=True)
    return frame.set_index("time")

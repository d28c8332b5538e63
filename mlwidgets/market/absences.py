"""What an exchange was asked for and does not have, remembered beside a series' candles."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlwidgets.errors import BadMarketData
from mlwidgets.market.bars import between
from mlwidgets.market.coverage import NONE_ABSENT, outside, uncovered
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.parquet import decode_absent, decode_times, encode_absent
from mlwidgets.market.storage import Storage
from mlwidgets.market.store_layout import ABSENT, Series, periods_among

SETTLED_AFTER = pd.Timedelta(days=1)
"""Age from which an absence is believed; exchanges fill younger ones in after an outage."""

ASK_AGAIN_AFTER = pd.Timedelta(days=30)
"""How long an absence is believed before the exchange is asked once more."""


def missing_ranges(
    storage: Storage, series: Series, start: int, end: int, now: pd.Timestamp
) -> NDArray[np.int64]:
    """The ranges of [start, end), on the grid, with neither candles nor believed absences.

    Returns:
        Shape (M, 2): starts and ends in epoch milliseconds.
    """
    times = _stored_times(storage, series, start, end)
    return uncovered(times, _believed(storage, series, now), start, end, series.step)


def remember_absences(
    storage: Storage, series: Series, start: int, end: int, now: pd.Timestamp
) -> None:
    """Write down that the exchange, asked for [start, end), has no more than is stored."""
    settled = epoch_ms(now - SETTLED_AFTER)
    end = min(end, settled - settled % series.step)
    if end <= start:
        return
    with storage.lock(series.folder):
        known = _believed(storage, series, now)
        times = _stored_times(storage, series, start, end)
        gaps = uncovered(times, NONE_ABSENT, start, end, series.step)
        asked = np.full((len(gaps), 1), epoch_ms(now), np.int64)
        absent = np.concatenate([outside(known, start, end), np.hstack([gaps, asked])])
        if not np.array_equal(absent, known):
            storage.write({series.file(ABSENT): encode_absent(series, absent)})


def _stored_times(storage: Storage, series: Series, start: int, end: int) -> NDArray[np.int64]:
    periods = periods_among(storage.names(series.folder), series, start, end)
    parts = [decode_times(storage, series, period) for period in periods]
    times = np.concatenate([np.empty(0, np.int64), *parts])
    return times[between(times, start, end)]


def _believed(storage: Storage, series: Series, now: pd.Timestamp) -> NDArray[np.int64]:
    if f"{ABSENT}.parquet" not in storage.names(series.folder):
        return NONE_ABSENT
    try:
        absent = decode_absent(storage, series)
    except BadMarketData:  # only a memory: asking the exchange again costs less than an error
        return NONE_ABSENT
    return absent[absent[:, 2] > epoch_ms(now - ASK_AGAIN_AFTER)]

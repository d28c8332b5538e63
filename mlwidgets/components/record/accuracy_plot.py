"""The directional accuracy of recorded or replayed forecasts over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from bqplot import Mark

from mlwidgets.components.evaluation.chart_data import MOST
from mlwidgets.components.evaluation.ticks import limits
from mlwidgets.components.evaluation.time_plots import TimePlot, line
from mlwidgets.components.plots.plot import LegendEntry
from mlwidgets.components.texts import text
from mlwidgets.record.track_record import TrackRecord

FEWEST = 40
"""Scored forecasts from which a line is drawn."""

_COIN = 0.5


class AccuracyPlot(TimePlot):
    """Share of right directions over runs of forecasts, beside the backtest's and a coin's."""

    def __init__(self) -> None:
        super().__init__(height=176, formats=".0%")
        self.figure.fig_margin = {"left": 44, "right": 28, "top": 8, "bottom": 24}
        self.draw(None)

    def draw(self, record: TrackRecord | None, *, replay: bool = False) -> None:
        """Draw the judged model's forecasts, live ones or those of a replay."""
        heading = text("record.chart.replay" if replay else "record.chart")
        shares = rolling_accuracy(record)
        if record is None or record.model is None or len(shares) < 2:
            self.show(heading, empty=text("record.chart.too_few", count=FEWEST))
            return
        promised = record.model.promised("directionalAccuracy")
        times = pd.DatetimeIndex(shares.index).tz_convert(None).as_unit("ms").to_numpy()
        levels = [_COIN, *([] if promised is None else [promised])]
        low, high = limits(shares.to_numpy(), np.array(levels), room=0.15)
        name = "record.chart.replayed" if replay else "record.chart.live"
        legend = [LegendEntry(text(name), "accent")]
        marks: list[Mark] = [self._level(times, _COIN, "todo")]
        if promised is not None:
            marks.append(self._level(times, promised, "muted"))
            legend.append(LegendEntry(text("record.backtest"), "muted", "dash"))
        marks.append(line(self.scales, times, shares.to_numpy(), "accent"))
        self.put(marks, times, max(low, 0.0), min(high, 1.0))
        self.axes[0].num_ticks = 3
        run = shares.attrs["run"]
        self.show(heading, legend=legend, note=text("record.chart.note", count=run))

    def _level(self, times: np.ndarray, share: float, colour: str) -> Mark:
        return line(self.scales, times[[0, -1]], np.full(2, share), colour, "dashed")


def rolling_accuracy(record: TrackRecord | None) -> pd.Series:
    """Share of right directions over runs of the judged model's forecasts.

    Returns:
        Float64, indexed by the last target's time of each run, at most `MOST` of them;
        `attrs["run"]` tells how many forecasts are in a run. Empty where there are too few.
    """
    empty = pd.Series(dtype="float64")
    if record is None or record.model is None:
        return empty
    rows = record.judged.loc[record.judged["hit"].notna()]
    if len(rows) < FEWEST:
        return empty
    run = min(100, max(FEWEST // 2, len(rows) // 4))
    right = pd.Series(rows["hit"].to_numpy(np.float64), index=pd.DatetimeIndex(rows["target_time"]))
    shares = right.rolling(run).mean().iloc[run - 1 :]
    shares = shares.iloc[:: -(-len(shares) // MOST)]
    shares.attrs["run"] = run
    return shares

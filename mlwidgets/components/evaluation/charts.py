"""Charts of backtests: price against prediction, errors, confidence, coverage, regimes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import traitlets as t
from ipywidgets import widget_serialization

from mlwidgets.components.evaluation.chart_data import ChartData, chart_data
from mlwidgets.components.evaluation.share_plots import (
    CoveragePlot,
    RegimePlot,
    ReliabilityPlot,
)
from mlwidgets.components.evaluation.time_plots import ErrorPlot, PricePlot
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.plots.plot import Plot
from mlwidgets.components.texts import language
from mlwidgets.forecast.arguments import COVERAGE


class ReportCharts(Piece):
    """Five charts of what one or two backtests forecast, in at most 400 points a line.

    Args:
        series: by name, predictions as `BacktestReport` has them.
        coverage: that the intervals intend.

    >>> import pandas as pd
    >>> time = pd.date_range("2025-01-01", periods=100, freq="h", tz="UTC", name="time")
    >>> rows = pd.DataFrame({"target_time": time, "close": 100.0, "predicted": 101.0,
    ...     "actual": 102.0, "lower": 99.0, "upper": 103.0, "probability_up": 0.6,
    ...     "regime": "Bull"}, index=time)
    >>> charts = ReportCharts({"LSTM": rows})
    >>> charts.price.heading
    'Price and prediction'
    """

    template = t.Unicode(component("report_charts")).tag(sync=True)
    price = t.Instance(Plot).tag(sync=True, **widget_serialization)
    errors = t.Instance(Plot).tag(sync=True, **widget_serialization)
    reliability = t.Instance(Plot).tag(sync=True, **widget_serialization)
    coverage = t.Instance(Plot).tag(sync=True, **widget_serialization)
    regimes = t.Instance(Plot).tag(sync=True, **widget_serialization)

    def __init__(
        self, series: Mapping[str, pd.DataFrame] | None = None, coverage: float = COVERAGE
    ) -> None:
        self._plots: dict[str, Any] = {
            "price": PricePlot(), "errors": ErrorPlot(), "reliability": ReliabilityPlot(),
            "coverage": CoveragePlot(), "regimes": RegimePlot(),
        }  # fmt: skip
        self._drawn: ChartData | None = None
        self._coverage = coverage
        super().__init__(**self._plots)
        if series:
            self.show(series, coverage)
        language.observe(lambda _: self.say(), "code")

    def show(self, series: Mapping[str, pd.DataFrame], coverage: float = COVERAGE) -> None:
        """Draw other predictions; arguments as above, none of them to draw nothing."""
        if series:
            self.draw(chart_data(series), coverage)

    def draw(self, data: ChartData, coverage: float = COVERAGE) -> None:
        """Draw what was computed elsewhere, in a thread for instance."""
        self._drawn, self._coverage = data, coverage
        self.say()

    def say(self) -> None:
        """Draw everything again, in another language."""
        if self._drawn is not None:
            for plot in self._plots.values():
                plot.draw(self._drawn, self._coverage)

"""Charts of a backtest in shares: confidence, coverage, accuracy by regime."""

from __future__ import annotations

import numpy as np
from bqplot import Bars, LinearScale, Mark, OrdinalScale, Scatter

from mlwidgets.components.evaluation.chart_data import ChartData, ForecastData
from mlwidgets.components.evaluation.ticks import limits, ticks
from mlwidgets.components.evaluation.time_plots import (
    COLOURS,
    TimePlot,
    line,
    names_of,
    replace_marks,
)
from mlwidgets.components.plots.plot import LegendEntry, Plot
from mlwidgets.components.texts import text
from mlwidgets.components.theme import css_variable
from mlwidgets.market.regimes import REGIMES

_REGIMES = {"Bull": "regime.bull", "Bear": "regime.bear", "Sideways": "regime.sideways"}


class ReliabilityPlot(Plot):
    """How often the price rose where a rise was promised with some probability."""

    def __init__(self) -> None:
        promised, came = LinearScale(), LinearScale()
        self.scales = {"x": promised, "y": came}
        super().__init__([], promised, came, formats={"x": ".0%", "y": ".0%"})

    def draw(self, data: ChartData, coverage: float) -> None:
        """Draw promised against observed shares; on the diagonal promises are kept."""
        tables = [one.reliability for one in data.forecasts.values() if one.reliability]
        heading, axes = text("evaluate.chart.reliability"), _axis_names("promised", "came")
        if not tables:
            self.show(heading, empty=text("evaluate.chart.no_moves"), axes=axes)
            return
        promised = limits(*(table.mean_probability for table in tables), room=0.1)
        came = limits(*(table.observed_share for table in tables), np.array([0.5]), room=0.1)
        both = np.array([max(promised[0], came[0]), min(promised[1], came[1])])
        marks: list[Mark] = [line(self.scales, both, both, "muted", "dashed")]
        for colour, table in zip(COLOURS, tables, strict=False):
            shade = [css_variable(colour)]
            x, y = table.mean_probability, table.observed_share
            marks += [
                line(self.scales, x, y, colour),
                Scatter(x=x, y=y, scales=self.scales, colors=shade, default_size=36),
            ]
        for axis, (name, ends) in zip(self.axes, (("x", promised), ("y", came)), strict=True):
            self.scales[name].min, self.scales[name].max = ends
            axis.tick_values = ticks(*ends)
        replace_marks(self, marks)
        kept = LegendEntry(text("evaluate.chart.kept"), "muted", "dash")
        self.show(heading, legend=[*names_of(data), kept], axes=axes)


class CoveragePlot(TimePlot):
    """Share of prices that their interval held, over runs of forecasts."""

    def __init__(self) -> None:
        super().__init__(formats=".0%")

    def draw(self, data: ChartData, coverage: float) -> None:
        """Draw rolling coverages beside the one that was intended."""
        heading = text("evaluate.chart.coverage")
        known = [one for one in data.forecasts.values() if one.coverage.values.size > 1]
        if not known:
            self.show(heading, empty=text("evaluate.chart.too_few"))
            return
        time = known[0].coverage.time
        low, high = limits(*(one.coverage.values for one in known), np.array([coverage]), room=0.15)
        goal = np.full(2, coverage)
        marks: list[Mark] = [line(self.scales, time[[0, -1]], goal, "muted", "dashed")]
        marks += [
            line(self.scales, one.coverage.time, one.coverage.values, colour)
            for colour, one in zip(COLOURS, known, strict=False)
        ]
        self.put(marks, time, max(low, 0.0), min(high, 1.0) if low < 1 else 1.01)
        intended = LegendEntry(text("evaluate.chart.intended", share=f"{100 * coverage:.0f}"),
                               "muted", "dash")  # fmt: skip
        note = text("evaluate.chart.coverage.note", count=f"{known[0].run:,}")
        self.show(heading, legend=[*names_of(data), intended], note=note)


class RegimePlot(Plot):
    """Directional accuracy in each market regime."""

    def __init__(self) -> None:
        self.regime, self.share = OrdinalScale(), LinearScale(min=0.0, max=1.0)
        super().__init__([], self.regime, self.share, formats={"y": ".0%"})
        self.axes[1].tick_values = np.array([0.0, 0.25, 0.5, 0.75, 1.0])

    def draw(self, data: ChartData, coverage: float) -> None:
        """Draw a bar a regime; half of the directions are what a coin calls right."""
        heading = text("evaluate.chart.regimes")
        parts = [*data.forecasts.values()]
        seen = [name for name in REGIMES if any(_score(one, name)[1] for one in parts)]
        if not seen:
            self.show(heading, empty=text("evaluate.chart.no_moves"))
            return
        names = [f"{text(_REGIMES[name])} ({_score(parts[0], name)[1]:,})" for name in seen]
        shares = np.array([[_score(one, name)[0] for name in seen] for one in parts])
        colours = [css_variable(colour) for colour in COLOURS[: len(parts)]]
        bars = Bars(
            x=names, y=shares if len(parts) > 1 else shares[0], type="grouped", padding=0.5,
            scales={"x": self.regime, "y": self.share}, colors=colours, opacities=[0.75] * 3,
        )  # fmt: skip
        coin = line({"x": self.regime, "y": self.share}, np.array(names), np.full(len(names), 0.5),
                    "muted", "dashed")  # fmt: skip
        replace_marks(self, [bars, coin] if len(names) > 1 else [bars])
        note = text("evaluate.chart.regimes.note")
        self.show(heading, legend=names_of(data), note=note)


def _score(forecast: ForecastData, regime: str) -> tuple[float, int]:
    found = (each for each in forecast.regimes if each.regime == regime)
    return next(((each.accuracy, each.count) for each in found), (0.0, 0))


def _axis_names(*names: str) -> tuple[str, str]:
    words = {
        "promised": text("evaluate.chart.promised"), "came": text("evaluate.chart.came"),
    }  # fmt: skip
    first, second = (words[name] for name in names)
    return first, second

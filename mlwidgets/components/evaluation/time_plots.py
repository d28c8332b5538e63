"""Charts of a backtest over time: prices against predictions, and errors."""

from __future__ import annotations

import numpy as np
from bqplot import DateScale, LinearScale, Lines, Mark

from mlwidgets.components.evaluation.chart_data import ChartData, Times
from mlwidgets.components.evaluation.ticks import limits, ticks
from mlwidgets.components.formats import price_decimals
from mlwidgets.components.plots.plot import LegendEntry, Plot
from mlwidgets.components.texts import text
from mlwidgets.components.theme import css_variable

COLOURS = ("accent", "average_2", "average_3")
"""Of the forecasts, in their order."""


class TimePlot(Plot):
    """A plot over time whose marks are made anew each time that it is drawn.

    Args:
        height: pixels.
        formats: of the ticks of the vertical axis, as d3 takes them.
    """

    def __init__(self, height: int = 240, formats: str = ",.0f") -> None:
        self.time, self.value = DateScale(), LinearScale()
        super().__init__(
            [], self.time, self.value, height=height, formats={"y": formats}, margin={"right": 32}
        )

    def put(self, marks: list[Mark], times: Times, low: float, high: float) -> None:
        """Draw marks over a span of time, between two values."""
        replace_marks(self, marks)
        self.time.min, self.time.max = (times[at].item() for at in (0, -1))
        with self.value.hold_sync():
            self.value.min, self.value.max = low, high
        self.axes[0].num_ticks = 6
        self.axes[1].tick_values = ticks(low, high)

    @property
    def scales(self) -> dict[str, DateScale | LinearScale]:
        """For marks."""
        return {"x": self.time, "y": self.value}


class PricePlot(TimePlot):
    """Actual prices, predictions, and the interval of a forecast that stands alone."""

    def __init__(self) -> None:
        super().__init__(height=300)

    def draw(self, data: ChartData, coverage: float) -> None:
        """Draw predictions; `coverage` is what the intervals intend."""
        alone = len(data.forecasts) == 1
        marks: list[Mark] = []
        seen = [data.actual.values]
        legend = [LegendEntry(text("evaluate.chart.actual"), "muted")]
        for colour, (name, one) in zip(COLOURS, data.forecasts.items(), strict=False):
            if alone:
                marks.append(self._band(one.time, one.lower, one.upper, colour))
                seen += [one.lower, one.upper]
            marks.append(line(self.scales, one.time, one.predicted, colour))
            seen.append(one.predicted)
            legend.append(LegendEntry(text("evaluate.chart.predicted", name=name), colour))
        if alone:
            share = f"{100 * coverage:.0f}"
            legend.append(LegendEntry(text("evaluate.chart.interval", share=share), "accent",
                                      "area"))  # fmt: skip
        marks.insert(int(alone), line(self.scales, data.actual.time, data.actual.values, "muted"))
        low, high = limits(*seen)
        self.axes[1].tick_format = f",.{price_decimals(high) if high < 100 else 0}f"
        self.put(marks, data.actual.time, low, high)
        note = text("evaluate.chart.every", every=data.every) if data.every > 1 else ""
        self.show(text("evaluate.chart.price"), legend=legend, note=note)

    def _band(self, time: Times, lower: np.ndarray, upper: np.ndarray, colour: str) -> Lines:
        shade = [css_variable(colour)]
        return Lines(
            x=np.concatenate([time, time[::-1]]), y=np.concatenate([upper, lower[::-1]]),
            scales=self.scales, close_path=True, fill="inside", fill_colors=shade,
            fill_opacities=[0.16], colors=shade, stroke_width=0,
        )  # fmt: skip


class ErrorPlot(TimePlot):
    """How large errors were over time."""

    def draw(self, data: ChartData, coverage: float) -> None:
        """Draw mean absolute errors of blocks of forecasts."""
        lines = {name: one.errors for name, one in data.forecasts.items()}
        high = max(float(one.values.max()) for one in lines.values()) * 1.08 or 1.0
        marks: list[Mark] = [
            line(self.scales, one.time, one.values, colour)
            for colour, one in zip(COLOURS, lines.values(), strict=False)
        ]
        self.axes[1].tick_format = f",.{price_decimals(high) if high < 100 else 0}f"
        self.put(marks, data.actual.time, 0.0, high)
        self.show(text("evaluate.chart.errors"), legend=names_of(data),
                  note=text("evaluate.chart.errors.note"))  # fmt: skip


def line(
    scales: dict[str, DateScale | LinearScale], x: np.ndarray, y: np.ndarray, colour: str,
    style: str = "solid",
) -> Lines:  # fmt: skip
    """A line in a colour of the theme."""
    return Lines(
        x=x, y=y, scales=scales, colors=[css_variable(colour)], stroke_width=1.5, line_style=style
    )


def names_of(data: ChartData) -> list[LegendEntry]:
    """The legend of several forecasts; one alone needs none."""
    if len(data.forecasts) == 1:
        return []
    return [
        LegendEntry(name, colour) for colour, name in zip(COLOURS, data.forecasts, strict=False)
    ]


def replace_marks(plot: Plot, marks: list[Mark]) -> None:
    """Draw other marks; those that were drawn are let go."""
    before, plot.figure.marks = plot.figure.marks, marks
    for mark in before:
        mark.close()

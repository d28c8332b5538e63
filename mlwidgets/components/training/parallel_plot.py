"""A line a trial through its hyper-parameters, coloured by its rank."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from bqplot import Axis, Label, LinearScale, Lines

from mlwidgets.components.plots.plot import LegendEntry, Plot
from mlwidgets.components.texts import text
from mlwidgets.components.theme import css_variable
from mlwidgets.components.training.names import short_name
from mlwidgets.components.training.trials import Trial, complete
from mlwidgets.search.ranges import Choice
from mlwidgets.search.space import SearchSpace

_SHADES = (("accent", 0.9), ("accent", 0.55), ("accent", 0.3), ("todo", 0.6), ("todo", 0.35))
"""Colour and opacity of each fifth of the trials, the best first."""

_MOST = 200
"""Lines that are drawn: the best, and of the others evenly chosen ones."""


class ParallelPlot(Plot):
    """Complete trials over the hyper-parameters that were drawn, each scaled to its range."""

    def __init__(self) -> None:
        x, y = LinearScale(min=-0.4, max=0.4), LinearScale(min=-0.1, max=1.12)
        scales = {"x": x, "y": y}
        self.fifths = [
            Lines(scales=scales, colors=[css_variable(colour)], stroke_width=1.25,
                  opacities=[opacity])
            for colour, opacity in reversed(_SHADES)
        ]  # fmt: skip
        self.best = Lines(scales=scales, colors=[css_variable("up")], stroke_width=3)
        labels = {"scales": scales, "colors": [css_variable("muted")], "default_size": 11,
                  "font_weight": "normal", "align": "middle"}  # fmt: skip
        self.ends = Label(**labels)
        self.across = Axis(scale=x, grid_lines="solid")
        super().__init__(
            [*self.fifths, self.best, self.ends], x, y, height=224,
            margin={"left": 24, "right": 24, "bottom": 28}, axes=[self.across],
        )  # fmt: skip

    def draw(self, trials: Sequence[Trial], space: SearchSpace, names: Sequence[str]) -> None:
        """Draw trials.

        Args:
            trials: finished ones; the complete ones are drawn.
            space: what they were drawn from.
            names: the hyper-parameters that were drawn.
        """
        ranked = sorted(complete(trials), key=lambda trial: (trial.loss, trial.number))
        chosen = _chosen(ranked)
        if chosen and names:
            self._axes(space, names)
            self._lines(chosen, space, names)
        self._say(ranked, len(chosen), names)

    def _axes(self, space: SearchSpace, names: Sequence[str]) -> None:
        places = np.arange(len(names), dtype=float)
        self.x.min, self.x.max = -0.4, len(names) - 0.6
        self.across.tick_labels = {str(at): short_name(name) for at, name in enumerate(names)}
        self.across.tick_values = places
        ends = [(min(values), max(values)) for values in (_values(space, name) for name in names)]
        with self.ends.hold_sync():
            self.ends.x = np.concatenate([places, places])
            self.ends.y = np.concatenate([np.full(len(names), -0.09), np.full(len(names), 1.05)])
            self.ends.text = [f"{low:g}" for low, _ in ends] + [f"{high:g}" for _, high in ends]

    def _lines(self, chosen: Sequence[Trial], space: SearchSpace, names: Sequence[str]) -> None:
        rows = np.array([[_place(space, name, trial) for name in names] for trial in chosen])
        places = np.arange(len(names), dtype=float)
        parts = np.array_split(rows, len(_SHADES))
        for mark, part in zip(reversed(self.fifths), parts, strict=True):
            mark.visible = len(part) > 0
            if len(part):
                with mark.hold_sync():
                    mark.x, mark.y = places, part
        with self.best.hold_sync():
            self.best.x, self.best.y = places, rows[0]

    def _say(self, ranked: Sequence[Trial], drawn: int, names: Sequence[str]) -> None:
        note = text("train.parallel.note")
        if drawn < len(ranked):
            note += " " + text("train.parallel.some", drawn=drawn, count=len(ranked))
        empty = "" if ranked else text("train.waits")
        best = text("train.parallel.best", number=ranked[0].number) if ranked else ""
        self.show(
            text("train.parallel"), note=note,
            empty=empty if names else text("train.parallel.fixed"),
            label=text("train.parallel.label", count=drawn),
            legend=[
                LegendEntry(best, "up"),
                LegendEntry(text("train.parallel.better"), "accent"),
                LegendEntry(text("train.parallel.worse"), "todo"),
            ],
        )  # fmt: skip


def _chosen(ranked: Sequence[Trial]) -> Sequence[Trial]:
    if len(ranked) <= _MOST:
        return ranked
    half = _MOST // 2
    others = np.linspace(half, len(ranked) - 1, half).round().astype(int)
    return [*ranked[:half], *(ranked[at] for at in others)]


def _values(space: SearchSpace, name: str) -> tuple[float, ...]:
    values: tuple[float, ...] = getattr(space, name).values()
    return values


def _place(space: SearchSpace, name: str, trial: Trial) -> float:
    """Where a trial's value lies between the ends of its range, from 0 to 1."""
    chosen, value = getattr(space, name), float(getattr(trial.config, name))
    values = sorted(float(each) for each in chosen.values())
    if isinstance(chosen, Choice):
        at = min(range(len(values)), key=lambda place: abs(values[place] - value))
        return at / max(len(values) - 1, 1)
    low, high = values[0], values[-1]
    if low == high:
        return 0.5
    if chosen.log:
        low, high, value = math.log(low), math.log(high), math.log(value)
    return (value - low) / (high - low)

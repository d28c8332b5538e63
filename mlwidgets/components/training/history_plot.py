"""Optimization history: the skill of each trial and the best so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bqplot import Axis, LinearScale, Lines, Scatter

from mlwidgets.components.plots.plot import LegendEntry, Plot
from mlwidgets.components.texts import text
from mlwidgets.components.theme import css_variable
from mlwidgets.components.training.scales import Limits, limits_of, ticks
from mlwidgets.components.training.trials import Trial, complete

_MOST = 400
"""Dots that are drawn of a kind: beyond that, evenly chosen ones."""


class HistoryPlot(Plot):
    """Trials as dots, those given up early as faint crosses, the best so far as a line."""

    def __init__(self) -> None:
        x, y = LinearScale(min=-0.5, max=9.5), LinearScale(min=-0.01, max=0.01)
        scales = {"x": x, "y": y}
        self.complete = Scatter(
            scales=scales, colors=[css_variable("accent")], default_size=28, stroke_width=0,
            opacities=[0.75],
        )  # fmt: skip
        self.pruned = Scatter(
            scales=scales, colors=[css_variable("todo")], marker="cross", default_size=28,
            stroke_width=0,
        )  # fmt: skip
        self.best = Lines(
            scales=scales, colors=[css_variable("up")], interpolation="step-after", stroke_width=2
        )
        options = {"num_ticks": 5, "label_offset": "30px"}
        across = Axis(scale=x, tick_format="d", grid_lines="none", **options)
        up = Axis(scale=y, side="left", tick_format="+.1%", grid_lines="solid",
                  **{**options, "label_offset": "52px"})  # fmt: skip
        marks = [self.pruned, self.complete, self.best]
        super().__init__(marks, x, y, height=224, margin={"left": 68}, axes=[across, up])

    def draw(self, trials: Sequence[Trial], expected: int) -> None:
        """Draw trials, in a picture that has room for as many as are expected."""
        done = complete(trials)
        pruned = [trial for trial in trials if trial.state == "PRUNED" and trial.skill is not None]
        limits = limits_of([trial.skill or 0.0 for trial in done or pruned])
        last = max(expected, len(trials), 2) - 1
        self.x.min, self.x.max = -0.02 * last - 0.3, 1.02 * last + 0.3
        self.axes[0].tick_values = np.array(ticks(0, last, whole=True))
        self.y.min, self.y.max = limits.low, limits.high
        self.axes[1].tick_values = np.array(ticks(limits.low, limits.high))
        _dots(self.complete, done, limits)
        _dots(self.pruned, pruned, limits)
        with self.best.hold_sync():
            self.best.x, self.best.y = _best_so_far(done, trials)
        below = sum(1 for trial in [*done, *pruned] if (trial.skill or 0) < limits.low)
        self._say(trials, below)

    def _say(self, trials: Sequence[Trial], below: int) -> None:
        failed = sum(trial.state == "FAIL" for trial in trials)
        notes = [text("train.history.note")]
        if below:
            notes.append(text("train.history.below", count=below))
        if failed:
            notes.append(text("train.history.failed", count=failed))
        self.show(
            text("train.history"), note=" ".join(notes),
            empty="" if any(trial.skill is not None for trial in trials) else text("train.waits"),
            label=text("train.history.label", count=len(trials)),
            axes=(text("train.axis.trial"), text("train.axis.skill")),
            legend=[
                LegendEntry(text("train.state.complete"), "accent", "dot"),
                LegendEntry(text("train.state.pruned"), "todo", "dot"),
                LegendEntry(text("train.best_so_far"), "up"),
            ],
        )  # fmt: skip


def _dots(mark: Scatter, trials: Sequence[Trial], limits: Limits) -> None:
    chosen = trials[:: -(-len(trials) // _MOST) or 1]
    with mark.hold_sync():
        mark.x = np.array([trial.number for trial in chosen], dtype=float)
        mark.y = np.array([max(limits.low, trial.skill or 0.0) for trial in chosen])


def _best_so_far(done: Sequence[Trial], trials: Sequence[Trial]) -> tuple[np.ndarray, np.ndarray]:
    """The corners of the line, which ends at the newest trial."""
    corners: list[tuple[int, float]] = []
    for trial in done:
        skill = trial.skill or 0.0
        if not corners or skill > corners[-1][1]:
            corners.append((trial.number, skill))
    if corners and trials[-1].number > corners[-1][0]:
        corners.append((trials[-1].number, corners[-1][1]))
    numbers, skills = zip(*corners, strict=True) if corners else ((), ())
    return np.array(numbers, dtype=float), np.array(skills, dtype=float)

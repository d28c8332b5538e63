"""How much each hyper-parameter matters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from bqplot import Bars, LinearScale, OrdinalScale

from mlwidgets.components.formats import percent
from mlwidgets.components.plots.plot import Plot
from mlwidgets.components.texts import text
from mlwidgets.components.theme import css_variable
from mlwidgets.components.training.importances import FEWEST
from mlwidgets.components.training.names import short_name


class ImportancePlot(Plot):
    """Bars of the estimated shares, the largest on top."""

    def __init__(self) -> None:
        across, up = LinearScale(min=0.0, max=1.0), OrdinalScale()
        self.bars = Bars(
            scales={"x": up, "y": across}, orientation="horizontal",
            colors=[css_variable("accent")], padding=0.45,
        )  # fmt: skip
        super().__init__(
            [self.bars], across, up, height=224, margin={"left": 84}, formats={"x": ".0%"}
        )
        self.axes[0].tick_values = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
        self.axes[1].grid_lines = "none"

    def draw(self, shares: Mapping[str, float], done: int) -> None:
        """Draw shares that were estimated from so many complete trials."""
        rising = [*shares.items()][::-1]  # of an ordinal scale the first is at the bottom
        if rising:
            with self.bars.hold_sync():
                self.bars.x = [short_name(name) for name, _ in rising]
                self.bars.y = np.array([share for _, share in rising])
        parts = [f"{short_name(name)} {percent(share, 0)}" for name, share in shares.items()]
        missing = max(FEWEST - done, 0)
        short = text("train.importance.short", count=missing) if missing else text("train.waits")
        self.show(
            text("train.importance"), note=text("train.importance.note"),
            empty="" if shares else short, label=f"{text('train.importance')}: {', '.join(parts)}",
        )  # fmt: skip

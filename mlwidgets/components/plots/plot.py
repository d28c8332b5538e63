"""A small chart with its title, legend and empty state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import traitlets as t
from bqplot import Axis, Figure, Mark, Scale
from ipywidgets import widget_serialization

from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece

Shape = Literal["line", "dash", "dot", "area"]

MARGIN = {"left": 64, "right": 16, "top": 8, "bottom": 40}
"""Room for the axes, in pixels."""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """What a colour stands for.

    Attributes:
        name: in words.
        colour: of the theme, e.g. `accent`.
        shape: how the mark is drawn.
    """

    name: str
    colour: str
    shape: Shape = "line"


class Plot(Piece):
    """A bqplot figure as a card of the page's look; its colours follow the theme.

    Give marks colours by `mlwidgets.components.theme.css_variable`, so that they change with it.

    Args:
        marks: what is drawn, on scales of the caller's.
        x: the scale of the horizontal axis.
        y: that of the vertical one.
        height: of the figure, in pixels.
        formats: of the ticks, by axis, as d3 takes them: `{"y": ",.0f"}`.
        margin: room around the plot where it differs from `MARGIN`, in pixels.
        axes: in place of those made from `x` and `y`.

    >>> from bqplot import Lines, LinearScale
    >>> x, y = LinearScale(), LinearScale()
    >>> plot = Plot([Lines(x=[1, 2], y=[3, 4], scales={"x": x, "y": y})], x, y)
    >>> plot.show("Losses by trial", empty="")
    >>> plot.heading
    'Losses by trial'
    """

    template = t.Unicode(component("plot")).tag(sync=True)
    figure = t.Instance(Figure).tag(sync=True, **widget_serialization)
    heading = t.Unicode(help="the title").tag(sync=True)
    note = t.Unicode(help="what is to be said of it in a line").tag(sync=True)
    empty = t.Unicode(help="why there is nothing to see; the figure is hidden then").tag(sync=True)
    height = t.Int(240, help="pixels").tag(sync=True)
    legend = t.List(t.Dict(), help="names and colours").tag(sync=True)
    label = t.Unicode(help="what the picture shows, for screen readers").tag(sync=True)

    def __init__(
        self,
        marks: Sequence[Mark],
        x: Scale,
        y: Scale,
        *,
        height: int = 240,
        formats: dict[str, str] | None = None,
        margin: dict[str, int] | None = None,
        axes: Sequence[Axis] | None = None,
    ) -> None:
        self.x, self.y = x, y
        self.axes = [*axes] if axes is not None else _axes(x, y, formats or {})
        figure = Figure(
            marks=[*marks], axes=self.axes, fig_margin={**MARGIN, **(margin or {})},
            padding_x=0.02, padding_y=0.04, display_toolbar=False, animation_duration=0,
            layout={"height": f"{height}px", "width": "100%", "min_width": "0"},
        )  # fmt: skip
        super().__init__(figure=figure, height=height)

    def show(
        self,
        heading: str,
        *,
        legend: Sequence[LegendEntry] = (),
        note: str = "",
        empty: str = "",
        label: str = "",
        axes: tuple[str, str] = ("", ""),
    ) -> None:
        """Say what the chart shows.

        Args:
            heading: the title.
            legend: what the colours stand for.
            note: a line below the title.
            empty: why there is nothing to see; empty where there is.
            label: the picture in a sentence for screen readers; default: the title.
            axes: names of the horizontal and the vertical axis.
        """
        for axis, name in zip(self.axes, axes, strict=False):
            axis.label = name
        self.tell(
            {
                "heading": heading, "note": note, "empty": empty, "label": label or heading,
                "legend": [asdict(entry) for entry in legend],
            }
        )  # fmt: skip


def _axes(x: Scale, y: Scale, formats: dict[str, str]) -> list[Axis]:
    options: dict[str, Any] = {"grid_lines": "solid", "num_ticks": 5, "label_offset": "30px"}
    across, up = ({"tick_format": formats[name]} if name in formats else {} for name in "xy")
    return [
        Axis(scale=x, **{**options, "grid_lines": "none"}, **across),
        Axis(scale=y, side="left", **{**options, "label_offset": "48px"}, **up),
    ]

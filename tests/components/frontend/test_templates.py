"""What people hear who do not see the page: nothing that matters is hidden from them."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files

import pytest

TEMPLATES = sorted(
    file.name for file in files("mlwidgets.components.frontend").iterdir()
    if file.name.endswith(".html")
)  # fmt: skip
CONTROLS = {"button", "input", "select", "textarea", "a"}
VOID = {"input", "br", "path", "rect", "img"}

Element = tuple[str, dict[str, str | None]]


class Reader(HTMLParser):
    """Collects each element of a template with those around it, the outermost first."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self.found: list[list[Element]] = []
        self._open: list[Element] = []
        self.feed(files("mlwidgets.components.frontend").joinpath(template).read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append([*self._open, (tag, dict(attrs))])
        if tag not in VOID:
            self._open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass


def controls(template: str) -> Iterator[list[Element]]:
    """What lies around each control of a template."""
    for *around, (tag, _) in Reader(template).found:
        if tag in CONTROLS:
            yield around


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_control_lies_in_a_picture_or_in_what_is_hidden(template: str) -> None:
    for around in controls(template):
        assert not [
            element for element in around
            if element[1].get("role") == "img" or element[1].get("aria-hidden") == "true"
        ]  # fmt: skip


def test_the_chart_says_that_it_is_empty_and_keeps_its_drawing_to_itself() -> None:
    paths = {tuple(path[-1][1].get("class", "").split()): path
             for path in Reader("price_chart.html").found}  # fmt: skip
    [figure] = [
        path for path in Reader("price_chart.html").found if path[-1][0] == "jupyter-widget"
    ]

    assert not [one for one in paths["mlw-chart__empty",] if one[1].get("role") == "img"]
    assert figure[-2][1]["aria-hidden"] == "true"


def test_the_connection_and_its_reason_can_be_reached_by_keyboard() -> None:
    [chip] = [path[-1][1] for path in Reader("frame.html").found
              if path[-1][1].get("class") == "mlw-chip"]  # fmt: skip

    assert chip["tabindex"] == "0"
    assert (chip[":aria-label"], chip[":title"]) == ("reachable", "market.title")

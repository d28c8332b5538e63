"""The notebook that shows each component alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "components.ipynb"
SHOWN = ("chart", "table", "charts", "stepper", "tabs")


def test_each_component_shows_itself_in_its_cell(run: Callable[..., Any]) -> None:
    shown = run(nbformat.read(NOTEBOOK, as_version=4))

    assert {*SHOWN} <= {*shown}
    for name in SHOWN:
        assert "application/vnd.jupyter.widget-view+json" in shown[name], name


def test_it_is_kept_without_outputs() -> None:
    code = [
        cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"
    ]

    assert all(not cell.outputs and cell.execution_count is None for cell in code)

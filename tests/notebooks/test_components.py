"""The notebook that shows each component alone."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "components.ipynb"
SHOWN = ("chart", "table", "charts", "stepper", "tabs")


def test_each_component_shows_itself_in_its_cell(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))

    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(home)}}).execute()

    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    assert {*SHOWN} <= {*outputs}
    for name in SHOWN:
        [output] = outputs[name]
        assert "application/vnd.jupyter.widget-view+json" in output.data


def test_it_is_kept_without_outputs() -> None:
    code = [
        cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"
    ]

    assert all(not cell.outputs and cell.execution_count is None for cell in code)

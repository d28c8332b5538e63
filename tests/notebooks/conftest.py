"""Notebooks run as in a kernel: by IPython inside a running event loop, but in this process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from traitlets.config import Config

Run = Callable[[NotebookNode], dict[str, dict[str, Any]]]


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a notebook's cells in an empty home; what each shows, by its id and MIME type."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # IPython takes it
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))

    async def cells(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
        shown = {}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                answer = await shell.run_cell_async(cell.source, transformed_cell=cell.source)
                answer.raise_error()
                shown[cell.id] = shell.display_formatter.format(answer.result)[0]
        return shown

    return lambda notebook: asyncio.run(cells(notebook))

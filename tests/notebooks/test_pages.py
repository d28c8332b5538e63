"""The pages as notebooks: a few lines each, the same for the server and for JupyterLab."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

import mlwidgets

SHIPPED = Path(mlwidgets.__file__).parent / "server" / "pages"
PROJECT = Path(__file__).parents[2] / "notebooks"


@pytest.mark.parametrize("page", ["ml", "trading"])
def test_the_project_s_notebook_shows_what_the_server_shows(page: str) -> None:
    shipped, own = ((folder / f"{page}.ipynb").read_text() for folder in (SHIPPED, PROJECT))

    assert own == shipped


@pytest.mark.parametrize(("page", "name"), [("ml", "MLDashboard"), ("trading", "TradingDashboard")])
def test_a_page_is_an_import_and_its_dashboard(page: str, name: str) -> None:
    [cell] = nbformat.read(SHIPPED / f"{page}.ipynb", as_version=4).cells

    assert cell.source == f"import mlwidgets as mw\n\nmw.{name}()"
    assert (cell.outputs, cell.execution_count) == ([], None)

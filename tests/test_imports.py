"""Imports run one way, and only where a library belongs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from import_graph import ImportGraph

import mlwidgets

ORDER = (
    "errors",
    "settings",
    "database",
    "cluster",
    "market",
    "features",
    "forecast",
    "evaluation",
    "search",
    "record",
    "registry",
    "jobs",
    "components",
    "dashboards",
    "server",
    "__init__",
    "cli",
    "__main__",
)
"""Folders and modules right under mlwidgets; each imports from those before it only.

`__init__` is the public face: it offers what lies before it, and only the command line uses it.
"""

STRANGERS = {("server", "components"), ("server", "dashboards")}
"""Parts that must not import each other, though their order would permit it."""

HOMES = {
    "ipywidgets": ("components", "dashboards"),
    "ipyvuetify": ("components", "dashboards"),
    "bqplot": ("components", "dashboards"),
    "bqscales": ("components", "dashboards"),
    "ccxt": ("market.exchange.client",),
}
"""Libraries that only some modules may import."""


def violations(graph: ImportGraph) -> list[str]:
    """What breaks the rules, in words; empty where all is well."""
    return [*_wrong_ways(graph), *_strays(graph), *_unknown_parts(graph)]


def _wrong_ways(graph: ImportGraph) -> list[str]:
    return [
        str(found)
        for found in graph.inner()
        if not _permitted(_part(found.module), _part(found.target))
    ]


def _permitted(part: str, target: str) -> bool:
    if part == target:
        return True
    if target not in ORDER or part not in ORDER or (part, target) in STRANGERS:
        return False
    return ORDER.index(target) < ORDER.index(part)


def _strays(graph: ImportGraph) -> list[str]:
    return [
        f"{found}, which belongs in {' and '.join(homes)} only"
        for found in graph.outer()
        if (homes := HOMES.get(found.target.partition(".")[0]))
        and not any(f"{found.module}.".startswith(f"{graph.package}.{home}.") for home in homes)
    ]


def _unknown_parts(graph: ImportGraph) -> list[str]:
    parts = {_part(module) for module in graph.modules} - {*ORDER}
    return [f"{part} has no place in ORDER: give it one" for part in sorted(parts)]


def _part(module: str) -> str:
    """The folder or module right under the package: `market` of `mlwidgets.market.store`."""
    return module.split(".")[1] if "." in module else "__init__"


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return ImportGraph.read(Path(mlwidgets.__file__).parent)


def test_every_import_follows_the_order_of_the_layers(graph: ImportGraph) -> None:
    assert violations(graph) == []


def test_no_modules_import_each_other_in_a_circle(graph: ImportGraph) -> None:
    assert graph.cycle() == []


def test_the_rules_are_applied_to_the_whole_package(graph: ImportGraph) -> None:
    assert {"mlwidgets", "mlwidgets.errors", "mlwidgets.market.exchange.client"} <= {*graph.modules}
    assert {"errors", "market", "forecast"} <= {_part(found.target) for found in graph.inner()}
    assert "ccxt" in {found.target.partition(".")[0] for found in graph.outer()}


def written(folder: Path, modules: dict[str, str]) -> ImportGraph:
    """The imports of a package `fake` whose modules have these paths and sources."""
    for path, source in {"__init__": "", **modules}.items():
        file = folder / "fake" / f"{path}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    return ImportGraph.read(folder / "fake")


@pytest.mark.parametrize(
    "source",
    [
        "from fake.forecast.model import Model",
        "import fake.forecast.model as model",
        "from fake.forecast import model",
        "from ..forecast.model import Model",
        "from .. import forecast",
        "def load():\n    from fake.forecast.model import Model",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import fake.forecast.model",
        "from importlib import import_module\nimport_module('fake.forecast.model')",
    ],
)
def test_an_import_against_the_order_is_found_however_it_is_written(
    tmp_path: Path, source: str
) -> None:
    graph = written(
        tmp_path, {"market/store": source, "forecast/__init__": "", "forecast/model": ""}
    )

    [violation] = violations(graph)

    assert violation.startswith(f"fake.market.store, line {source.count(chr(10)) + 1}, imports")
    assert "fake.forecast" in violation


@pytest.mark.parametrize(
    "source", ["from fake.errors import Error", "from . import files", "import math, pandas as pd"]
)
def test_an_import_along_the_order_is_fine(tmp_path: Path, source: str) -> None:
    graph = written(tmp_path, {"errors": "", "market/store": source, "market/files": ""})

    assert violations(graph) == []


def test_the_face_offers_what_lies_behind_it_and_only_the_command_line_uses_it(
    tmp_path: Path,
) -> None:
    face, client = "from fake.market import files", "from fake import files"
    modules = {"__init__": face, "market/files": "", "cli": client, "server": client}

    assert violations(written(tmp_path, modules)) == ["fake.server, line 1, imports fake"]


def test_server_and_dashboards_are_strangers(tmp_path: Path) -> None:
    server = "import fake.dashboards, fake.components"
    graph = written(tmp_path, {"dashboards": "", "components": "", "server": server})

    assert len(violations(graph)) == 2


def test_a_part_that_the_order_does_not_know_is_asked_about(tmp_path: Path) -> None:
    graph = written(tmp_path, {"utils": ""})

    assert violations(graph) == ["utils has no place in ORDER: give it one"]


def test_libraries_stay_where_they_belong(tmp_path: Path) -> None:
    graph = written(
        tmp_path,
        {
            "market/exchange/client": "import ccxt.pro",
            "market/exchange/clients": "import ccxt",
            "market/exchange/paging": "def ask():\n    from ccxt import NetworkError",
            "components/chart": "from bqplot import Figure",
            "jobs/view": "def show():\n    from ipywidgets import HTML",
        },
    )

    assert [violation.split(",")[0] for violation in violations(graph)] == [
        "fake.jobs.view",
        "fake.market.exchange.clients",
        "fake.market.exchange.paging",
    ]


def test_a_circle_is_found_behind_modules_that_only_lead_to_it(tmp_path: Path) -> None:
    graph = written(
        tmp_path,
        {
            "market/a": "from fake.market import b",
            "market/b": "def late():\n    from fake.market.c import C",
            "market/c": "if TYPE_CHECKING:\n    from . import b, d",
            "market/d": "",
        },
    )

    assert graph.cycle() == ["fake.market.b", "fake.market.c"]


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after a statement."""
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    return {*subprocess.check_output([sys.executable, "-c", code], text=True).split()}


def test_importing_mlwidgets_loads_nothing_heavy() -> None:
    loaded = modules_after("import mlwidgets")

    assert "mlwidgets" in loaded
    assert not loaded & {"torch", "ccxt", "pandas", "pydantic", "numpy", "scipy", "optuna"}


def test_importing_market_data_loads_neither_torch_nor_ccxt(graph: ImportGraph) -> None:
    market = [name for name in graph.modules if name.startswith("mlwidgets.market")]
    statement = f"import {', '.join(name for name in market if not name.endswith('__main__'))}"

    assert not modules_after(statement) & {"torch", "ccxt", "scipy", "optuna", "dask"}

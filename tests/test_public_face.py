"""`import mlwidgets as mw` offers these names and no others."""

from __future__ import annotations

import inspect
import subprocess
import sys
from types import ModuleType

import pytest

import mlwidgets as mw

FACE = [
    "BacktestReport",
    "CandidateStore",
    "CandleStore",
    "Choice",
    "Column",
    "Comparison",
    "Exchange",
    "Fixed",
    "FloatRange",
    "Forecast",
    "IntRange",
    "MLDashboard",
    "MetricTable",
    "ModelConfig",
    "ModelRegistry",
    "ModelSpec",
    "PriceChart",
    "ReportCharts",
    "SearchResult",
    "SearchSpace",
    "SimulatedMarket",
    "Tab",
    "TabPanel",
    "TrackRecord",
    "TradingDashboard",
    "TrainedModel",
    "WorkflowStepper",
    "backtest",
    "compare",
    "errors",
    "jobs",
    "load_candles",
    "optimize",
    "read_candles",
    "simulate_market",
    "track_record",
    "train_model",
]
"""A name added here is a promise, one taken away a broken promise: both go into CHANGELOG.md."""


def test_the_face_is_exactly_what_was_promised() -> None:
    assert mw.__all__ == FACE


def test_the_face_is_sorted_and_names_nothing_twice() -> None:
    assert mw.__all__ == sorted({*mw.__all__})


@pytest.mark.parametrize("name", FACE)
def test_every_name_leads_to_something_with_a_docstring(name: str) -> None:
    value = getattr(mw, name)

    assert isinstance(value, ModuleType) or value.__module__.startswith("mlwidgets.")
    assert inspect.cleandoc(value.__doc__ or "")


@pytest.mark.parametrize("name", FACE)
def test_every_public_method_has_a_docstring(name: str) -> None:
    members = vars(getattr(mw, name)).items() if inspect.isclass(getattr(mw, name)) else ()
    undocumented = [
        member
        for member, value in members
        if not member.startswith("_")
        and isinstance(value, (property, staticmethod, classmethod)) | inspect.isfunction(value)
        and not inspect.getdoc(getattr(getattr(mw, name), member))
    ]

    assert undocumented == []


JOBS = [
    "CompareRequest",
    "EvaluateRequest",
    "JobEvent",
    "JobRecord",
    "LoadedCandles",
    "SimulatedCandles",
    "TrainRequest",
    "cancel",
    "events",
    "get",
    "list",
    "logs",
    "resume",
    "submit",
    "wait",
    "watch",
]
"""What `mw.jobs` offers."""


def test_jobs_offer_what_was_promised_each_with_a_docstring() -> None:
    assert mw.jobs.__all__ == JOBS
    assert [name for name in JOBS if not inspect.getdoc(getattr(mw.jobs, name))] == []
    assert {*JOBS} <= {*dir(mw.jobs)}


def test_a_misspelt_name_of_a_job_function_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"'mlwidgets.jobs' has no attribute 'sumbit'"):
        mw.jobs.sumbit  # noqa: B018


def test_nothing_else_public_leaks_from_a_fresh_import() -> None:
    code = (
        "import mlwidgets, types\n"
        "print(*(name for name, value in vars(mlwidgets).items() if name[0] != '_'\n"
        "        and not isinstance(value, types.ModuleType)\n"
        "        and getattr(value, '__module__', '').startswith('mlwidgets')))\n"
    )
    leaked = subprocess.check_output([sys.executable, "-c", code], text=True).split()

    assert {*leaked} <= {*FACE}


def test_a_star_import_brings_the_face_and_nothing_more() -> None:
    namespace: dict[str, object] = {}
    exec("from mlwidgets import *", namespace)

    assert sorted(namespace.keys() - {"__builtins__"}) == FACE


def test_tab_completion_shows_the_face_before_anything_was_used() -> None:
    code = "import mlwidgets; print(*dir(mlwidgets))"
    shown = subprocess.check_output([sys.executable, "-c", code], text=True).split()

    assert {*FACE} <= {*shown}


def test_a_misspelt_name_is_an_attribute_error_that_says_which() -> None:
    with pytest.raises(AttributeError, match="'mlwidgets' has no attribute 'back_test'"):
        mw.back_test  # noqa: B018


def test_the_version_is_that_of_the_installed_package() -> None:
    from importlib.metadata import version

    assert mw.__version__ == version("mlwidgets")

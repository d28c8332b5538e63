"""Long work that outlives its caller: searches, backtests and comparisons as jobs.

A job runs on the cluster; its record is in the database, where every process finds it. The
names below are `mw.jobs`; they are imported on first use, since workers need none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlwidgets.jobs.api import cancel, events, get, logs, resume, submit, wait, watch
    from mlwidgets.jobs.api import list_jobs as list
    from mlwidgets.jobs.records import JobEvent, JobRecord
    from mlwidgets.jobs.requests import (
        CompareRequest,
        EvaluateRequest,
        LoadedCandles,
        SimulatedCandles,
        TrainRequest,
    )

__all__ = [
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

_HOMES = {
    "api": ("cancel", "events", "get", "list", "logs", "resume", "submit", "wait", "watch"),
    "records": ("JobEvent", "JobRecord"),
    "requests": (
        "CompareRequest", "EvaluateRequest", "LoadedCandles", "SimulatedCandles", "TrainRequest",
    ),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'mlwidgets.jobs' has no attribute {name!r}")
    home = import_module(f"mlwidgets.jobs.{_HOME_OF[name]}")
    return getattr(home, "list_jobs" if name == "list" else name)


def __dir__() -> Any:
    return sorted({*globals(), *__all__})
